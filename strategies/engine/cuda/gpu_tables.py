"""The report of a GPU as Markdown, from its JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def document(found: Mapping[str, Any]) -> str:
    """All tables of a document that `on_gpu` wrote."""
    return "\n".join([*_machine(found), *_checks(found), *_training(found), *_rest(found)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table: the first column of words, the others of numbers."""
    lines = [list(head), ["---"] + ["---:"] * (len(head) - 1), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines] + [""]


def _machine(found: Mapping[str, Any]) -> list[str]:
    facts = [f"- {name}: {value}" for name, value in found["machine"].items()]
    return ["# Training on a GPU", "", *facts, f"- product of doubles: {found['peak']:.3g} FLOP/s",
            f"- the whole took {found['seconds']} s", ""]  # fmt: skip


def _checks(found: Mapping[str, Any]) -> list[str]:
    checks = found["checks"]
    failed = [check for check in checks if not check["passed"]]
    lines = ["## Correctness", "", f"{len(checks)} checks, {len(failed)} failed.", ""]
    return lines + (table(["failed", "figure"], [[one["name"], one["figure"]] for one in failed]) if failed else [])


def _training(found: Mapping[str, Any]) -> list[str]:
    head = ["(d, k, n)", "networks", "contestant", "network-steps/s", "to the graph", "of FP64 peak", "spread"]
    rows = [
        [one["size"], str(one["count"]), one["name"], f"{one['rate']:.3g}", f"{one['ratio']:.3g}",
         f"{100 * one['peak']:.2g} %", f"{one['spread']:.2f}"]
        for one in found["rates"]
    ]  # fmt: skip
    note = "Full-batch gradient descent in float64; medians of interleaved rounds. Ratios are to the CUDA graph of the"
    rest = "batched closed form (plain PyTorch, one network: to itself). The native kernel has all cores of the CPU."
    return ["## Training", "", note, rest, "", *table(head, rows)]


def _rest(found: Mapping[str, Any]) -> list[str]:
    lines = ["## Sharpness", ""]
    rows = [[one["size"], f"{1e6 * one['seconds']:.3g}"] for one in found["sharpness"]]
    lines += table(["(d, k, n)", "us per network"], rows)
    lines += ["## Relabelled minima: initial networks, training, y := f(x), sharpness", ""]
    head = ["(d, k, n)", "at a time", "steps", "backend", "stable of the last", "stable per second"]
    rows = [
        [one["size"], str(one["count"]), str(one["steps"]), one["backend"], str(one["stable"]),
         f"{one['per_second']:.3g}"]
        for one in found["minima"]
    ]  # fmt: skip
    lines += table(head, rows)
    if found["layouts"]:
        lines += ["## The kernel's layouts", ""]
        rows = [[one["size"], one["name"], f"{one['rate']:.3g}", f"{one['ratio']:.2f}"] for one in found["layouts"]]
        lines += table(["(d, k, n)", "layout", "network-steps/s", "to the one used"], rows)
    if found["left_out"]:
        lines += ["## Left out", "", *(f"- {line}" for line in found["left_out"]), ""]
    return lines
