"""Prior masses, risks, and how often the posterior is wrong. Every number is rational."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq, fmpz

from refutable.theorems.domains.finite_prior.occupancy import agreement_share, occupancies
from refutable.theorems.views import Quantity, View


def structure(view: View) -> Mapping[str, Any]:
    """``sizes``, ``wrong``: blocks and errors as integers; ``bad``, ``right``: classes of risk >= epsilon, 0."""
    sizes = tuple(int(size.p) for size in view["blocks"])
    wrong = tuple(tuple(int(count.p) for count in row) for row in view["errors"])
    least = view["epsilon"] * sum(sizes)
    return {
        "sizes": sizes,
        "wrong": wrong,
        "bad": tuple(sum(row) >= least for row in wrong),
        "right": tuple(not any(row) for row in wrong),
    }


def points(view: View) -> int:
    """Number of inputs."""
    return int(sum(view["sizes"]))


def risks(view: View) -> Any:
    """Share of the inputs on which a classifier of each class differs from the teacher, [c]."""
    return view.ops.array([fmpq(sum(row), view["points"]) for row in view["wrong"]])


def masses(view: View) -> Any:
    """Prior probability of each class, [c]."""
    weights = view["prior"]
    return weights / sum(weights)


def teacher_mass(view: View) -> Any:
    """p: prior probability of agreeing with the teacher on every input."""
    return sum((mass for mass, right in zip(view["masses"], view["right"], strict=True) if right), view.ops.ratio(0))


def bad_mass(view: View) -> Any:
    """Prior probability of a risk of at least epsilon."""
    return sum((mass for mass, bad in zip(view["masses"], view["bad"], strict=True) if bad), view.ops.ratio(0))


def seen_sets(view: View) -> Any:
    """((j_1, ..., j_r), number of samples) for each occupancy of the blocks that samples show."""
    return tuple(occupancies(view["sizes"], view["samples"]))


def sample_count(view: View) -> fmpz:
    """Number of samples, inputs^N; all are equally likely."""
    count: fmpz = fmpz(view["points"]) ** view["samples"]
    return count


def agreement(view: View) -> Any:
    """Share of each class that agrees with the teacher on all inputs seen: one row an occupancy, [s][c]."""
    sizes, wrong = view["sizes"], view["wrong"]
    return tuple(tuple(agreement_share(sizes, row, seen) for row in wrong) for seen, _ in view["seen_sets"])


def consistent_masses(view: View) -> Any:
    """Prior probability of agreeing with the sample, by occupancy, [s]."""
    return view.ops.array([_mass(view, shares, (True,) * len(shares)) for shares in view["agreement"]])


def consistent_bad_masses(view: View) -> Any:
    """Prior probability of agreeing with the sample and being bad, by occupancy, [s]."""
    return view.ops.array([_mass(view, shares, view["bad"]) for shares in view["agreement"]])


def _mass(view: View, shares: tuple[fmpq, ...], among: tuple[bool, ...]) -> Any:
    ops, rows = view.ops, zip(view["masses"], shares, among, strict=True)
    terms = [mass * ops.ratio(int(q.p), int(q.q)) for mass, q, counted in rows if counted and q != 0]
    return sum(terms, ops.ratio(0))


def expectation(view: View, values: Any) -> Any:
    """The mean over samples of a number given by occupancy, [s]."""
    ops = view.ops
    terms = [v * ops.ratio(int(count)) for (_, count), v in zip(view["seen_sets"], values, strict=True)]
    return total(terms, ops.ratio(0)) / ops.ratio(int(view["sample_count"]))


def total(terms: list[Any], zero: Any) -> Any:
    """A sum in pairs, pairs of pairs, ...: rationals with different denominators stay short for longer."""
    while len(terms) > 1:
        terms = [sum(terms[i : i + 2], zero) for i in range(0, len(terms), 2)]
    return terms[0] if terms else zero


def expected_bad_mass(view: View) -> Any:
    """Mean over samples of the prior probability of agreeing with the sample and being bad."""
    return expectation(view, view["consistent_bad_masses"])


def failure(view: View) -> Any:
    """Mean over samples of the posterior probability of a risk of at least epsilon."""
    return expectation(view, view["consistent_bad_masses"] / view["consistent_masses"])


def expected_agreement(view: View) -> Any:
    """Probability that a classifier of each class agrees with the teacher on the sample, [c]."""
    counts = [count for _, count in view["seen_sets"]]
    columns = zip(*view["agreement"], strict=True)
    sums = [total([n * share for n, share in zip(counts, column, strict=True)], fmpq(0)) for column in columns]
    return view.ops.array([one / view["sample_count"] for one in sums])


def worst_failure(view: View) -> Any:
    """Probability that some classifier of positive mass and risk >= epsilon agrees with the sample."""
    bad = [row for row, b, w in zip(view["wrong"], view["bad"], view["prior"], strict=True) if b and w > 0]

    def fits(seen: tuple[int, ...]) -> bool:
        free = [size - j for size, j in zip(view["sizes"], seen, strict=True)]
        return any(all(e <= room for e, room in zip(row, free, strict=True)) for row in bad)

    return fmpq(sum((count for seen, count in view["seen_sets"] if fits(seen)), fmpz(0)), view["sample_count"])


POSTERIOR = (
    Quantity("points", points, "number of inputs", scalar=True),
    Quantity("risks", risks, "share of the inputs on which a class errs, [c]"),
    Quantity("masses", masses, "prior probability of each class, [c]"),
    Quantity("teacher_mass", teacher_mass, "p: prior probability of the teacher's function", scalar=True),
    Quantity("bad_mass", bad_mass, "prior probability of a risk >= epsilon", scalar=True),
    Quantity("seen_sets", seen_sets, "what samples show of each block, with the number of such samples"),
    Quantity("sample_count", sample_count, "number of samples of length N", scalar=True),
    Quantity("agreement", agreement, "share of a class that agrees with the sample, [s][c]"),
    Quantity("consistent_masses", consistent_masses, "prior probability of agreeing with the sample, [s]"),
    Quantity("consistent_bad_masses", consistent_bad_masses, "the same with a risk >= epsilon, [s]"),
    Quantity("expected_bad_mass", expected_bad_mass, "mean of consistent_bad_masses", scalar=True),
    Quantity("expected_agreement", expected_agreement, "probability of agreeing with the sample, by class, [c]"),
    Quantity("failure", failure, "F(N): probability that the posterior errs by epsilon or more", scalar=True),
    Quantity("worst_failure", worst_failure, "probability that some bad classifier agrees", scalar=True),
)
