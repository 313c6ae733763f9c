"""Counterexamples, mutants' killers and necessity witnesses: the instance in words and as a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from refutable.verify.report.documents import TheoremRun
from refutable.verify.report.fields import Fields
from refutable.verify.report.figures import Pictures
from refutable.verify.report.markup import Markup, element, together
from refutable.verify.report.numbers import comparison
from refutable.verify.report.parts import absent, facts, listed

Found = tuple[str, Fields]
"""The name of what is violated, and an entry of "counterexamples"."""


def distinct(found: Iterable[Found], pictures: Pictures) -> list[Markup]:
    """Certified violations, those on one instance together: both sides, assumptions, how found, how to replay."""
    groups: dict[tuple[str, ...], list[Found]] = {}
    for name, one in found:
        groups.setdefault((name, one.text("comparison"), *one.texts("described")), []).append((name, one))
    return [_counterexample(group[0][0], [one for _, one in group], pictures) for group in groups.values()]


def _counterexample(name: str, found: Sequence[Fields], pictures: Pictures) -> Markup:
    first = found[0]
    replays = [one.text("replay") or f"refutable replay {one.text('file')}" for one in found if _file(one)]
    methods = [_method(one) for one in found if one.text("method")]
    said = facts(
        (
            ("Both sides", element("code", first.text("comparison")) if first.text("comparison") else ""),
            ("Assumptions", _assumptions(first)),
            ("Found", listed(methods) if len(methods) > 1 else "".join(methods)),
            ("Replay", element("code", replays[0]) if replays else ""),
        )
    )
    body = _instance(first, pictures, said)
    return element("article", element("h3", f"Counterexample to {name}"), body, class_="counterexample")


def _assumptions(found: Fields) -> str:
    said = found.objects("assumptions")
    if said and all(a.text("verdict") == "holds" for a in said):
        return "each holds: " + ", ".join(a.text("id") for a in said)
    return ", ".join(f"{a.text('id')}: {a.text('verdict')}" for a in said)


def _file(found: Fields) -> str:
    return found.text("replay") or found.text("file")


def _method(found: Fields) -> str:
    said = found.text("method")
    return said + ("; no single reduction is still one" if found.flag("minimal") and "reduc" not in said else "")


def mutants(theorem: TheoremRun, pictures: Pictures) -> Markup:
    """The false variants of a theorem, each with what killed it."""
    known = {one.text("id"): one for one in theorem.record.objects("mutants")}
    if not theorem.mutants:
        return element("p", "No false variant was tried.")
    return together(_mutant(event, known, pictures) for event in theorem.mutants)


def _mutant(event: Fields, known: Mapping[str, Fields], pictures: Pictures) -> Markup:
    name, killed = event.text("mutant"), event.flag("killed")
    why = known[name].text("why_false") if name in known else ""
    collateral = ", ".join(event.texts("collateral"))
    said = facts(
        (
            ("Why it is false", why),
            ("Both sides", comparison(event.object("headline"), violated=killed)),
            ("The instance says little", event.text("excuse")),
            ("It also violates", collateral),
        )
    )
    word = "refuted" if killed else "not refuted: the evidence would not see this mistake"
    return _case(name, word, killed, _instance(event, pictures, said))


def necessity(theorem: TheoremRun, pictures: Pictures) -> Markup:
    """For each assumption an instance that violates the theorem without it, or why none is known."""
    if not theorem.necessity:
        return element("p", "No assumption was dropped.")
    return together(_dropped(event, pictures) for event in theorem.necessity)


def _dropped(event: Fields, pictures: Pictures) -> Markup:
    shown = event.flag("shown")
    claim = event.text("claim")
    said = facts(
        (("Claim", claim), ("Note", event.text("note")), ("Both sides", comparison(event.object("headline"), shown)))
    )
    word = "needed: violated without it" if shown else "no witness"
    body = _instance(event, pictures, said) if shown else said
    return _case(f"without {event.text('assumption')}", word, shown, body)


def _case(name: str, word: str, good: bool, body: Markup) -> Markup:
    sign = element("span", "✓" if good else "○", aria_hidden="true")
    said = element("span", sign, " ", word, class_="verdict " + ("good" if good else "warn"))
    return element("details", element("summary", element("b", name), " ", said), body, class_="case")


def _instance(found: Fields, pictures: Pictures, said: Markup) -> Markup:
    """What is said of an instance, the instance as a person would write it, and its drawing beside it."""
    if "instance" not in found and "described" not in found:
        return together(said, absent("The instance"))
    lines = element("pre", "\n".join(found.texts("described")), class_="instance")
    return element("div", element("div", said, lines), pictures.instance(found.object("instance")), class_="beside")
