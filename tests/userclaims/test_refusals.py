"""What is no claim is refused with one clear line, and nothing in it is ever run."""

from __future__ import annotations

from pathlib import Path

import pytest

from refutable.verify.reading import ReadError
from refutable.verify.userclaims import grammar
from refutable.verify.userclaims.assumptions import BUNDLES, assumption, assumptions, expanded, usual
from refutable.verify.userclaims.building import expression_claim
from refutable.verify.userclaims.grammar import MAX_LENGTH

REFUSED = {
    "": "empty",
    "   ": "empty",
    "sharpness": "no comparison",
    "sharpness <=": "not an expression",
    "sharpness = 2": "write == for equality",
    "sharpness != 2": "!= is not offered",
    "1 <= 2": "two constants",
    "sharpnes <= 2": "did you mean sharpness",
    "zzz <= 2": "unknown name 'zzz' in shallow-relu",
    "w2 <= 2": "w2 is an array [k], not a number",
    "w1*x <= 2": "different shapes, [k, d] and [n, d]",
    "w2*w1 <= 2": "different shapes, [k] and [k, d]",
    "sum(sharpness) <= 2": "is a number already",
    "row_norms(w2) <= 2": "row_norms takes a matrix",
    "modes <= 2": "modes is no number",
    "frozen <= 2": "frozen is a list of words",
    "sqrt(w2, b1) <= 2": "sqrt takes exactly one argument",
    "max() <= sharpness": "at least one argument",
    "max(*w2) <= 2": "plain arguments",
    "sum(w2, axis=0) <= 2": "plain arguments",
    "exp(sharpness) <= 2": "no function here",
    "sharpness^2 <= 2": "write x**2",
    "|sharpness| <= 2": "not an expression",
    "sharpness // 2 <= 2": "// is not offered",
    "sharpness ** 0.5 <= 2": "write sqrt(x)",
    "sharpness ** -1 <= 2": "whole numbers from 0 to 64",
    "sharpness ** 65 <= 2": "whole numbers from 0 to 64",
    "((sharpness**64)**64)**64 <= 2": "degree above 256",
    "((9**64)**64)**64 <= sharpness": "beyond 1e-300 to 1e300",
    "1e301 <= sharpness": "beyond 1e-300 to 1e300",
    "1e999999999 <= sharpness": "exponents beyond",
    "sharpness/0 <= 2": "divides by zero",
    "sharpness/(1/2 - 0.5) <= 2": "divides by zero",
    "sharpness <= True": "is no number",
    "sharpness <= 1j": "is no number",
    "sharpness <= 'a'": "is no number",
    "sharpness <= None": "is no number",
    "sharpness <= 2 or n <= 3": "'or' is not offered",
    "not sharpness <= 2": "'not' is not offered",
    "sharpness in [1]": "compares numbers by",
    "sharpness <= 2 # really": "leave comments out",
    "sharpness <= x[0]": "is not arithmetic",
    "sharpness <= (lambda: 2)()": "no function here",
    "sharpness <= [1 for _ in x]": "is not arithmetic",
    "sharpness <= (n := 2)": "is not arithmetic",
    "sharpness <= f'{n}'": "is not arithmetic",
    "sharpness <= 2 if n else 3": "no comparison",
    "sharpness <= x.__class__": "is not arithmetic",
    "().__class__.__bases__[0].__subclasses__() <= sharpness": "no function here",
    "sharpness <= n\x00": "not an expression",
    "sharpness <= \ud800": "odd characters",
    "(" * 900 + "n" + ")" * 900 + " <= 2": "",
    "-" * 1500 + "n <= 2": "",
    "n" + "+n" * 900 + " <= 2": "nested too deeply",
    "n <= " + "9" * MAX_LENGTH: "characters; at most",
}


@pytest.mark.parametrize("written", REFUSED, ids=[w[:40] or "nothing" for w in REFUSED])
def test_refused_in_one_line(written: str) -> None:
    with pytest.raises(ReadError) as caught:
        expression_claim(written)
    message = str(caught.value)
    assert REFUSED[written] in message
    assert "\n" not in message
    assert message


@pytest.mark.parametrize(
    "code",
    [
        "__import__('pathlib').Path('ran').touch()",
        "open('ran', 'w')",
        "exec('open(chr(114)+chr(97)+chr(110),chr(119))')",
    ],
)
def test_nothing_is_run(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for written in (f"{code} <= sharpness", f"sharpness <= max({code}, 1)", code):
        with pytest.raises(ReadError):
            expression_claim(written)
    assert list(tmp_path.iterdir()) == []


def test_a_long_sum_is_read() -> None:
    assert expression_claim("n" + "+n" * 90 + " <= 91*n", assumes=()).statement.startswith("n+n")


def test_unknown_domains_and_assumptions_name_the_known_ones() -> None:
    with pytest.raises(ReadError, match="shallow-relu"):
        expression_claim("n <= 2", domain="shallow-rel")
    with pytest.raises(ReadError, match=r"did you mean stable.*minimum.*interpolating"):
        expression_claim("n <= 2", assumes=("stabel",))
    with pytest.raises(ReadError, match="unknown assumption"):
        expression_claim("gain <= 2", domain="delayed-iteration", assumes=("minimum",))


def test_assumptions_are_those_of_the_catalogue() -> None:
    assert assumption("shallow-relu", "stable").id == "stable"
    assert all(one.id == id for id, one in assumptions("quadratic").items())
    assert [a.id for a in expression_claim("n <= 2").assumes] == list(BUNDLES["minimum"])
    assert expression_claim("gain <= 2", domain="delayed-iteration").assumes == ()
    assert expression_claim("n <= 2", assumes=()).assumes == ()
    assert [a.id for a in expression_claim("n <= 2", assumes=("univariate", "minimum", "stable")).assumes] == [
        "univariate", *BUNDLES["minimum"],
    ]  # fmt: skip
    assert expanded(["stable", "minimum"])[0] == "stable"
    assert usual("quadratic") == ()


def test_a_long_sum_is_read_in_steps_as_many_as_its_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    """The degree is bounded at each term; the terms before it are not counted again."""
    asked: list[grammar.Node] = []
    degree = grammar.degree
    monkeypatch.setattr(grammar, "degree", lambda node: [degree(node), asked.append(node)][0])
    parts = {terms: " + ".join(f"sqrt(loss + {i})" for i in range(1, terms + 1)) for terms in (20, 40)}
    counts = []
    for written in parts.values():
        asked.clear()
        grammar.parse(f"{written} <= 1")
        counts.append(len(asked))
    assert counts[1] <= 2 * counts[0] + 20
