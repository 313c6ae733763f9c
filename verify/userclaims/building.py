"""Claims from an expression or from a function: what `refutable.claim` makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, overload

from refutable.theorems.catalogue import UnknownId
from refutable.theorems.catalogue import domain as known_domain
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.domain import Domain
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import MissingNumber, View
from refutable.verify.reading import ReadError
from refutable.verify.userclaims.assumptions import assumption, assumptions, expanded, usual
from refutable.verify.userclaims.balance import balanced
from refutable.verify.userclaims.blame import line_of
from refutable.verify.userclaims.formulas import scalar
from refutable.verify.userclaims.grammar import Comparison, ExpressionError, normal, parse
from refutable.verify.userclaims.soundness import sound
from refutable.verify.userclaims.vocabulary import Term, vocabulary

DOMAIN = "shallow-relu"
UNNAMED = "expression"
"""Id of a claim that was given none; a file's loader puts the variable's name in its place."""

Conclusion = Callable[[View], Check | Iterable[Check]]
Assumed = str | Assumption | Sequence[str | Assumption] | None
Taken = TypeVar("Taken")


class UserCodeError(ReadError):
    """The function of a user's claim failed: file, line and exception in one line."""


class NotBatched(TypeError):
    """The function of a user's claim has no float version: it is decided exactly only."""


@overload
def claim(
    subject: str | Conclusion,
    *,
    domain: str = DOMAIN,
    assumes: Assumed = None,
    id: str | None = None,
    statement: str | None = None,
) -> Claim: ...


@overload
def claim(
    subject: None = None,
    *,
    domain: str = DOMAIN,
    assumes: Assumed = None,
    id: str | None = None,
    statement: str | None = None,
) -> Callable[[Conclusion], Claim]: ...


def claim(
    subject: str | Conclusion | None = None,
    *,
    domain: str = DOMAIN,
    assumes: Assumed = None,
    id: str | None = None,
    statement: str | None = None,
) -> Claim | Callable[[Conclusion], Claim]:
    """A claim of your own, to be decided and hunted like a theorem.

    As a function of an expression, or as a decorator of a function of a view::

        mine = refutable.claim("stability_norm <= 1/step_size - 1")

        @refutable.claim(assumes=["differentiable", "interpolating"])
        def sharp(view):
            "sharpness is at least 1 + 2 ||f||"
            return refutable.Check(1 + 2 * view["stability_norm"], "<=", view["sharpness"])

    In an expression every number is exact as written (0.1 is 1/10). A function must work on exact numbers and on
    float batches alike: use ``+ - * /`` with integers, ``view.ops`` for everything else, ``view.ops.ratio(1, 2)``
    for a fraction, and no branch on a value.

    Args:
        subject: the expression, or a function view -> Check or several.
        domain: id of the kind of instance, as in `refutable list`.
        assumes: ids of assumptions; "minimum" is a differentiable, interpolating, linearly stable minimum of a
            network trained whole, and is meant where nothing is said in a domain that has it; () assumes nothing.
        id: for messages and files; the function's or the variable's name if not given.
        statement: for people; the expression or the first line of the docstring if not given.

    Raises:
        ReadError: a senseless expression, an unknown domain or assumption.
    """
    if subject is None:
        return lambda function: _from_function(function, domain, assumes, id, statement)
    if isinstance(subject, str):
        return expression_claim(subject, domain, assumes, id, statement)
    return _from_function(subject, domain, assumes, id, statement)


def expression_claim(
    expression: str,
    domain: str = DOMAIN,
    assumes: Assumed = None,
    id: str | None = None,
    statement: str | None = None,
) -> Claim:
    """The claim that an expression states. Arguments and errors as `claim`."""
    kind = _domain(domain)
    words = vocabulary(domain)
    written = parse(expression)
    for one in written:  # what is wrong is told of the sides as they are written
        scalar(one.left, words), scalar(one.right, words)
    sides = [(c, scalar(c.left, words), scalar(c.right, words)) for c in map(balanced, written)]

    def concludes(view: View) -> Iterable[Check]:
        return [_compared(view, *one) for one in sides]

    said = statement or normal(expression)
    return Claim(id or UNNAMED, kind, said, assumed(domain, assumes), concludes)


def _compared(view: View, comparison: Comparison, left: Term, right: Term) -> Check:
    sides = left.value(view), right.value(view)
    if comparison.operator == ">=":
        return Check(sides[1], "<=", sides[0], comparison.text)
    if comparison.operator == ">":
        return Check(sides[1], "<", sides[0], comparison.text)
    return Check(sides[0], comparison.operator, sides[1], comparison.text)


def _domain(id: str) -> Domain:
    try:
        return known_domain(id)
    except UnknownId as problem:
        raise ExpressionError(str(problem)) from None


def assumed(domain: str, given: Assumed) -> tuple[Assumption, ...]:
    """The assumptions meant by ids, short names and assumptions themselves. Raises ExpressionError for unknown ids."""
    if given is None:
        given = usual(domain)
    if isinstance(given, str | Assumption):
        given = (given,)
    found: dict[str, Assumption] = {}
    for one in given:
        if isinstance(one, Assumption):
            found.setdefault(one.id, _guarded_assumption(one, domain))
        else:
            for id in expanded([one]):
                found.setdefault(id, assumption(domain, id))
    return tuple(found.values())


def _from_function(function: Conclusion, domain: str, assumes: Assumed, id: str | None, statement: str | None) -> Claim:
    if not callable(function):
        raise ExpressionError(f"a claim is an expression or a function of a view, not {type(function).__name__}")
    name = getattr(function, "__name__", UNNAMED)
    doc = (getattr(function, "__doc__", None) or "").strip()
    said = statement or " ".join(doc.split("\n\n")[0].split()) or name
    return Claim(id or name, _domain(domain), said, assumed(domain, assumes), _guarded(function, _conclusions))


def _guarded_assumption(one: Assumption, domain: str) -> Assumption:
    """An assumption of the user's own with its mistakes told as a conclusion's are; the catalogue's as it is."""
    if assumptions(domain).get(one.id) is one:
        return one
    enforce = None if one.enforce is None else _guarded(one.enforce, lambda returned, view: dict(returned))
    return replace(one, checks=_guarded(one.checks, _checks), enforce=enforce)


def _guarded(function: Callable[[View], Any], taken: Callable[[Any, View], Taken]) -> Callable[[View], Taken]:
    """What is ``taken`` from the function's answer, with mistakes in either told by file and line."""

    def guarded(view: View) -> Taken:
        try:
            return taken(function(view), view)
        except (MissingNumber, NotCertified, NotBatched, ArithmeticError, ReadError):
            raise
        except KeyboardInterrupt:
            raise
        except BaseException as problem:  # sys.exit() and pytest.skip() too: they would end the gate unseen, and green
            if view.ops.name == "certified":
                raise NotCertified(f"the function has no certified float version: {problem}") from problem
            if view.ops.exact:
                raise UserCodeError(_told(function, problem)) from problem
            raise NotBatched(f"the function does not run on float batches: {_told(function, problem)}") from problem

    return guarded


def _conclusions(returned: Any, view: View) -> list[Check]:
    checks = _checks(returned, view)
    if not checks:
        raise TypeError("the function concludes nothing; it must give at least one iterable check")
    return checks


def _checks(returned: Any, view: View) -> list[Check]:
    """The checks of an answer; sides that no exact decision can take are refused."""
    checks = [returned] if isinstance(returned, Check) else list(returned)
    return [sound(check, view) for check in checks]


def _told(function: Callable[[View], Any], problem: BaseException) -> str:
    code = getattr(function, "__code__", None)
    file = "" if code is None else code.co_filename
    place = f"{Path(file).name}{line_of(problem, file)}: " if file else ""
    message = problem.args[0] if isinstance(problem, KeyError) and problem.args else problem
    return f"{place}{type(problem).__name__}: {' '.join(str(message).split()):.300}{_hint(problem)}"


def _hint(problem: BaseException) -> str:
    if isinstance(problem, SystemExit):
        return "; a claim may not end the program, let it return its checks"
    if isinstance(problem, KeyError):
        return "; the view has no such name"
    if isinstance(problem, TypeError) and ("float" in str(problem) or "no exact number" in str(problem)):
        return "; floats are not exact, write view.ops.ratio(1, 2) for 1/2"
    if isinstance(problem, TypeError) and "iterable" in str(problem):
        return "; return refutable.Check(left, '<=', right), or a list of those"
    return ""


def named(found: Claim, name: str) -> Claim:
    """The claim under the name it has in a file, unless it was given an id."""
    return replace(found, id=name) if found.id == UNNAMED else found
