"""A model report as text and as a JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from refutable.models import ASSUMES, Reading, TheoremVerdict, side_text, sides
from refutable.theorems.exact import enclose, enclosure, text

if TYPE_CHECKING:
    from refutable.models import ModelReport


def report_text(report: ModelReport) -> str:
    """The report as a person reads it."""
    k, d = report.as_trained.instance["w1"].shape
    n = len(report.as_trained.instance["x"])
    lines = [
        f"shallow ReLU network: {k} neurons, {d} input{'s' if d > 1 else ''}, {n} data",
        f"assumes {ASSUMES}",
        f"loss {report.loss}: effective step size {side_text(report.effective_step_size)} for 1/(2n) sum r^2",
    ]
    for reading in (report.as_trained, report.relabelled, report.flattest):
        lines += ["", *_reading_lines(reading)]
    lines += ["", "not applicable"]
    lines += [f"  {theorem:28} {reason}" for theorem, reason in report.not_applicable]
    return "\n".join(lines)


HEADINGS = {
    "as trained": "as trained (labels y)",
    "relabelled": "relabelled (y := f(x)): for the labels this network produces",
    "flattest known rescaling": "flattest known rescaling of the same function (y := f(x))",
}


def _reading_lines(reading: Reading) -> list[str]:
    threshold = 2 / reading.instance["step_size"]
    stable = {True: "linearly stable", False: "NOT linearly stable", None: "not decided"}[reading.stable]
    sharpness = "not decided" if reading.sharpness is None else side_text(reading.sharpness)
    lines = [
        HEADINGS[reading.name],
        f"  loss {reading.loss:.6g}, |gradient| {reading.gradient_norm:.3g}, "
        f"{'differentiable' if reading.differentiable else 'NOT differentiable: a datum lies on a kink'}",
        f"  sharpness {sharpness}, 2/step size {side_text(threshold)}: {stable}",
        f"  ||f|| = {side_text(reading.norm)}{_tightness(reading)}",
    ]
    return lines + [_verdict_line(v) for v in reading.verdicts]


def _tightness(reading: Reading) -> str:
    parts = []
    if reading.theorem_tightness is not None:
        parts.append(f"2||f||/(sharpness - 1) = {reading.theorem_tightness:.4g} (the theorem)")
    if reading.instance_tightness is not None:
        parts.append(f"||f||/(1/eta - 1/2) = {reading.instance_tightness:.4g} (this step size)")
    return "".join(f", {part}" for part in parts)


def _verdict_line(verdict: TheoremVerdict) -> str:
    outcome = verdict.outcome
    name = verdict.theorem if verdict.claim == verdict.theorem else f"{verdict.theorem}: {verdict.claim}"
    both = sides(outcome.headline)
    shown = f"{both[0]} <= {both[1]}" if both else outcome.reason
    touching = ", touching" if outcome.touching else ""
    return f"  {name:48} {outcome.verdict + touching:12} {shown}"


def report_document(report: ModelReport) -> dict[str, Any]:
    """JSON-ready form of the report."""
    return {
        "format": "refutable-model/1",
        "assumes": ASSUMES,
        "loss": report.loss,
        "step_size": text(report.step_size),
        "effective_step_size": text(report.effective_step_size),
        "readings": [_reading_document(r) for r in (report.as_trained, report.relabelled, report.flattest)],
        "not_applicable": [{"theorem": t, "reason": r} for t, r in report.not_applicable],
        "profile": None if report.profile is None else report.profile.to_dict(),
    }


def _number(number: Any) -> dict[str, str]:
    lower, upper = enclosure(enclose(number, 128))
    return {"lower": lower, "upper": upper}


def _reading_document(reading: Reading) -> dict[str, Any]:
    return {
        "reading": reading.name,
        "loss": reading.loss,
        "gradient_norm": reading.gradient_norm,
        "differentiable": reading.differentiable,
        "sharpness": None if reading.sharpness is None else _number(reading.sharpness),
        "stable": reading.stable,
        "stability_norm": _number(reading.norm),
        "theorem_tightness": reading.theorem_tightness,
        "instance_tightness": reading.instance_tightness,
        "verdicts": [_verdict_document(v) for v in reading.verdicts],
    }


def _verdict_document(verdict: TheoremVerdict) -> dict[str, Any]:
    outcome, headline = verdict.outcome, verdict.outcome.headline
    compared = headline is not None and headline.left is not None and headline.right is not None
    return {
        "theorem": verdict.theorem,
        "claim": verdict.claim,
        "verdict": outcome.verdict,
        "reason": outcome.reason,
        "touching": outcome.touching,
        "lhs": _number(headline.left) if compared and headline is not None else None,
        "rhs": _number(headline.right) if compared and headline is not None else None,
        "tightness": outcome.tightness,
        "assumptions": [{"id": a.id, "verdict": a.verdict} for a in outcome.assumptions],
    }
