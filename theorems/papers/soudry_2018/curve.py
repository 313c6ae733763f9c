"""The asymptotic curve w = s w_hat + w_tilde: its length, angle and margin, as polynomials in logarithms.

With a = s + gamma^2 w_hat.w_tilde, B = gamma |w_tilde across w_hat|: gamma |w| = sqrt(a^2 + B^2), and the tangent of
the angle to w_hat is B/a. Coefficients of equal logarithms are gathered: what vanishes as a polynomial is exactly 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from flint import fmpq, fmpq_mat

from refutable.theorems.domains.separable.dual import separated
from refutable.theorems.domains.separable.limit import Limit, limit_of
from refutable.theorems.exact import Number, as_real, compare, log
from refutable.theorems.papers.soudry_2018.formulas import Multipliers, positive_multipliers
from refutable.theorems.views import View


@dataclass(frozen=True)
class Curve:
    """A point of the curve.

    Attributes:
        entries: coefficients of w [d, 1 + m]: rational part, then the logarithms of the different ratios.
        residual: the same of w_tilde.
        direction: w_hat [d, 1].
        ratios: the different eta/alpha_n, without 1 [m].
        log_time: s.
    """

    entries: fmpq_mat
    residual: fmpq_mat
    direction: fmpq_mat
    ratios: tuple[fmpq, ...]
    log_time: fmpq

    @property
    def gamma_square(self) -> fmpq:
        """The square of the margin."""
        return 1 / (self.direction.transpose() * self.direction)[0, 0]

    @cached_property
    def squared_length(self) -> fmpq_mat:
        """gamma^2 |w|^2 as a quadratic form in (1, logarithms)."""
        return self.entries.transpose() * self.entries * self.gamma_square

    @cached_property
    def ahead(self) -> fmpq_mat:
        """a = s + gamma^2 w_hat.w_tilde [1, 1 + m]."""
        found = self.direction.transpose() * self.residual * self.gamma_square
        found[0, 0] = found[0, 0] + self.log_time
        return found

    @cached_property
    def squared_across(self) -> fmpq_mat:
        """B^2 as a quadratic form."""
        parallel = self.direction * (self.direction.transpose() * self.residual) * self.gamma_square
        across = self.residual - parallel
        return across.transpose() * across * self.gamma_square

    def linear(self, form: fmpq_mat) -> Number:
        """The value of a linear form [1, 1 + m]."""
        return _sum([(form[0, j], basis) for j, basis in enumerate(self._basis)])

    def quadratic(self, form: fmpq_mat) -> Number:
        """The value of a quadratic form [1 + m, 1 + m]."""
        size = len(self._basis)
        pairs = [(i, j) for i in range(size) for j in range(i, size)]
        return _sum([(form[i, j] * (1 + (i != j)), as_real(self._basis[i]) * self._basis[j]) for i, j in pairs])

    @cached_property
    def _basis(self) -> list[Number]:
        return [fmpq(1), *(log(q) for q in self.ratios)]

    @cached_property
    def a(self) -> Number:
        """s + gamma^2 w_hat.w_tilde."""
        return self.linear(self.ahead)

    @cached_property
    def b_square(self) -> Number:
        """B^2; exactly 0 where the residual lies along w_hat."""
        return self.quadratic(self.squared_across)

    @cached_property
    def length(self) -> Number:
        """gamma |w|, for a > 0."""
        return self.a if self.straight else as_real(self.quadratic(self.squared_length)).sqrt()

    @cached_property
    def straight(self) -> bool:
        """Whether the residual lies along w_hat: B = 0."""
        return as_real(self.b_square).exact() == 0

    @cached_property
    def squared_tangent(self) -> Number:
        """B^2/a^2."""
        return fmpq(0) if self.straight else as_real(self.b_square) / (as_real(self.a) * self.a)

    @cached_property
    def cosine(self) -> Number:
        """a/(gamma |w|), for a > 0."""
        return fmpq(1) if self.straight else as_real(self.a) / as_real(self.length)

    def remainder(self, divisor: int = 2) -> Number:
        """B^2/(2 a), or with another divisor."""
        return fmpq(0) if self.straight else as_real(self.b_square) / (as_real(self.a) * divisor)


def _sum(terms: Sequence[tuple[fmpq, Number]]) -> Number:
    total: Number = fmpq(0)
    for coefficient, number in terms:
        if coefficient != 0:
            total = as_real(number) * coefficient + total
    return total


@lru_cache(maxsize=4)
def curve(view: View) -> Curve:
    """The point of the asymptotic curve at the instance's time.

    Raises:
        ValueError: there is no residual limit.
    """
    form = limit_of(view)
    residual, ratios = _gathered(form)
    d = residual.nrows()
    direction = fmpq_mat(d, 1, list(separated(view).direction))
    entries = fmpq_mat(residual)
    for i in range(d):
        entries[i, 0] = entries[i, 0] + direction[i, 0] * view["log_time"]
    return Curve(entries, residual, direction, ratios, view["log_time"])


def _gathered(form: Limit) -> tuple[fmpq_mat, tuple[fmpq, ...]]:
    different = [q for q in dict.fromkeys(form.ratios) if q != 1]
    found = fmpq_mat(form.coefficients.nrows(), 1 + len(different))
    for i in range(found.nrows()):
        found[i, 0] = form.offset[i, 0]
        for n, q in enumerate(form.ratios):
            if q != 1:
                j = 1 + different.index(q)
                found[i, j] = found[i, j] + form.coefficients[i, n]
    return found, tuple(different)


def margin(view: View) -> Number:
    """min x_n.w over all data on the curve; over the support vectors it is s + log(eta/max alpha)."""
    found = separated(view)
    largest = max(found.multipliers)
    least: Number = as_real(log(view["step_size"] / largest)) + view["log_time"]
    point = curve(view)
    for n, row in enumerate(view["x"]):
        if n not in found.support:
            value = point.linear(fmpq_mat(1, len(row), list(row)) * point.entries)
            least = value if compare(value, least) == -1 else least
    return least


def gap_constant(view: View, multipliers: Multipliers = positive_multipliers) -> Number:
    """max log alpha_n - sum p_n log alpha_n, p_n = gamma^2 alpha_n."""
    pairs = multipliers(view)
    square, largest = separated(view).squared_norm, max(alpha for _, alpha in positive_multipliers(view))
    alphas = separated(view).multipliers
    return _sum([(weight / square, log(largest / alphas[n])) for n, weight in pairs if alphas[n] != largest])
