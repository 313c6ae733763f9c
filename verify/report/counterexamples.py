"""Counterexamples, mutants' killers and necessity witnesses: the instance in words and as a drawing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from refutable.verify.report.documents import Found, TheoremRun
from refutable.verify.report.fields import Fields
from refutable.verify.report.figures import Pictures
from refutable.verify.report.markup import Markup, element, together
from refutable.verify.report.numbers import comparison, exact
from refutable.verify.report.parts import absent, facts, listed

BEST = 2
"""Counterexamples shown; the others are folded."""
NAMED = 3
"""Killers named in a heading."""
_RECIPE = re.compile(r"\{.*\}", re.DOTALL)


def distinct(found: Iterable[Found], pictures: Pictures, best: int = BEST) -> list[Markup]:
    """Certified violations, best first, those of one instance together; all but the ``best`` ones folded."""
    groups: dict[tuple[str, ...], list[Found]] = {}
    for one in sorted(found, key=worth):
        groups.setdefault((one.told.text("comparison"), *one.told.texts("described")), []).append(one)
    shown = [_counterexample(group, pictures) for group in groups.values()]
    count = len(shown) - best
    more = f"{count} more counterexample{'s' if count > 1 else ''}, longer or less telling"
    folded = [element("details", element("summary", more), shown[best:])] if count > 0 else []
    return [*shown[:best], *folded]


def worth(found: Found) -> tuple[bool, bool, int]:
    """Smaller is better: what says much about the claim, then a left side above 0, then what is short to write."""
    told = found.told
    left = exact(told.text("comparison").partition(" ")[0].removeprefix("~"))
    return bool(told.text("hollow")), left is not None and left <= 0, sum(map(len, told.texts("described")))


def _counterexample(found: Sequence[Found], pictures: Pictures) -> Markup:
    told = [one.told for one in found]
    first = told[0]
    replays = [one.text("replay") or f"refutable replay {one.text('file')}" for one in told if _file(one)]
    methods = list(dict.fromkeys(_method(one) for one in told if one.text("method")))
    said = facts(
        (
            ("Both sides", element("code", first.text("comparison")) if first.text("comparison") else ""),
            ("Assumptions", _assumptions(first)),
            ("It says little", first.text("hollow")),
            ("Found", listed(methods) if len(methods) > 1 else together(*methods)),
            ("Replay", element("code", replays[0]) if replays else ""),
        )
    )
    body = _instance(first, pictures, said)
    return element("article", element("h3", f"Counterexample to {_named(found)}"), body, class_="counterexample")


def _named(found: Sequence[Found]) -> str:
    """What is violated; and at which killers, where only these violate it."""
    claims = ", ".join(dict.fromkeys(one.claim for one in found))
    killers = list(dict.fromkeys(one.killer for one in found))
    if not all(killers):
        return claims
    more = f" and {len(killers) - NAMED} more" if len(killers) > NAMED else ""
    return f"{claims}, at the killer{'s' if len(killers) > 1 else ''} of {', '.join(killers[:NAMED])}{more}"


def _assumptions(found: Fields) -> str:
    said = found.objects("assumptions")
    if said and all(a.text("verdict") == "holds" for a in said):
        return "each holds: " + ", ".join(a.text("id") for a in said)
    return ", ".join(f"{a.text('id')}: {a.text('verdict')}" for a in said)


def _file(found: Fields) -> str:
    return found.text("replay") or found.text("file")


def _method(found: Fields) -> Markup:
    """How it was found; the recipe of a training by its digest, as a whole in a fold."""
    said = found.text("method")
    said += "; no single reduction is still one" if found.flag("minimal") and "reduc" not in said else ""
    recipe = _RECIPE.search(said)
    if recipe is None:
        return together(said)
    digest = hashlib.sha256(recipe[0].encode(errors="replace")).hexdigest()[:12]
    whole = element("details", element("summary", "the recipe"), element("pre", recipe[0]))
    return together(f"{said[: recipe.start()]}recipe {digest}{said[recipe.end() :]}", whole)


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
            ("The instance", _reduced(event)),
            ("It says little", event.text("excuse")),
            ("It also violates", collateral),
        )
    )
    word = "refuted" if killed else "not refuted: the evidence would not see this mistake"
    return _case(name, word, killed, _instance(event, pictures, said))


def _reduced(event: Fields) -> str:
    """Whether a mutant's killer is shown as the record has it; "" in older documents."""
    if "reduced" not in event:
        return ""
    if not event.flag("reduced"):
        return "the record's killer"
    how = "no single reduction of it still refutes this" if event.flag("minimal") else "as far as the budget went"
    return f"the record's killer, reduced: {how}"


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
