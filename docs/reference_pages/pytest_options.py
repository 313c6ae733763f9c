"""Options and ini settings of the pytest plugin, from what it declares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import refutable_pytest
from reference_pages.markup import code, page, plain, table


class Recorder:
    """Stands in for pytest's parser and group of options, and writes down what is declared."""

    def __init__(self) -> None:
        self.options: list[tuple[str, str]] = []
        self.settings: list[tuple[str, str]] = []

    def getgroup(self, *_: Any, **__: Any) -> Recorder:
        """The group of options: this recorder."""
        return self

    def addoption(self, *names: str, **given: Any) -> None:
        """Note an option."""
        flag = given.get("action", "store") in ("store_true", "store_false")
        choices = given.get("choices")
        value = (
            "" if flag else " " + str(given.get("metavar") or ("{" + ",".join(choices) + "}" if choices else "VALUE"))
        )
        self.options.append((", ".join(names) + value, given.get("help", "")))

    def addini(self, name: str, help: str, *_: Any, **__: Any) -> None:
        """Note an ini setting."""
        self.settings.append((name, help))


def pages() -> dict[str, str]:
    """One page."""
    return {"reference/pytest.md": page("pytest options", _body())}


def _body() -> Iterator[str]:
    found = Recorder()
    refutable_pytest.pytest_addoption(found)  # type: ignore[arg-type]
    yield "The plugin is there as soon as `refutable` is installed. It says nothing unless the suite or a claims file"
    yield "is collected. The same options are listed by `pytest --help`, under `refutable`."
    yield "\n## Options\n"
    yield from table(
        ("option", "meaning"), [(code(name), plain(help.replace("%%", "%"))) for name, help in found.options]
    )
    yield "\n## Ini settings\n"
    yield "In `pytest.ini`, `tox.ini`, or under `[tool.pytest.ini_options]` in `pyproject.toml`."
    yield from table(("setting", "meaning"), [(code(name), plain(help)) for name, help in found.settings])
    yield "\n## Tests of the suite\n"
    yield "`pytest --pyargs refutable.verify` runs the suite from an installed package, `pytest verify` from a"
    yield "checkout. A test's name holds the theorem's id, so that `-k weighted-l1` runs one theorem."
    yield "What the profiles try is listed under [profiles](profiles.md)."
