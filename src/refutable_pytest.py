"""The pytest plugin: options, the channel for events, and the reporters. It decides nothing.

It is loaded in every pytest run of an environment that has `refutable`, so it imports only the standard
library and pytest, and prints nothing unless a test of the suite ran.

A test of the suite says which theorem it tries with the marker `refutable_theorem(id)` and hands over what
it saw through the fixture `refutable_event`. Events travel in `user_properties`, which survive pytest-xdist:
whatever the number of workers, the controller prints one table and writes one document. A claims file is collected
where the command line names it; one that the ini setting `refutable_claims` names, also in a run without arguments and
in one of a folder that it lies in. What its items find travels in their reports.
"""

import json
import os
import platform
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from refutable.run_options import RunOptions, declare, require_writable, resolve

EVENT_KEY = "refutable"
THEOREM_KEY = "refutable-theorem"
Event = dict[str, Any]
CLAIM_STASH = pytest.StashKey[Event]()
CLAIM_HEADERS = pytest.StashKey[list[Event]]()
OPTIONS = pytest.StashKey[RunOptions]()


def options_of(config: pytest.Config) -> RunOptions:
    """The options of this run, the same in the controller and in every worker."""
    return config.stash[OPTIONS]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the group of options `refutable` and its ini settings."""
    declare(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Resolve the options, or refuse them; in the controller, start the reporter."""
    config.addinivalue_line("markers", "refutable_theorem(id): the theorem that this test tries")
    worker: Mapping[str, Any] | None = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[OPTIONS] = RunOptions(**worker[EVENT_KEY])
        _name_claims(config)
        return
    config.stash[OPTIONS] = options = resolve(config)
    for option in ("json", "sarif", "badge"):
        path = getattr(options, option)
        if path is not None:
            require_writable(Path(path), f"--refutable-{option}")
    _name_claims(config)
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


def _name_claims(config: pytest.Config) -> None:
    """Collect what the ini setting names in a run that names nothing, wherever in the repository it is started."""
    claims = config.getini("refutable_claims")
    for path in () if config.getoption("help", False) else claims:
        if not path.is_file() or path.suffix != ".toml":
            why = "name a file that ends in .toml" if path.exists() else "there is no such file"
            raise pytest.UsageError(f"refutable_claims: {path}: {why}; correct the setting in {config.inipath}")
    named = config.args_source is config.ArgsSource.ARGS or config.getoption("pyargs")
    foreign = config.inipath is not None and config.inipath.parent != config.rootpath
    if not (named or foreign):
        config.args += [str(path) for path in claims if str(path) not in config.args]


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


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In a worker of pytest-xdist: tell the controller which claims there are, whatever became of their items."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told[EVENT_KEY] = json.dumps(_headers(session.config))


def _headers(config: pytest.Config) -> list[Event]:
    none: list[Event] = []
    return config.stash.get(CLAIM_HEADERS, none)


class Reporter:
    """Collects the events of a run; prints the table and writes the document when it ends."""

    def __init__(self, options: RunOptions) -> None:
        self.options = options
        self.events: list[Event] = []
        self.errors: list[tuple[str, str]] = []
        self.crashed: list[str] = []
        self.claims: list[Event] = []
        self.headers: list[Event] = []
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

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take the claims that a worker of pytest-xdist has read; one that died tells nothing."""
        self.headers += json.loads(getattr(node, "workeroutput", {}).get(EVENT_KEY, "[]"))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the documents that were asked for, if there is something to say."""
        info = self._information(int(exitstatus))
        try:
            if not session.config.option.collectonly:
                self.headers += _headers(session.config)
            if self.claims or self.headers:
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
        found = [(one["claim"], one["item"]) for one in self.claims]
        self.gate = document([*found, *((head, None) for head in self.headers)], about)
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
        return bool(self.events or self.errors or self.claims or self.headers)

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
