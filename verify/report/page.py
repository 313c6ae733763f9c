"""A document as one self-contained HTML page."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from refutable.verify.report.counterexamples import distinct, worth
from refutable.verify.report.documents import GateDocument, RunDocument
from refutable.verify.report.figures import Pictures
from refutable.verify.report.gate_page import claim_section, claims_table
from refutable.verify.report.markup import Anchors, Markup, element, together
from refutable.verify.report.overview import overview, run_facts, suite_command, words
from refutable.verify.report.sizes import Kept
from refutable.verify.report.svg import palette, style_sheet
from refutable.verify.report.theorems import theorem_section

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The page loads nothing and runs nothing, whatever text it holds."""
PARTS = {
    "run": "The run",
    "counterexamples": "Counterexamples",
    "failures": "Tests that failed without a result",
    "overview": "Overview",
    "words": "Words",
    "theory": "Pictures of the theory",
}


def page(document: RunDocument | GateDocument, pictures: Pictures | None = None, kept: Kept | None = None) -> str:
    """The page.

    Args:
        pictures: what is drawn (default: everything that can be).
        kept: entries of a corpus, shown beside the run's.

    Raises:
        ReadError: a value of the document that is of another kind than it should be.
    """
    drawn = pictures if pictures is not None else Pictures()
    if isinstance(document, GateDocument):
        return _whole("Claims and their evidence", _gate(document, drawn))
    return _whole("Theorems and their evidence", _run(document, drawn, kept if kept is not None else Kept()))


def _run(run: RunDocument, pictures: Pictures, kept: Kept) -> Markup:
    anchors = Anchors()
    theory = _theory([theorem.domain for theorem in run.theorems], pictures)
    refuted, errors = _refuted(run, pictures), _errors(run)
    return together(
        _contents(refuted and "counterexamples", errors and "failures", "overview", "words", theory and "theory"),
        _part("run", run_facts(run.info, suite_command(run.info))),
        refuted,
        errors,
        _part("overview", overview(run, anchors)),
        words(run.verdicts),
        (theorem_section(theorem, anchors, pictures, kept) for theorem in run.theorems),
        theory,
    )


def _refuted(run: RunDocument, pictures: Pictures) -> Markup | None:
    """The best counterexample of each refuted theorem, honest ones first, before everything else."""
    best = [(t.id, min(t.counterexamples, key=worth)) for t in run.theorems if t.counterexamples]
    named = [replace(one, claim=id if one.claim == id else f"{id}, {one.claim}") for id, one in best]
    shown = distinct(named, pictures, len(named))
    return _part("counterexamples", shown) if shown else None


def _errors(run: RunDocument) -> Markup | None:
    if not run.errors:
        return None
    rows = [element("li", f"{error.text('theorem')}: {error.text('test')}") for error in run.errors]
    return _part("failures", element("ul", rows))


def _theory(domains: list[str], pictures: Pictures) -> Markup | None:
    figures = [figure for domain in dict.fromkeys(filter(None, domains)) for figure in pictures.theory(domain)]
    return _part("theory", element("div", figures, class_="figures")) if figures else None


def _gate(gate: GateDocument, pictures: Pictures) -> Markup:
    anchors = Anchors()
    theory = _theory([claim.text("domain") for claim in gate.claims], pictures)
    return together(
        _contents("overview", "words", theory and "theory"),
        _part("run", run_facts(gate.info, "refutable gate")),
        _part("overview", claims_table(gate, anchors)),
        words({}),
        (claim_section(claim, anchors, pictures) for claim in gate.claims),
        theory,
    )


def _contents(*anchors: str | None) -> Markup:
    links = (element("li", element("a", PARTS[anchor], href=f"#{anchor}")) for anchor in ("run", *anchors) if anchor)
    return element("nav", element("ul", links), aria_label="Contents")


def _part(anchor: str, *children: object) -> Markup:
    heading = element("h2", PARTS[anchor], id=f"{anchor}-title")
    return element("section", heading, children, id=anchor, aria_labelledby=f"{anchor}-title")


def _whole(title: str, body: Markup) -> str:
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} (refutable)"),
        Markup(f"<style>{palette()}{_page_style()}{style_sheet()}</style>"),
    )
    skip = element("a", "Skip to the overview", href="#overview", class_="skip")
    header = element("header", element("h1", title), element("p", "What a run of refutable tried, and what it saw."))
    footer = element(
        "footer", element("p", "Counterexamples are decided exactly. What held is evidence, never a proof.")
    )
    whole = element("html", head, element("body", skip, header, element("main", body), footer), lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


@cache
def _page_style() -> str:
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
