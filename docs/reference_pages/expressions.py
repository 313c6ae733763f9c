"""The language of claims: operators, functions, and the names of each domain."""

from __future__ import annotations

from collections.abc import Iterator

from reference_pages.markup import code, page, plain, table
from refutable.theorems.catalogue import DOMAINS
from refutable.verify.userclaims.assumptions import assumptions, bundles, usual
from refutable.verify.userclaims.grammar import FUNCTIONS, MAX_DEGREE, MAX_DEPTH, MAX_EXPONENT, MAX_LENGTH
from refutable.verify.userclaims.vocabulary import vocabulary

MEANINGS = {
    "abs": "modulus, entry by entry",
    "sqrt": "square root, exact: ties between roots are decided",
    "min": "of two or more numbers, or the smallest entry of one array",
    "max": "of two or more numbers, or the largest entry of one array",
    "sum": "of all entries of an array",
    "mean": "of all entries of an array",
    "norm": "root of the sum of the squares of all entries",
    "row_norms": "one norm for each row",
}


def pages() -> dict[str, str]:
    """One page."""
    return {"reference/expressions.md": page("Expressions", _body())}


def _body() -> Iterator[str]:
    yield "A claim may be written as an inequality between named quantities, on the command line, in Python or in a"
    yield "claims file. The text is parsed, never run as code. Every number is exact as written: `0.1` is 1/10."
    yield "\n## Grammar\n"
    yield "- Comparisons: `<=`, `<`, `>=`, `>`, `==`; in chains, `a <= b <= c`, or joined by `and`."
    yield f"- Arithmetic: `+ - * /`, brackets, and whole powers `**` from 0 to {MAX_EXPONENT}."
    yield f"- Limits: {MAX_LENGTH} characters, about {MAX_DEPTH} levels of brackets, degree {MAX_DEGREE}."
    yield "- Where a side is not defined (a division by 0, a root of a negative number) the claim is undecided,"
    yield "  never violated."
    yield "\n## Functions\n"
    yield from table(("function", "meaning"), [(code(name), MEANINGS[name]) for name in FUNCTIONS])
    for id, domain in DOMAINS.items():
        yield f"\n## {id}\n\n{plain(domain.title[:1].upper() + domain.title[1:])}.\n"
        yield f"### Names in {id}"
        names = vocabulary(id).describe()
        yield from table(("name", "is", "meaning"), [(code(n), plain(kind), plain(said)) for n, kind, said in names])
        yield f"### Assumptions in {id}\n"
        yield from _usual(id)
        yield from table(
            ("assumption", "meaning"), [(code(a.id), plain(a.statement)) for a in assumptions(id).values()]
        )


def _usual(id: str) -> Iterator[str]:
    for name, ids in bundles(id).items():
        yield f"{code(name)} stands for {', '.join(map(code, ids))}.\n"
    if not usual(id):
        yield "A claim that does not say what it assumes assumes nothing.\n"
    else:
        yield "A claim that does not say what it assumes is about a minimum.\n"
