"""The pytest plugin: options, the channel for events, and the reporters. It decides nothing.

It is loaded in every pytest run of an environment that has `refutable`, so it imports only the standard
library and pytest, and prints nothing unless a test of the suite ran.

A test of the suite says which theorem it tries with the marker `refutable_theorem(id)` and hands over what
it saw through the fixture `refutable_event`. Events travel in `user_properties`, which survive pytest-xdist:
whatever the number of workers, the controller prints one table and writes one document.
"""

import json
import os
import platform
import secrets
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

EVENT_KEY = "refutable"
THEOREM_KEY = "refutable-theorem"
PROFILES = ("refutable-quick", "refutable-default", "refutable-thorough", "refutable-ci")
DEVICES = ("auto", "cpu", "cuda")
# An open-ended hunt starts elsewhere each time; the other profiles are gates and must repeat themselves.
FRESHLY_SEEDED = ("refutable-thorough",)

Event = dict[str, Any]


@dataclass(frozen=True)
class RunOptions:
    """What this run was asked for, resolved once by the controller and shared with every worker.

    Attributes:
        profile: full name of the profile, such as `refutable-default`.
        seed: the seed of everything drawn; fixed at 0 unless asked for, fresh in `refutable-thorough`.
        device: `auto`, `cpu` or `cuda`: where floats are computed that propose.
        witnesses: absolute folder that witness files go to; it need not exist yet.
        json: absolute path of the JSON document to write, or None.
    """

    profile: str
    seed: int
    device: str
    witnesses: str
    json: str | None


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
        help="quick, default, thorough or ci (also with the prefix refutable-); "
        "else $REFUTABLE_PROFILE, else the ini setting, else default",
    )
    group.addoption("--refutable-json", metavar="FILE", help="write the report of the run as JSON")
    group.addoption(
        "--refutable-seed",
        metavar="N",
        help="seed of everything drawn, or 'random' (default: 0; random in the profile thorough)",
    )
    group.addoption(
        "--refutable-device", choices=DEVICES, help="where floats that propose are computed (default: auto)"
    )
    group.addoption(
        "--refutable-witnesses", metavar="DIR", help="folder of witness files (default: refutable-witnesses)"
    )
    parser.addini("refutable_profile", "profile when the command line names none", default="")
    parser.addini("refutable_seed", "seed when the command line names none", default="")
    parser.addini("refutable_device", "device when the command line names none", default="")
    parser.addini("refutable_witnesses", "folder of witness files, from the ini file's folder", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Resolve the options, or refuse them; in the controller, start the reporter."""
    config.addinivalue_line("markers", "refutable_theorem(id): the theorem that this test tries")
    worker: Mapping[str, Any] | None = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[OPTIONS] = RunOptions(**worker[EVENT_KEY])
        return
    config.stash[OPTIONS] = options = _resolve(config)
    if options.json is not None:
        _require_writable(Path(options.json))
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
        self.started = time.time()
        self.complaint: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the events of a finished call; note a failure that has none to explain it."""
        if report.when not in ("setup", "call", "teardown"):
            self.crashed.append(report.nodeid)  # pytest-xdist's report on a worker that died
        if report.when == "teardown" or (report.when == "setup" and not report.failed):
            return
        events = [json.loads(str(text)) for key, text in report.user_properties if key == EVENT_KEY]
        self.events.extend(events)
        if report.failed and not events:
            theorems = [str(value) for key, value in report.user_properties if key == THEOREM_KEY]
            self.errors.extend((theorem, report.nodeid) for theorem in theorems)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the document, if one was asked for and there is something to say."""
        if self.options.json is None or not self._has_something():
            return
        from refutable.verify.reporting import document

        info = self._information(int(exitstatus))
        try:
            _write_atomically(Path(self.options.json), document(self.events, self.errors, info))
        except OSError as problem:
            self.complaint = f"could not write {self.options.json}: {problem.strerror or problem}"
            session.exitstatus = max(int(session.exitstatus), int(pytest.ExitCode.TESTS_FAILED))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table after the failures, or nothing."""
        if not self._has_something():
            if self.options.json is not None:
                terminalreporter.write_line("refutable: no test of the suite ran; no document was written")
            return
        from refutable.verify.reporting import render_table

        terminalreporter.section("refutable")
        for line in [*render_table(self.events, self.errors), *self._footer()]:
            terminalreporter.write_line(line)

    def _has_something(self) -> bool:
        return bool(self.events or self.errors)

    def _footer(self) -> list[str]:
        lines = [f"{self.options.profile}, --refutable-seed {self.options.seed}"]
        lines += [f"a worker crashed in {nodeid}: its evidence is missing above" for nodeid in self.crashed]
        return [*lines, self.complaint] if self.complaint else lines

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
    here = config.invocation_params.dir
    profile = _profile(config)
    device = config.getoption("refutable_device") or config.getini("refutable_device") or "auto"
    if device not in DEVICES:
        raise pytest.UsageError(f"refutable_device = {device}: choose one of {', '.join(DEVICES)}")
    document = config.getoption("refutable_json")
    return RunOptions(
        profile=profile,
        seed=_seed(config, profile),
        device=device,
        witnesses=str(_witness_folder(config)),
        json=None if document is None else str(here / document),
    )


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


def _require_writable(path: Path) -> None:
    """Refuse a path that cannot be written before minutes are spent, not after."""
    if path.is_dir():
        raise pytest.UsageError(f"--refutable-json {path}: this is a folder; name a file in it")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as problem:
        raise pytest.UsageError(
            f"--refutable-json {path}: cannot write into the folder {path.parent} ({problem.strerror}); "
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
