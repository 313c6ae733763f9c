"""Imports run one way, verify -> strategies -> theorems; claims know no randomness and no test runner."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = {
    "theorems": (
        "refutable.strategies",
        "refutable.verify",
        "hypothesis",
        "pytest",
        "random",
        "numpy.random",
    ),
    "strategies": ("refutable.verify", "pytest", "refutable_pytest"),
    "verify": ("theorems", "strategies", "verify"),
}


def imported_names(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_layer_imports_nothing_above_it(layer: str) -> None:
    files = sorted((ROOT / layer).rglob("*.py"))
    assert files
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in files
        for name in imported_names(file.read_text("utf-8"))
        for package in FORBIDDEN[layer]
        if is_inside(name, package)
    ]
    assert wrong == []


def test_a_wrong_import_would_be_seen() -> None:
    names = list(imported_names("def f():\n    from refutable.verify import decide\n    import random\n"))
    assert [is_inside(name, "refutable.verify") for name in names] == [True, False]
    assert is_inside(names[1], "random")
    assert not is_inside("randomness", "random")
