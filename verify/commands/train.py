"""`refutable train`: train a batch of networks from a recipe and keep their end points."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refutable.strategies.training.recipes import DRAWN_DATA, LABELS, TABLE_SHAPES, Recipe
from refutable.strategies.training.standard import PROFILES
from refutable.verify.commands.exits import INTERRUPTED, MISUSE
from refutable.verify.commands.options import positive, seconds, whole
from refutable.verify.commands.output import Commands, aligned, complain, print_json
from refutable.verify.reading import ReadError, printable, read_json

if TYPE_CHECKING:
    from refutable.strategies.training.end_points import EndPoints
    from refutable.strategies.training.run_folder import RunFolder
    from refutable.strategies.training.session import How, Session
    from refutable.strategies.training.summary import Group

FORMAT = "refutable-train/1"
FOLDER = "minima"
INSTANCES = "instances"
PLAIN = Recipe(0, 256, 1, 16, 16, "uniform", "sine", "1/5", 2000)
"""What is trained where nothing else is said."""
EVERY = 60.0
"""Seconds between two checkpoints where nothing else is said."""
BACKENDS = ("auto", "native", "torch", "triton", "reference")
EPILOG = (
    "Recipe options change the recipe named by --recipe. A folder that holds an unfinished run of the same recipe is "
    "continued, bit for bit as if it had never stopped. Figures printed are floating-point measurements; verdicts "
    "come from `refutable check` on exported instances. Exit code: 0 trained, 2 misuse or files that cannot be used, "
    "130 Ctrl-C, with a checkpoint."
)


class Misuse(ValueError):
    """Arguments that do not go together; the message says which and what to do."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("train", help="train a batch of networks and keep their minima", epilog=EPILOG)
    _add_recipe(parser)
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path(FOLDER), help=f"folder of the run (./{FOLDER})")
    parser.add_argument("--resume", action="store_true", help="continue the run in DIR, with its recipe")
    parser.add_argument(
        "--checkpoint-every", metavar="SECONDS", type=seconds, default=EVERY, help="what a kill may cost at most (60)"
    )
    parser.add_argument("--backend", choices=BACKENDS, default="auto", help="who takes the steps (auto: the fastest)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where they are taken")
    parser.add_argument("--threads", metavar="N", type=positive, help="CPU threads (one for each core)")
    parser.add_argument(
        "--relabel", action=argparse.BooleanOptionalAction, help="give the end points the labels y := f(x)"
    )
    parser.add_argument("--export", metavar="N", type=positive, help="also write the first N minima as instances")
    parser.add_argument("--index", metavar="I,J", type=_indices, help="write these end points as instances")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(run=run)


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    recipe = parser.add_argument_group("recipe", argument_default=argparse.SUPPRESS)
    names = ", ".join(PROFILES["quick"])
    recipe.add_argument("--recipe", metavar="FILE.json|NAME", default=None, help=f"begin with this one: {names}, ...")
    recipe.add_argument("--seed", metavar="N", type=whole, help=f"of every random draw ({PLAIN.seed})")
    for name, what in (
        ("networks", "trained side by side"),
        ("inputs", "input dimension d"),
        ("neurons", "hidden neurons k"),
        ("samples", "data per network n"),
        ("steps", "the largest number of steps"),
    ):
        recipe.add_argument(f"--{name}", metavar="N", type=whole, help=f"{what} ({getattr(PLAIN, name)})")
    for name, known in (("data", (*DRAWN_DATA, *TABLE_SHAPES)), ("labels", LABELS)):
        what = f"one of {', '.join(known)} ({getattr(PLAIN, name)})"
        recipe.add_argument(f"--{name}", metavar="NAME", choices=known, help=what)
    recipe.add_argument("--step-size", metavar="Q", help=f"a rational, such as 1/5 or 0.05 ({PLAIN.step_size})")
    recipe.add_argument("--batch-size", metavar="N|all", type=_batch, help="data per step of SGD (all)")
    recipe.add_argument("--spread", metavar="S", type=float, help=f"scale of the initial weights ({PLAIN.spread:g})")
    recipe.add_argument("--delay", metavar="N", type=whole, help=f"age of the gradients, in steps ({PLAIN.delay})")
    recipe.add_argument("--momentum", metavar="M", type=float, help=f"of the heavy ball ({PLAIN.momentum:g})")


def _batch(written: str) -> int | None:
    return None if written == "all" else whole(written)


def _indices(written: str) -> list[int]:
    return [whole(part) for part in written.split(",")]


def run(arguments: argparse.Namespace) -> int:
    """Train, keep and print; 2 for misuse and files that cannot be used, 130 for Ctrl-C."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        begun = (arguments.out / "recipe.json").exists()
        complain(f"interrupted; {_how_to_go_on(arguments) if begun else 'nothing was begun'}")
        return INTERRUPTED


def _run(arguments: argparse.Namespace) -> int:
    from refutable.strategies.training.run_folder import FolderError, RunFolder

    folder = RunFolder(arguments.out)
    try:
        recipe = _recipe(arguments, folder)
        _check_indices(recipe, arguments)
        session = _train(recipe, folder, arguments)
        exported = [] if session.interrupted else _export(session.end, folder.path, arguments)
    except (Misuse, ReadError, FolderError, ValueError) as problem:
        complain(printable(str(problem)))
        return MISUSE
    except MemoryError:
        complain("this recipe needs more memory than there is; take fewer networks, neurons, inputs or samples")
        return MISUSE
    except OSError as problem:
        why = printable(str(problem.strerror or problem))
        complain(f"the results could not be written: {why}; make room there, then {_how_to_go_on(arguments)}")
        return MISUSE
    _print(session, exported, arguments)
    return INTERRUPTED if session.interrupted else 0


def _check_indices(recipe: Recipe, arguments: argparse.Namespace) -> None:
    for index in arguments.index or []:
        if not 0 <= index < recipe.networks:
            raise Misuse(f"--index {index}: there is no network {index}; they count from 0 to {recipe.networks - 1}")


def _recipe(arguments: argparse.Namespace, folder: RunFolder) -> Recipe:
    """The recipe that is meant: the one named, with the options given, or the one in the folder."""
    given = {one.name: getattr(arguments, one.name) for one in fields(Recipe) if hasattr(arguments, one.name)}
    there = folder.recipe()
    if arguments.resume and there is None:
        raise Misuse(f"there is nothing to resume in {arguments.out}; leave --resume out to begin")
    if arguments.recipe is not None:
        base = _named(arguments.recipe)
    else:
        base = there if arguments.resume and there is not None else PLAIN
    return replace(base, **given)


def _named(name: str) -> Recipe:
    """A recipe of a file, or a standard one: "line-sine", or "quick/line-sine"."""
    path = Path(name)
    if path.suffix == ".json" or path.is_file():
        try:
            return Recipe.from_document(read_json(path))
        except ReadError:
            raise
        except (ValueError, TypeError) as problem:
            raise ReadError(f"{path}: {problem}") from None
    known = {f"{profile}/{key}": recipe for profile, recipes in PROFILES.items() for key, recipe in recipes.items()}
    for key in (name, f"default/{name}", f"quick/{name}"):
        if key in known:
            return known[key]
    raise Misuse(f"there is no standard recipe {name!r:.60}; there are {', '.join(known)}; a file must end in .json")


def _train(recipe: Recipe, folder: RunFolder, arguments: argparse.Namespace) -> Session:
    from refutable.strategies.training.progress import ProgressBar
    from refutable.strategies.training.session import train_in_folder

    bar = ProgressBar(f"training {recipe.networks} networks")

    def note(line: str) -> None:
        bar.close()
        complain(printable(line))

    try:
        return train_in_folder(recipe, folder, _how(arguments), bar, note, lambda end: _named_ones(end, arguments))
    finally:
        bar.close()


def _how(arguments: argparse.Namespace) -> How:
    from refutable.strategies.training.session import How
    from refutable.verify.witnesses import versions

    return How(
        device=arguments.device,
        backend=arguments.backend,
        threads=arguments.threads,
        every=arguments.checkpoint_every,
        relabel=arguments.relabel,
        versions=versions(),
    )


def _export(end: EndPoints, folder: Path, arguments: argparse.Namespace) -> list[Path]:
    """Write the instance documents asked for."""
    documents = _named_ones(end, arguments)
    if arguments.export:
        able = end.exportable()
        if len(able) < arguments.export:
            why = "are alive" if end.relabelled else "converged; --relabel makes every living end point a minimum"
            complain(f"{len(able)} instances written, not {arguments.export}: no more networks {why}")
        documents |= {index: end.document(index) for index in able[: arguments.export] if index not in documents}
    return [_write_instance(folder / INSTANCES / f"{index:06d}.json", found) for index, found in documents.items()]


def _named_ones(end: EndPoints, arguments: argparse.Namespace) -> dict[int, dict[str, Any]]:
    """The documents that --index asks for.

    Raises:
        Misuse: one of them is none in this reading.
    """
    return {index: _named_one(end, index) for index in arguments.index or []}


def _named_one(end: EndPoints, index: int) -> dict[str, Any]:
    from refutable.strategies.training.results import DIVERGED

    try:
        return end.document(index)
    except (IndexError, ValueError) as problem:
        lost = end.relabelled or not 0 <= index < len(end.trained.codes) or end.trained.outcome[index] == DIVERGED
        way_out = "" if lost else "; --relabel takes the labels y := f(x), with which it is a minimum"
        raise Misuse(f"--index {index}: {problem}{way_out}") from None


def _write_instance(path: Path, document: dict[str, Any]) -> Path:
    from refutable.verify.keeping.whole_files import write_whole

    write_whole(path, json.dumps(document) + "\n")
    return path


def _how_to_go_on(arguments: argparse.Namespace) -> str:
    return f"continue with: refutable train --resume {' '.join(_again(arguments))}"


def _again(arguments: argparse.Namespace) -> Iterator[str]:
    """The options to give again; the recipe is in the folder."""
    yield f"--out {shlex.quote(str(arguments.out))}"
    for name, usual in (("backend", "auto"), ("device", "auto"), ("threads", None), ("checkpoint_every", EVERY)):
        value = getattr(arguments, name)
        if value != usual:
            yield f"--{name.replace('_', '-')} {value:g}" if isinstance(value, float) else f"--{name} {value}"
    if arguments.relabel is not None:
        yield "--relabel" if arguments.relabel else "--no-relabel"
    if arguments.export:
        yield f"--export {arguments.export}"
    if arguments.index:
        yield f"--index {','.join(str(index) for index in arguments.index)}"
    if arguments.json:
        yield "--json"


def _print(session: Session, exported: list[Path], arguments: argparse.Namespace) -> None:
    from refutable.strategies.training.summary import groups

    if arguments.json:
        print_json(_document(session, groups(session.end.trained), exported))
    else:
        for line in _text(session, groups(session.end.trained), exported):
            print(printable(line))
    if session.interrupted:
        kept = session.files[-1].name if len(session.files) > 1 else "no checkpoint"
        complain(f"interrupted with {kept}; {_how_to_go_on(arguments)}")


def _text(session: Session, found: list[Group], exported: list[Path]) -> Iterator[str]:
    end, training = session.end, session.training
    recipe = end.trained.recipe
    yield (
        f"{recipe.networks} networks, d = {recipe.inputs}, k = {recipe.neurons}, n = {recipe.samples}, "
        f"eta = {recipe.step_size}, recipe {recipe.digest()[:12]}"
    )
    if training is None:
        yield f"  trained before, by {session.backend} on {session.device}; nothing was left to do"
    else:
        before = f", {session.resumed:,} before" if session.resumed else ""
        yield (
            f"  {session.backend} on {session.device}: {training.network_steps:,} network-steps{before}, "
            f"{training.seconds:.2f} s, {_rate(session):,.0f} a second"
        )
    yield "  " + ", ".join(f"{count} {outcome}" for outcome, count in end.trained.counts().items())
    yield from (f"  {line}" for line in _table(found))
    if end.relabelled:
        yield "  labels: y := f(x), every end point interpolates"
    yield from (f"  {path}" for path in session.files)
    if exported:
        yield f"  {len(exported)} instances in {exported[0].parent}, for `refutable check`"


def _rate(session: Session) -> float:
    training = session.training
    return training.network_steps / training.seconds if training is not None and training.seconds > 0 else 0.0


def _table(found: list[Group]) -> list[str]:
    if not found:
        return []
    rows: list[tuple[str, ...]] = [("", "", "10 %", "50 %", "90 %", "largest", "")]
    for group in found:
        rows.append((group.outcome, "sharpness", *(f"{value:.4g}" for value in group.sharpness), ""))
        kinks = f"; {group.on_kink} on a kink" if group.on_kink else ""
        below = f"at most 1: {group.stable} of {group.count}{kinks}"
        rows.append(("", "eta lambda/2", *(f"{value:.6g}" for value in group.edge), below))
    return aligned(rows)


def _document(session: Session, found: list[Group], exported: list[Path]) -> dict[str, Any]:
    end, training = session.end, session.training
    recipe = end.trained.recipe
    return {
        "format": FORMAT,
        "recipe": asdict(recipe),
        "digest": recipe.digest(),
        "backend": session.backend,
        "device": session.device,
        "trained": training is not None,
        "interrupted": session.interrupted,
        "relabelled": end.relabelled,
        "outcomes": end.trained.counts(),
        "groups": [_group(group) for group in found],
        "resumed_network_steps": session.resumed,
        "network_steps": training.network_steps if training is not None else 0,
        "seconds": training.seconds if training is not None else 0.0,
        "network_steps_per_second": _rate(session),
        "files": [str(path) for path in session.files],
        "instances": [str(path) for path in exported],
    }


def _group(group: Group) -> dict[str, Any]:
    names = ("10%", "50%", "90%", "largest")
    return {
        **asdict(group),
        "sharpness": dict(zip(names, group.sharpness, strict=True)),
        "edge": dict(zip(names, group.edge, strict=True)),
    }
