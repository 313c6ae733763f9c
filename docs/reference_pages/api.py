"""The public API: signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from reference_pages.markup import code, fence, page, plain, prose, table

PUBLIC: dict[str, dict[str, tuple[str, ...]]] = {
    "A network of your own": {"refutable.models": ("check_model", "ModelReport", "Reading", "TheoremVerdict")},
    "Regions of a network of your own": {"refutable.region_counts": ("regions", "RegionReport")},
    "A claim of your own": {
        "refutable.verify.userclaims.building": ("claim",),
        "refutable.theorems.checks": ("Check", "Decision"),
        "refutable.theorems.views": ("View",),
    },
    "The catalogue": {"refutable.theorems.catalogue": ("theorem", "domain", "instance")},
    "Records": {
        "refutable.theorems.claims": ("Claim", "Assumption"),
        "refutable.theorems.records": ("Theorem", "Source", "Family", "Range", "Mutant", "Necessity", "ClosedForm"),
        "refutable.theorems.domains.domain": ("Domain",),
        "refutable.theorems.instances": ("Instance", "Field"),
    },
    "Deciding": {"refutable.verify.decide": ("decide", "Outcome", "AssumptionOutcome")},
    "Training": {"refutable.strategies.engine.train": ("train", "Run")},
    "Sharpness and norms of many networks": {
        "refutable.strategies.engine.evaluation": (
            "evaluate", "Evaluation", "sharpness", "hessian_sharpness", "stability_norm", "norms", "Norms", "weights",
        )
    },
}  # fmt: skip
"""Names by section and module; those of `refutable.__all__` are importable from `refutable` itself."""

_QUOTED = re.compile(r"""(: |-> )(?:'([^']*)'|"([^"]*)")""")
_HEADING = re.compile(r"^(Args|Attributes|Returns|Raises|Yields):\s*$")
_ITEM = re.compile(r"^(\*{0,2}[\w, /]+?): (.*)$")


def pages() -> dict[str, str]:
    """One page."""
    return {"reference/api.md": page("Python", _body())}


def _body() -> Iterator[str]:
    yield "What may be imported and relied on. Everything else may change without notice."
    short = set(import_module("refutable").__all__)
    for section, modules in PUBLIC.items():
        yield f"\n## {section}\n"
        for module, names in modules.items():
            for name in names:
                home = "refutable" if name in short else module
                yield from _entry(home, name, getattr(import_module(module), name))


def _entry(module: str, name: str, thing: Any) -> Iterator[str]:
    yield f"\n### {plain(name)} {{ #{module}.{name} data-toc-label='{name}' }}\n"
    yield fence(f"from {module} import {name}\n\n{_signature(name, thing)}", "python")
    yield from docstring(inspect.getdoc(thing) or "")
    if inspect.isclass(thing):
        yield from _members(thing)


def _signature(name: str, thing: Any) -> str:
    signature = inspect.signature(thing)
    returned = "" if inspect.isclass(thing) else _unquoted(str(signature).rpartition(")")[2])
    parameters = [_unquoted(str(parameter)) for parameter in signature.parameters.values()]
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    if inspect.Parameter.KEYWORD_ONLY in kinds:
        parameters.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    one = f"{name}({', '.join(parameters)}){returned}"
    return one if len(one) <= 88 else f"{name}(\n" + "".join(f"    {p},\n" for p in parameters) + f"){returned}"


def _unquoted(text: str) -> str:
    """Annotations as they are written: with `from __future__ import annotations` they are texts."""
    return _QUOTED.sub(lambda m: m[1] + (m[2] or m[3]), text)


def docstring(text: str) -> Iterator[str]:
    """Markdown of a docstring: paragraphs, and a table for each section of named things."""
    block: list[str] = []
    heading = ""
    for line in [*text.splitlines(), "Returns:"]:
        if found := _HEADING.match(line):
            yield from _block(heading, block)
            heading, block = found[1], []
        else:
            block.append(line)


def _block(heading: str, lines: list[str]) -> Iterator[str]:
    text = inspect.cleandoc("\n".join(lines))
    if not text:
        return
    if not heading:
        yield from _paragraphs(text)
        return
    yield f"\n**{heading}**\n"
    if heading in ("Returns", "Yields"):
        yield prose(" ".join(text.split()))
    else:
        yield from table(("name", "meaning"), [(code(name), prose(meaning)) for name, meaning in _items(text)])


def _paragraphs(text: str) -> Iterator[str]:
    """Paragraphs; what is indented after a double colon is code."""
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("    "):
            yield fence(inspect.cleandoc(paragraph), "python")
        else:
            yield f"\n{prose(' '.join(paragraph.split()).replace('::', ':'))}\n"


def _items(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        if (item := _ITEM.match(line)) and not line.startswith(" "):
            found.append((item[1], item[2]))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
    return found


def _members(thing: type) -> Iterator[str]:
    for name, member in vars(thing).items():
        inner = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if name.startswith("_") or not inspect.isfunction(inner) or not inspect.getdoc(inner):
            continue
        arguments = _unquoted(str(inspect.signature(inner))).replace("(self, ", "(").replace("(self)", "()")
        summary = (inspect.getdoc(inner) or "").split("\n\n")[0]
        shown = name if isinstance(member, property) else name + arguments
        yield f"\n- {code(shown)}: {prose(' '.join(summary.split()))}"
