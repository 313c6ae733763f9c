"""Options of the pytest plugin: declared, and resolved once a run. Standard library and pytest only."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import pytest

PROFILES = ("refutable-quick", "refutable-default", "refutable-thorough", "refutable-nightly", "refutable-ci")
DEVICES = ("auto", "cpu", "cuda")
# A wide search starts elsewhere each time; the other profiles are gates and must repeat themselves.
FRESHLY_SEEDED = ("refutable-thorough", "refutable-nightly")

FAIL_IF = "tightness:-1%"


@dataclass(frozen=True)
class RunOptions:
    """What this run was asked for, resolved once by the controller and shared with every worker.

    Attributes:
        profile: full name of the profile, such as `refutable-default`.
        seed: the seed of everything drawn; fixed at 0 unless asked for, fresh in `FRESHLY_SEEDED`.
        device: `auto`, `cpu` or `cuda`: where floats are computed that propose.
        witnesses: absolute folder that witness files go to; it need not exist yet.
        json: absolute path of the JSON document to write, or None.
        code: claims of a claims file that are Python code are run.
        sarif, badge: absolute paths of files to write about claims, or None.
        corpus: absolute folder that hunts of the profiles without a fixed seed keep things in, or None.
        baseline: absolute path of the JSON document of an earlier gate, or None.
        fail_if: how much worse than the baseline a claim may be.
    """

    profile: str
    seed: int
    device: str
    witnesses: str
    json: str | None
    code: bool = True
    sarif: str | None = None
    badge: str | None = None
    corpus: str | None = None
    baseline: str | None = None
    fail_if: str = FAIL_IF


def declare(parser: pytest.Parser) -> None:
    """Declare the group of options `refutable` and its ini settings."""
    group = parser.getgroup("refutable", "theorems tried on drawn, constructed and trained instances")
    group.addoption(
        "--refutable-profile",
        metavar="NAME",
        help="quick, default, thorough, nightly or ci (also with the prefix refutable-); "
        "else $REFUTABLE_PROFILE, else the ini setting, else default",
    )
    group.addoption("--refutable-json", metavar="FILE", help="write the report of the run as JSON")
    group.addoption(
        "--refutable-seed",
        metavar="N",
        help="seed of everything drawn, or 'random' (default: 0; random in the profiles thorough and nightly)",
    )
    group.addoption(
        "--refutable-device", choices=DEVICES, help="where floats that propose are computed (default: auto)"
    )
    group.addoption(
        "--refutable-witnesses", metavar="DIR", help="folder of witness files (default: refutable-witnesses)"
    )
    _add_claims_options(group)
    parser.addini("refutable_profile", "profile when the command line names none", default="")
    parser.addini("refutable_seed", "seed when the command line names none", default="")
    parser.addini("refutable_device", "device when the command line names none", default="")
    parser.addini("refutable_witnesses", "folder of witness files, from the ini file's folder", default="")
    parser.addini(
        "refutable_claims",
        "claims files that a run without arguments collects, and one of their folder",
        type="paths",
        default=[],
    )


def _add_claims_options(group: pytest.OptionGroup) -> None:
    """What concerns claims files alone, as `pytest claims.toml` collects them."""
    group.addoption(
        "--refutable-no-code", action="store_true", help="refuse claims files with claims that are Python code"
    )
    group.addoption("--refutable-sarif", metavar="FILE", help="write what was found of claims as SARIF 2.1.0")
    group.addoption("--refutable-badge", metavar="FILE", help="write a badge of the claims (a shields.io endpoint)")
    group.addoption("--refutable-corpus", metavar="DIR", help="what nightly hunts keep (default: refutable-corpus)")
    group.addoption(
        "--refutable-frontier-baseline", metavar="FILE", help="JSON document of an earlier gate, to compare with"
    )
    group.addoption(
        "--refutable-fail-if",
        metavar="RULE",
        help=f"what may not get worse than there (default: {FAIL_IF})".replace("%", "%%"),
    )


def resolve(config: pytest.Config) -> RunOptions:
    """The command line, then the environment, then the ini file, then the defaults."""
    profile = _profile(config)
    device = config.getoption("refutable_device") or config.getini("refutable_device") or "auto"
    if device not in DEVICES:
        raise pytest.UsageError(f"refutable_device = {device}: choose one of {', '.join(DEVICES)}")
    return RunOptions(
        profile=profile,
        seed=_seed(config, profile),
        device=device,
        witnesses=str(_witness_folder(config)),
        json=_absolute(config, "refutable_json"),
        code=not config.getoption("refutable_no_code"),
        sarif=_absolute(config, "refutable_sarif"),
        badge=_absolute(config, "refutable_badge"),
        corpus=_absolute(config, "refutable_corpus"),
        baseline=_absolute(config, "refutable_frontier_baseline"),
        fail_if=_fail_if(config),
    )


def _absolute(config: pytest.Config, option: str) -> str | None:
    asked = config.getoption(option)
    return None if asked is None else str(config.invocation_params.dir / asked)


def _fail_if(config: pytest.Config) -> str:
    asked: str | None = config.getoption("refutable_fail_if")
    if asked is not None and config.getoption("refutable_frontier_baseline") is None:
        raise pytest.UsageError("--refutable-fail-if compares with an earlier run: name --refutable-frontier-baseline")
    return asked or FAIL_IF


def _witness_folder(config: pytest.Config) -> Path:
    """The folder asked for, each way of asking being relative to where it was written."""
    here = config.invocation_params.dir
    if asked := config.getoption("refutable_witnesses"):
        return here / str(asked)
    if asked := config.getini("refutable_witnesses"):
        return (config.inipath.parent if config.inipath else here) / str(asked)
    return here / "refutable-witnesses"


def _profile(config: pytest.Config) -> str:
    asked = (
        ("--refutable-profile", config.getoption("refutable_profile")),
        ("REFUTABLE_PROFILE", os.environ.get("REFUTABLE_PROFILE")),
        ("refutable_profile", config.getini("refutable_profile")),
    )
    where, name = next(((where, name) for where, name in asked if name), ("", "default"))
    full = name if name.startswith("refutable-") else f"refutable-{name}"
    if full not in PROFILES:
        raise pytest.UsageError(f"{where}: there is no profile {name!r}; choose one of {', '.join(PROFILES)}")
    return full


def _seed(config: pytest.Config, profile: str) -> int:
    asked = config.getoption("refutable_seed") or config.getini("refutable_seed")
    if not asked:
        asked = "random" if profile in FRESHLY_SEEDED else "0"
    if asked == "random":
        return secrets.randbelow(2**32)
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 19):
        raise pytest.UsageError(f"--refutable-seed {asked}: give a whole number from 0 up, or 'random'")
    return int(asked)


def require_writable(path: Path, option: str) -> None:
    """Refuse a path that cannot be written before minutes are spent, not after."""
    from refutable.verify.keeping.writable import refusal

    if why := refusal(path):
        raise pytest.UsageError(f"{option} {path}: {why}")
