"""`refutable bench engine`: training, sharpness, weights, minima and exact decisions beside what others use."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refutable.verify.commands.exits import MISUSE
from refutable.verify.commands.options import parts, positive, seconds
from refutable.verify.commands.output import Commands, complain, print_json

if TYPE_CHECKING:
    from refutable.verify.bench.engine.cases import Case, Measured
    from refutable.verify.bench.engine.comparison import Baseline
    from refutable.verify.bench.engine.settings import Settings

NAMES = ("training", "sharpness", "weights", "minima", "exact", "scaling")
GOT_WORSE = 1
"""Exit code of ``--strict`` where a ratio is worse than the baseline's, or gone, or nothing is compared."""


def add(kinds: Commands) -> None:
    """Declare the kind."""
    parser = kinds.add_parser("engine", help="how fast training, sharpness, weights and decisions are")
    parser.add_argument("--part", default=",".join(NAMES), metavar="P,Q", help=f"some of {','.join(NAMES)} (all)")
    parser.add_argument("--quick", action="store_true", help="fewer cases and less time: under a minute on two cores")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="of networks and data (cpu)")
    parser.add_argument("--seconds", type=seconds, metavar="S", help="of each method in each case (0.6; quick: 0.06)")
    parser.add_argument("--threads", type=positive, metavar="N", help="of the rows that use several (one a core)")
    parser.add_argument("--seed", type=_seed, default=0, metavar="N")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables as Markdown")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="compare with this run (the one that is shipped)")
    parser.add_argument("--save-baseline", type=Path, metavar="FILE", help="store the ratios of this run")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit 1 if one of our ratios is 1.5 times worse than there, or gone, or nothing is compared",
    )
    parser.set_defaults(run=run)


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**31:
        raise argparse.ArgumentTypeError(f"must be from 0 to 2^31 - 1, got {text}")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Measure, print and write; 1 where ``--strict`` is not content, 2 for what cannot be done."""
    wanted = parts(arguments.part, NAMES)
    if not wanted:
        return MISUSE
    try:
        settings, baseline = _settings(arguments), _baseline(arguments.baseline)
        if arguments.strict and baseline is None:
            raise ValueError("--strict needs a run to compare with; name its file with --baseline")
        for path in (arguments.markdown, arguments.save_baseline):
            _check_writable(path)
    except ValueError as error:
        complain(str(error))
        return MISUSE
    return _run(list(dict.fromkeys(wanted)), settings, baseline, arguments)


def _run(wanted: list[str], settings: Settings, baseline: Baseline | None, arguments: argparse.Namespace) -> int:
    from refutable.verify.bench.engine import machine, tables
    from refutable.verify.bench.engine.comparison import FORMAT, baseline_document, compared, passes
    from refutable.verify.bench.engine.parts import PARTS

    def show(lines: list[str]) -> None:
        if not arguments.json:
            print("\n".join(lines), flush=True)

    about = machine.described(settings.device) | {"fma_peak": machine.fma_peak()}
    show([machine.line(about), ""])
    document: dict[str, Any] = {"format": FORMAT, "settings": settings.document(), "machine": about, "parts": []}
    found: list[Measured] = []
    comparison = None
    for name in wanted:
        found.append(_measured(name, PARTS, settings))
        document["parts"].append(found[-1].document())
        comparison = None if baseline is None else compared(document, baseline)
        show(tables.text(found[-1], tables.before_of(comparison)))
    about["load_after"] = machine.load()
    show([*tables.CONDITIONS, *tables.comparison_lines(comparison)])
    if arguments.markdown is not None:
        _write(arguments.markdown, tables.markdown(about, found, comparison))
    if arguments.save_baseline is not None:
        _write(arguments.save_baseline, json.dumps(baseline_document(document), indent=1) + "\n")
    if arguments.json:
        print_json({**document, "comparison": comparison})
    return GOT_WORSE if arguments.strict and comparison is not None and not passes(comparison) else 0


def _measured(name: str, parts: Any, settings: Settings) -> Measured:
    from refutable.verify.bench.engine.parts import measured

    shown, begun = sys.stderr.isatty(), time.perf_counter()

    def tell(case: Case) -> None:
        if shown:
            sys.stderr.write(f"\r\x1b[K{name}, {time.perf_counter() - begun:.0f} s: {case.id}"[:140])
            sys.stderr.flush()

    found = measured(parts[name], settings, tell)
    if shown:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
    return found


def _settings(arguments: argparse.Namespace) -> Settings:
    from refutable.strategies.engine.torch_batched import cores
    from refutable.strategies.training.train import device_kind
    from refutable.verify.bench.engine.settings import QUICK_ROUNDS, QUICK_SECONDS, ROUNDS, SECONDS, Settings

    quick = arguments.quick
    return Settings(
        quick=quick,
        device=device_kind(arguments.device),
        seconds=arguments.seconds or (QUICK_SECONDS if quick else SECONDS),
        rounds=QUICK_ROUNDS if quick else ROUNDS,
        threads=arguments.threads or cores(),
        seed=arguments.seed,
    )


def _baseline(path: Path | None) -> Baseline | None:
    """The one asked for, or the shipped one."""
    from refutable.verify.bench.engine.comparison import SHIPPED, read

    if path is not None:
        return read(path)
    return read(SHIPPED) if SHIPPED.exists() else None


def _check_writable(path: Path | None) -> None:
    """Say so before minutes are spent on measuring."""
    if path is not None and (path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK)):
        raise ValueError(f"cannot write {path}: no such folder, or not a file of yours")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        complain(f"cannot write {path}: {error.strerror or error}")
