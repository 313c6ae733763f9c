"""A second, tiny verifier of the core theorems about shallow ReLU networks: standard library only.

It shares no line with the rest of the project: own number reading, own network, own gradient kernel, own
decision of definiteness (fraction-free elimination on integers) and own comparison of sums of square roots.
It reads an instance document (format refutable-instance/1) and knows three claims, see `CLAIMS`:
sharpness-chain, weighted-l1 (Mulayoff, Michaeli, Soudry, NeurIPS 2021) and stability-norm (Nacson et al.,
ICLR 2023). Also a program: python independent.py CLAIM INSTANCE.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import gcd, isqrt, lcm
from typing import Any, NamedTuple

Matrix = list[list[Fraction]]
Terms = list[tuple[Fraction, Fraction]]
MOST_BITS = 4096


class Network(NamedTuple):
    """Numbers of an instance; b2, y, step are None where not given."""

    w1: Matrix
    b1: list[Fraction]
    w2: list[Fraction]
    b2: Fraction | None
    x: Matrix
    y: list[Fraction] | None
    step: Fraction | None
    frozen: bool


def read(document: Mapping[str, Any]) -> Network:
    """The network of a document; raises KeyError, TypeError or ValueError for what is none."""
    net, data = document["network"], document["data"]
    b2, y, step = net.get("b2"), data.get("y"), document.get("step_size")
    return Network(
        [[Fraction(v) for v in row] for row in net["w1"]],
        [Fraction(v) for v in net["b1"]],
        [Fraction(v) for v in net["w2"]],
        None if b2 is None else Fraction(b2),
        [[Fraction(v) for v in row] for row in data["x"]],
        None if y is None else [Fraction(v) for v in y],
        None if step is None else Fraction(step),
        bool(net.get("frozen")),
    )


def dot(a: Iterable[Fraction], b: Iterable[Fraction]) -> Fraction:
    """Inner product."""
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def preactivations(net: Network) -> Matrix:
    """z[j][i] = w1_i . x_j + b1_i."""
    return [[dot(w, x) + b for w, b in zip(net.w1, net.b1, strict=True)] for x in net.x]


def interpolates(net: Network, z: Matrix) -> bool:
    """Whether f(x_j) = y_j for every datum."""
    if net.y is None:
        return True
    outputs = [dot(net.w2, [max(v, Fraction(0)) for v in row]) + (net.b2 or 0) for row in z]
    return outputs == net.y


def kernel(net: Network, z: Matrix) -> Matrix:
    """(1/n) <grad f(x_i), grad f(x_j)>, the gradient taken in all of w1, b1, w2, b2."""
    n = len(z)
    squares = [v * v for v in net.w2]
    rows: Matrix = [[Fraction(0)] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            near = dot(net.x[i], net.x[j]) + 1
            total = Fraction(1)
            for a, b, square in zip(z[i], z[j], squares, strict=True):
                if a > 0 and b > 0:
                    total += square * near + a * b
            rows[i][j] = rows[j][i] = total / n
    return rows


def definite(matrix: Matrix) -> int:
    """1 positive definite, 0 singular and positive semidefinite, -1 neither; symmetric elimination on integers."""
    common = lcm(*(v.denominator for row in matrix for v in row))
    m = [[int(v * common) for v in row] for row in matrix]
    content = gcd(*(v for row in m for v in row)) or 1
    m = [[v // content for v in row] for row in m]
    previous = 1
    while m:
        at = next((i for i in range(len(m)) if m[i][i] > 0), None)
        if at is None:
            return -1 if any(v for row in m for v in row) else 0
        if any(m[i][i] < 0 for i in range(len(m))):
            return -1
        m, previous = _eliminated(m, at, previous), m[at][at]
    return 1


def _eliminated(m: list[list[int]], at: int, previous: int) -> list[list[int]]:
    """Bareiss's step with the pivot m[at][at] > 0: the Schur complement times pivot/previous."""
    pivot, row = m[at][at], m[at]
    rest = [i for i in range(len(m)) if i != at]
    return [[(m[i][j] * pivot - row[i] * row[j]) // previous for j in rest] for i in rest]


def eigenvalue_against(matrix: Matrix, bound: Fraction) -> int:
    """The sign of lambda_max(matrix) - bound."""
    shifted = [[(bound if i == j else 0) - v for j, v in enumerate(row)] for i, row in enumerate(matrix)]
    return -definite(shifted)


def norm_terms(net: Network, z: Matrix) -> Terms:
    """The stability norm as terms (q, r), meaning q sqrt(r): one for each distinct hyperplane."""
    masses: dict[tuple[Fraction, ...], Fraction] = {}
    for w, b, v in zip(net.w1, net.b1, net.w2, strict=True):
        lead = next((c for c in w if c != 0), None)
        if lead is not None:
            plane = tuple(c / lead for c in (*w, b))
            masses[plane] = masses.get(plane, Fraction(0)) + v * abs(lead)
    out: Terms = []
    for plane, mass in masses.items():
        sides = [_side(net.x, [s * c for c in plane]) for s in (1, -1)]
        excess, square = min(sides, key=lambda side: side[0] ** 2 * side[1])
        out.append((abs(mass) * excess, square))
    return out


def _side(x: Matrix, plane: list[Fraction]) -> tuple[Fraction, Fraction]:
    """E[(w.X + b)_+] and |E[(1, X); w.X + b > 0]|^2 for plane = (w, b)."""
    *w, b = plane
    inside = [row for row in x if dot(w, row) + b > 0]
    n = len(x)
    excess = sum((dot(w, row) + b for row in inside), Fraction(0)) / n
    moments = [sum((row[c] for row in inside), Fraction(0)) / n for c in range(len(w))]
    return excess, Fraction(len(inside), n) ** 2 + sum((m * m for m in moments), Fraction(0))


def gathered(terms: Terms) -> dict[int, Fraction]:
    """Coefficients by integer radicand, no two radicands with a square product; radicand 1 is rational."""
    out: dict[int, Fraction] = {1: Fraction(0)}
    for q, r in terms:
        radicand, q = r.numerator * r.denominator, q / r.denominator
        if q == 0 or radicand == 0:
            continue
        for known in out:
            root = isqrt(radicand * known)
            if root * root == radicand * known:
                out[known] += q * root / known
                break
        else:
            out[radicand] = q
    return {n: q for n, q in out.items() if q != 0 or n == 1}


def within(total: Mapping[int, Fraction], bits: int) -> tuple[Fraction, Fraction]:
    """Rational bounds of sum q sqrt(n) from integer square roots with ``bits`` fractional bits."""
    low = high = Fraction(0)
    for n, q in total.items():
        root = isqrt(n << (2 * bits))
        above = root if root * root == n << (2 * bits) else root + 1
        a, b = Fraction(root, 1 << bits) * q, Fraction(above, 1 << bits) * q
        low, high = low + min(a, b), high + max(a, b)
    return low, high


def sum_against(terms: Terms, bound: Fraction) -> int:
    """The sign of (sum q sqrt(r)) - bound, always decided."""
    total = gathered(terms)
    total[1] -= bound
    if all(q == 0 for q in total.values()):
        return 0
    bits = 64
    while True:
        low, high = within(total, bits)
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
        bits *= 2


def _chain(net: Network, z: Matrix) -> str:
    """1 + 2 ||f|| <= lambda_max(kernel)."""
    total = gathered([(2 * q, r) for q, r in norm_terms(net, z)])
    total[1] += 1
    matrix = kernel(net, z)
    if len(total) == 1:
        return "holds" if eigenvalue_against(matrix, total[1]) >= 0 else "violated"
    bits = 64
    while bits <= MOST_BITS:
        low, high = within(total, bits)
        if eigenvalue_against(matrix, high) >= 0:
            return "holds"
        if eigenvalue_against(matrix, low) < 0:
            return "violated"
        bits *= 4
    return "undecided"


def _bound(net: Network, z: Matrix) -> str:
    """||f|| <= 1/step - 1/2 where the network interpolates and lambda_max(kernel) <= 2/step."""
    if not interpolates(net, z):
        return "vacuous"
    if net.step is None:
        return "inapplicable"
    if eigenvalue_against(kernel(net, z), 2 / net.step) > 0:
        return "vacuous"
    return "holds" if sum_against(norm_terms(net, z), 1 / net.step - Fraction(1, 2)) <= 0 else "violated"


def _univariate_bound(net: Network, z: Matrix) -> str:
    return _bound(net, z) if len(net.x[0]) == 1 else "vacuous"


CLAIMS: dict[str, Callable[[Network, Matrix], str]] = {
    "sharpness-chain": _chain,
    "weighted-l1": _univariate_bound,
    "stability-norm": _bound,
}


def decide(claim: str, document: Mapping[str, Any]) -> str | None:
    """Verdict of ``claim`` on an instance document, None where this verifier does not know the claim."""
    rule = CLAIMS.get(claim)
    if rule is None or document.get("model") != "shallow-relu":
        return None
    net = read(document)
    z = preactivations(net)
    if net.b2 is None or net.frozen or any(v == 0 for row in z for v in row):
        return "vacuous"
    return rule(net, z)


def main(arguments: list[str]) -> int:
    """``FILE [CLAIM]``: verdicts on an instance or witness file; 0 all hold, 1 one is violated, 2 misuse."""
    if len(arguments) not in (1, 2):
        print(f"usage: independent.py FILE [{'|'.join(CLAIMS)}]", file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            document = json.load(file)
        instance = document.get("instance", document)
        named = arguments[1:] or [c for c in CLAIMS if "claim" not in document or c == _claimed(document)]
        verdicts = {claim: decide(claim, instance) for claim in named}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError) as problem:
        print(f"{arguments[0]}: cannot be read as an instance: {problem}", file=sys.stderr)
        return 2
    if not verdicts:
        print(f"{arguments[0]}: its claim is not covered here; covered: {', '.join(CLAIMS)}", file=sys.stderr)
    for claim, verdict in verdicts.items():
        print(f"{claim}  {verdict or 'is not covered here'}")
    if not verdicts or None in verdicts.values():
        return 2
    return int("violated" in verdicts.values())


def _claimed(witness: Mapping[str, Any]) -> str:
    """The claim a witness file names; "" for a link or a false variant, which this verifier does not cover."""
    claim = witness["claim"]
    return str(claim["id"]) if claim["part"] == "claim" else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
