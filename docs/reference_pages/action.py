"""The GitHub Action and the pre-commit hook, from the files that declare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped,unused-ignore]

from reference_pages.markup import code, page, plain, prose, table

ROOT = Path(__file__).parents[2]


def pages() -> dict[str, str]:
    """One page."""
    return {"reference/action.md": page("Action and hook", _body())}


def _body() -> Iterator[str]:
    action: Mapping[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
    yield "[Gate a repository in CI](../how-to/gate-ci.md) shows them at work.\n"
    yield f"## GitHub Action\n\n{prose(action['description'])}"
    yield from table(
        ("input", "if absent", "meaning"),
        [
            (code(n), code(one["default"]) if one["default"] else "", prose(one["description"]))
            for n, one in _given(action)
        ],
    )
    yield from table(
        ("output", "meaning"), [(code(n), prose(one["description"])) for n, one in action["outputs"].items()]
    )
    yield "## pre-commit"
    hooks: list[Mapping[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    rows = [(code(hook["id"]), code(_command(hook)), plain(hook.get("description", hook["name"]))) for hook in hooks]
    yield from table(("hook", "runs", "meaning"), rows)


def _given(action: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, {"default": "", **one}) for name, one in action["inputs"].items()]


def _command(hook: Mapping[str, Any]) -> str:
    return " ".join([hook["entry"], *hook.get("args", ())])
