"""The pytest plugin: options, the channel for events, and the reporters. It decides nothing.

It is loaded in every pytest run of an environment that has `refutable`, so it imports only the standard
library and pytest, and prints nothing unless a test of the suite ran.

A test of the suite says which theorem it tries with the marker `refutable_theorem(id)` and hands over what
it saw through the fixture `refutable_event`. Events travel in `user_properties`, which survive pytest-xdist:
whatever the number of workers, the controller prints one table and writes one document. A claims file is collected
where the command line or the ini setting `refutable_claims` names it; what its items find travels in their reports.
"""

import json
import os
import platform
import secrets
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

EVENT_KEY = "refutable"
THEOREM_KEY = "refutable-theorem"
PROFILES = ("refutable-quick", "refutable-default", "refutable-thorough", "refutable-nightly", "refutable-ci")
DEVICES = ("auto", "cpu", "cuda")
# A wide search starts elsewhere each time; the other profiles are gates and must repeat themselves.
FRESHLY_SEEDED = ("refutable-thorough", "refutable-nightly")

FAIL_IF = "tightness:-1%"

Event = dict[str, Any]
CLAIM_STASH = pytest.StashKey[Event]()


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


OPTIONS = pytest.StashKey[RunOptions]()


def options_of(config: pytest.Config) -> RunOptions:
    """The options of this run, the same in the controller and in every worker."""
    return config.stash[OPTIONS]


def pytest_addoption(parser: pytest.Parser) -> None:
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
    parser.addini("refutable_claims", "claims files that are collected without being named", type="paths", default=[])


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


def pytest_configure(config: pytest.Config) -> None:
    """Resolve the options, or refuse them; in the controller, start the reporter."""
    config.addinivalue_line("markers", "refutable_theorem(id): the theorem that this test tries")
    worker: Mapping[str, Any] | None = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[OPTIONS] = RunOptions(**worker[EVENT_KEY])
        return
    config.stash[OPTIONS] = options = _resolve(config)
    for option in ("json", "sarif", "badge"):
        path = getattr(options, option)
        if path is not None:
            _require_writable(Path(path), f"--refutable-{option}")
    config.pluginmanager.register(Reporter(options), "refutable-reporter")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the resolved options to a worker of pytest-xdist."""
    node.workerinput[EVENT_KEY] = asdict(options_of(node.config))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let every report of a test name its theorem, even if the test dies before its first event."""
    marker = item.get_closest_marker("refutable_theorem")
    if marker is not None:
        item.user_properties.append((THEOREM_KEY, str(marker.args[0])))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a claims file that the command line or the ini setting names; nothing else is looked at."""
    if file_path.suffix != ".toml" or not _is_named(file_path, parent.config):
        return None
    from refutable.verify.gate.collecting import ClaimsToml

    found: pytest.Collector = ClaimsToml.from_parent(parent, path=file_path)
    return found


def _is_named(path: Path, config: pytest.Config) -> bool:
    named = [config.invocation_params.dir / argument.partition("::")[0] for argument in config.args]
    return any(one.resolve() == path.resolve() for one in (*named, *config.getini("refutable_claims")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the report of a claim's item carry what it found, to the controller too."""
    report = yield
    if call.when == "call" and CLAIM_STASH in item.stash:
        vars(report)["refutable_claim"] = item.stash[CLAIM_STASH]
    return report


@pytest.fixture(scope="session")
def refutable_options(pytestconfig: pytest.Config) -> RunOptions:
    """Profile, seed, device and folder of this run."""
    return options_of(pytestconfig)


@pytest.fixture
def refutable_event(request: pytest.FixtureRequest) -> Callable[[Mapping[str, Any]], None]:
    """A function that records one event: a mapping fit for JSON with at least `theorem` and `event`."""

    def record(event: Mapping[str, Any]) -> None:
        request.node.user_properties.append((EVENT_KEY, _encoded(event)))

    return record


class Reporter:
    """Collects the events of a run; prints the table and writes the document when it ends."""

    def __init__(self, options: RunOptions) -> None:
        self.options = options
        self.events: list[Event] = []
        self.errors: list[tuple[str, str]] = []
        self.crashed: list[str] = []
        self.claims: list[Event] = []
        self.gate: Event | None = None
        self.started = time.time()
        self.complaints: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the events of a finished call; note a failure that has none to explain it."""
        if report.when not in ("setup", "call", "teardown"):
            self.crashed.append(report.nodeid)  # pytest-xdist's report on a worker that died
        if report.when == "teardown" or (report.when == "setup" and not report.failed):
            return
        claim = getattr(report, "refutable_claim", None)
        if claim is not None:
            self.claims.append(claim)
        events = [json.loads(str(text)) for key, text in report.user_properties if key == EVENT_KEY]
        self.events.extend(events)
        if report.failed and not events:
            theorems = [str(value) for key, value in report.user_properties if key == THEOREM_KEY]
            self.errors.extend((theorem, report.nodeid) for theorem in theorems)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the documents that were asked for, if there is something to say."""
        info = self._information(int(exitstatus))
        try:
            if self.claims:
                self._publish(info)
            if self.options.json is not None and (self.events or self.errors):
                from refutable.verify.reporting import document

                told = document(self.events, self.errors, info)
                _write_atomically(Path(self.options.json), told | ({"gate": self.gate} if self.gate else {}))
        except OSError as problem:
            self.complaints.append(f"could not write {self.options.json}: {problem.strerror or problem}")
        if self.complaints:
            session.exitstatus = max(int(session.exitstatus), int(pytest.ExitCode.TESTS_FAILED))

    def _publish(self, info: Mapping[str, Any]) -> None:
        """The document of the claims, and every file made from it."""
        from refutable.verify.gate.documents import document
        from refutable.verify.gate.publishing import Places, publish

        kept = ("profile", "seed", "device", "code", "started", "seconds", "versions")
        about = {name: info[name] for name in kept} | {"command": "pytest"}
        self.gate = document([(one["claim"], one["item"]) for one in self.claims], about)
        alone = not (self.events or self.errors)
        wanted = (self.options.sarif, self.options.badge, self.options.json if alone else None)
        self.complaints += publish(self.gate, Places(*(None if path is None else Path(path) for path in wanted)))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table after the failures, or nothing."""
        if not self._has_something():
            if self.options.json is not None:
                terminalreporter.write_line("refutable: no test of the suite ran; no document was written")
            return
        terminalreporter.section("refutable")
        for line in [*self._tables(), *self._footer()]:
            terminalreporter.write_line(line)

    def _tables(self) -> list[str]:
        lines: list[str] = []
        if self.events or self.errors:
            from refutable.verify.reporting import render_table

            lines += render_table(self.events, self.errors)
        if self.gate is not None:
            from refutable.verify.gate.outputs.table import render

            lines += render(self.gate)
        return lines

    def _has_something(self) -> bool:
        return bool(self.events or self.errors or self.claims)

    def _footer(self) -> list[str]:
        lines = [f"{self.options.profile}, --refutable-seed {self.options.seed}"]
        lines += [f"a worker crashed in {nodeid}: its evidence is missing above" for nodeid in self.crashed]
        return [*lines, *self.complaints]

    def _information(self, exit_status: int) -> dict[str, Any]:
        return asdict(self.options) | {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.started)),
            "seconds": round(time.time() - self.started, 3),
            "exit_status": exit_status,
            "crashed": list(self.crashed),
            "versions": _versions(),
        }


def _encoded(event: Mapping[str, Any]) -> str:
    """The event as JSON text; TypeError or ValueError if it lacks a key or does not fit JSON."""
    for key in ("theorem", "event"):
        if not isinstance(event.get(key), str):
            raise ValueError(f"an event needs a text under {key!r}, unlike {dict(event)!r}")
    return json.dumps(dict(event), allow_nan=False, ensure_ascii=False)


def _resolve(config: pytest.Config) -> RunOptions:
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


def _require_writable(path: Path, option: str) -> None:
    """Refuse a path that cannot be written before minutes are spent, not after."""
    if path.is_dir():
        raise pytest.UsageError(f"{option} {path}: this is a folder; name a file in it")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as problem:
        raise pytest.UsageError(
            f"{option} {path}: cannot write into the folder {path.parent} ({problem.strerror}); "
            "create it or name a file elsewhere"
        ) from None


def _write_atomically(path: Path, content: Mapping[str, Any]) -> None:
    """Whoever reads the file sees the whole document or none."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n", "utf-8")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _versions() -> dict[str, str | None]:
    """Versions of what a verdict or a draw may depend on; None for what is not installed."""
    from importlib import metadata

    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in ("refutable", "hypothesis", "numpy", "pytest", "python-flint", "scipy", "sympy", "torch"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found
