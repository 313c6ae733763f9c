"""The report of a gate: claims of a claims file, what was asked of each, what was found."""

from __future__ import annotations

from collections.abc import Sequence

from refutable.verify.report.counterexamples import distinct
from refutable.verify.report.documents import Found, GateDocument
from refutable.verify.report.fields import Fields
from refutable.verify.report.figures import Pictures
from refutable.verify.report.markup import Anchors, Markup, element, together
from refutable.verify.report.parts import facts, fold, statement, table, verdict
from refutable.verify.report.words import KIND_NAMES

HEADER = ("claim", "as claimed", "verdict", "expected", "cases that hold", "tightest", "source", "file")
ITEM_HEADER = (
    "item",
    "passed",
    "verdict",
    "decided",
    "hold",
    "violated",
    "vacuous",
    "undecided",
    "tightest",
    "seconds",
)


def claims_table(gate: GateDocument, anchors: Anchors) -> Markup:
    """One row a claim."""
    kept = sum(claim.flag("as_claimed") for claim in gate.claims)
    word = element(
        "p", _passed(gate.as_claimed), f": {kept} of {len(gate.claims)} claims are as claimed.", class_="tally"
    )
    rows = [_row(claim, anchors) for claim in gate.claims]
    return together(word, table("Claims and what was found", HEADER, rows, (4, 5)))


def _row(claim: Fields, anchors: Anchors) -> Sequence[object]:
    cases = sum(item.object("counts").count("holds") for item in claim.objects("items"))
    return (
        element("a", claim.text("id"), href="#" + _anchor(claim, anchors)),
        _passed(claim.flag("as_claimed")),
        verdict(claim.text("verdict")),
        claim.text("expected"),
        cases,
        claim.object("tightness").text("text") or "–",
        element("span", _source(claim), class_="wide"),
        f"{claim.text('file')}:{claim.count('line')}",
    )


def _anchor(claim: Fields, anchors: Anchors) -> str:
    return anchors.of("claim", f"{claim.text('file')} {claim.text('id')}" if claim.text("file") else claim.text("id"))


def _passed(passed: bool) -> Markup:
    sign = element("span", "✓" if passed else "✗", aria_hidden="true")
    return element(
        "span",
        sign,
        " ",
        "as claimed" if passed else "not as claimed",
        class_="verdict " + ("good" if passed else "bad"),
    )


def claim_section(claim: Fields, anchors: Anchors, pictures: Pictures) -> Markup:
    """Everything a gate says about one claim."""
    anchor = _anchor(claim, anchors)
    heading = element("h2", claim.text("id"), " ", _passed(claim.flag("as_claimed")), id=f"{anchor}-title")
    items = claim.objects("items")
    found = [item.object("counterexample") for item in items if "counterexample" in item]
    shown = [problem for item in items if "counterexample" in item for problem in item.texts("problems")]
    problems = [element("pre", text) for text in claim.texts("problems") if text not in shown]
    return element(
        "section",
        heading,
        statement(claim.text("statement"), claim.text("latex")),
        distinct((Found(claim.text("id"), one) for one in found), pictures),
        element("div", element("h3", "Why it is not as claimed"), problems, class_="problems") if problems else None,
        _facts(claim),
        element("h3", "Evidence"),
        table(f"Items of {claim.text('id')}", ITEM_HEADER, [_item(item) for item in items], range(4, 10)),
        _notes(items),
        element("p", element("a", "Back to the claims", href="#overview"), class_="back"),
        id=anchor,
        aria_labelledby=f"{anchor}-title",
    )


def _source(claim: Fields) -> str:
    """What the claim is made of; a theorem with other constants than its paper's is not that theorem."""
    source = claim.text("source")
    if not claim.flag("changed"):
        return source
    constants = _constants(claim)
    return f"{source} (changed: {constants})" if constants else f"{source} (changed)"


def _constants(claim: Fields) -> str:
    return ", ".join(f"{name} = {value}" for name, value in claim.object("constants").values.items())


def _facts(claim: Fields) -> Markup:
    asked = claim.object("thresholds")
    return facts(
        (
            ("Verdict", verdict(claim.text("verdict"))),
            ("Expected", claim.text("expected") + (f": {claim.text('reason')}" if claim.text("reason") else "")),
            ("Stands in", f"{claim.text('file')}, line {claim.count('line')}"),
            ("Source", _source(claim)),
            ("Constants", _constants(claim)),
            ("Paper", claim.text("paper") + (" (changed)" if claim.flag("changed") and claim.text("paper") else "")),
            ("Domain", claim.text("domain")),
            ("Assumes", ", ".join(claim.texts("assumes")) or "nothing"),
            ("Tightness asked for", asked.text("tightness")),
            ("Mutants that must die", ", ".join(asked.texts("mutants"))),
            ("Allowed verdicts", ", ".join(claim.texts("allow"))),
            ("Digest", element("code", claim.text("digest")[:16])),
        )
    )


def _item(item: Fields) -> Sequence[object]:
    counts = item.object("counts")
    return (
        KIND_NAMES.get(item.text("kind"), item.text("kind")),
        "yes" if item.flag("passed") else element("b", "no"),
        verdict(item.text("verdict")),
        item.text("strength"),
        *(counts.count(word) for word in ("holds", "violated", "vacuous", "undecided")),
        item.object("tightness").text("text") or "–",
        f"{item.number('seconds') or 0:.1f}",
    )


def _notes(items: Sequence[Fields]) -> Markup | None:
    said = [(item.text("kind"), note) for item in items for note in item.texts("notes")]
    return fold("Notes", 3, facts(said)) if said else None
