"""A model report as text and as a JSON document."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from refutable.models import ASSUMES, Reading, TheoremVerdict, side_text, sides
from refutable.theorems.domains.shallow_relu.nearby_minimum import Nearby, Uncertified
from refutable.theorems.exact import as_real, enclose, enclosure, text

if TYPE_CHECKING:
    from refutable.models import ModelReport


def report_text(report: ModelReport) -> str:
    """The report as a person reads it: facts and verdicts side by side, one column a reading."""
    readings = report.readings
    (k, d), n = report.as_trained.instance["w1"].shape, len(report.as_trained.instance["x"])
    head = [
        f"shallow ReLU network: {k} neurons, {d} input{'s' if d > 1 else ''}, {n} data",
        f"assumes {ASSUMES}",
        f"loss {report.loss}: effective step size eta = {side_text(report.effective_step_size)} for 1/(2n) sum r^2",
    ]
    notes = _Notes()
    verdicts = [row for row in _verdict_rows(report, notes) if any(cell.startswith(DECIDED) for cell in row[1:])]
    rows = [["", *HEADINGS], *_fact_rows(readings), ["", "", "", ""], *verdicts]
    lines = [*head, "", *_aligned(rows), "", *_nearby(report.nearby), *notes.lines()]
    lines += ["in brackets: left/right; relabelled, rescaled: y := f(x), for the labels this network produces", ""]
    return "\n".join([*lines, *_elsewhere(report)])


def _nearby(found: Nearby | Uncertified | None) -> list[str]:
    """What is certified about an exact minimum beside the network."""
    if found is None:
        return []
    if isinstance(found, Uncertified):
        return [f"no exact minimum for these labels is certified to be near the network: {found.reason}", ""]
    stable = {True: "linearly stable", False: "not linearly stable", None: "too near 2/eta to tell"}[found.stable]
    sharp = f"sharpness {float(as_real(found.upper)):.6g}"
    return [f"an exact minimum for these labels is within {float(as_real(found.distance)):.1e}: {stable}, {sharp}", ""]


HEADINGS = ("as trained", "relabelled", "flattest known rescaling")
DECIDED = ("holds", "violated", "agrees")


class _Notes:
    """Reasons why a claim was not decided, lettered in the order of their first use."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def letter(self, reason: str) -> str:
        return self._letters.setdefault(reason, f"[{len(self._letters) + 1}]")

    def lines(self) -> list[str]:
        return [f"{letter} {reason}" for reason, letter in self._letters.items()]


def _fact_rows(readings: tuple[Reading, ...]) -> list[list[str]]:
    threshold = side_text(2 / readings[0].instance["step_size"])
    facts: list[tuple[str, Callable[[Reading], str]]] = [
        ("loss", lambda r: f"{r.loss:.6g}"),
        ("|gradient|", lambda r: f"{r.gradient_norm:.3g}"),
        ("differentiable", lambda r: "yes" if r.differentiable else "no: a datum on a kink"),
        ("sharpness", lambda r: "not decided" if r.sharpness is None else side_text(r.sharpness)),
        (f"  <= 2/eta = {threshold}", lambda r: STABLE[r.stable]),
        ("stability norm ||f||", lambda r: side_text(r.norm)),
        ("  2||f||/(sharpness - 1)", lambda r: _share(r.theorem_tightness)),
        ("  ||f||/(1/eta - 1/2)", lambda r: _share(r.instance_tightness)),
    ]
    return [[name, *(fact(reading) for reading in readings)] for name, fact in facts]


STABLE = {True: "yes: linearly stable", False: "no: not linearly stable", None: "not decided"}


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _verdict_rows(report: ModelReport, notes: _Notes) -> list[list[str]]:
    return [
        [_name(verdicts[0]), *(_cell(v, notes) for v in verdicts)]
        for verdicts in zip(*(reading.verdicts for reading in report.readings), strict=True)
        if any(v.applies for v in verdicts)
    ]


def _name(verdict: TheoremVerdict) -> str:
    return verdict.theorem if verdict.claim == verdict.theorem else f"  {verdict.claim}"


def _cell(verdict: TheoremVerdict, notes: _Notes) -> str:
    outcome = verdict.outcome
    if not verdict.applies:
        return f"{outcome.verdict} {notes.letter(outcome.reason)}"
    both = sides(outcome.headline)
    touching = ", touching" if outcome.touching else ""
    ratio = "" if outcome.tightness is None else f" ({outcome.tightness:.2g})"
    return f"{outcome.verdict}{touching}  {both[0]} <= {both[1]}{ratio}" if both else outcome.verdict


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[c]) for row in rows) for c in range(len(rows[0]))]
    return ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def _elsewhere(report: ModelReport) -> list[str]:
    """Claims decided on no reading, with the reason; how many theorems are about other kinds of instance."""
    claims = zip(*(reading.verdicts for reading in report.readings), strict=True)
    unmet = [verdicts[1] for verdicts in claims if not any(v.applies for v in verdicts)]
    lines = ["not applicable", *(f"  {v.claim}: {v.outcome.reason}" for v in unmet)]
    others = len(report.not_applicable)
    about = "theorem is" if others == 1 else "theorems are"
    return [*lines, f"  {others} {about} about other kinds of networks or of data: `refutable list` has them"]


def report_document(report: ModelReport) -> dict[str, Any]:
    """JSON-ready form of the report."""
    return {
        "format": "refutable-model/1",
        "assumes": ASSUMES,
        "loss": report.loss,
        "step_size": text(report.step_size),
        "effective_step_size": text(report.effective_step_size),
        "readings": [_reading_document(r) for r in report.readings],
        "nearby_minimum": _nearby_document(report.nearby),
        "not_applicable": [{"theorem": t, "reason": r} for t, r in report.not_applicable],
        "profile": None if report.profile is None else report.profile.to_dict(),
    }


def _nearby_document(found: Nearby | Uncertified | None) -> dict[str, Any] | None:
    if found is None or isinstance(found, Uncertified):
        return None if found is None else {"certified": False, "reason": found.reason}
    return {
        "certified": True,
        "distance": text(found.distance),
        "sharpness": {"lower": text(found.lower), "upper": text(found.upper)},
        "stable": found.stable,
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
