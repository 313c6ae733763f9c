"""Several classes: the maximum margin solution against a solver, the cross-entropy against autograd, solved flows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq
from scipy.optimize import minimize

from refutable.strategies.multiclass_margins_solutions import SOLUTIONS
from refutable.theorems.domains.multiclass_margins import MULTICLASS_MARGINS
from refutable.theorems.domains.multiclass_margins.pairs import lifted
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.soudry_2018.multiclass import SEPARABLE_MULTICLASS as THEOREM
from refutable.theorems.papers.soudry_2018.multiclass_cases import BEYOND, LONG, OBLIQUE, UNUSED, data, orthogonal
from refutable.theorems.papers.soudry_2018.multiclass_claims import speed
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide


def floats(array: Any) -> Any:
    return np.vectorize(lambda q: float(as_real(q)), otypes=[float])(array)


@pytest.mark.parametrize("instance", [OBLIQUE, LONG, BEYOND, data([[1, 0], ["1/2", 1], [1, -2]], [1, 2, 3])])
def test_the_direction_is_the_solution_of_the_margin_problem(instance: Instance) -> None:
    view = MULTICLASS_MARGINS.view(instance)
    x, what = floats(instance["x"]), floats(view["direction"])
    labels = [int(q) - 1 for q in instance["labels"]]
    pairs = [(n, k) for n in range(len(x)) for k in range(3) if k != labels[n]]

    def margins(flat: Any) -> Any:
        w = flat.reshape(what.shape)
        return np.array([(w[labels[n]] - w[k]) @ x[n] - 1 for n, k in pairs])

    found = minimize(
        lambda w: w @ w, np.zeros(what.size), constraints={"type": "ineq", "fun": margins}, options={"ftol": 1e-12}
    )
    assert np.abs(found.x - what.ravel()).max() < 1e-5


@pytest.mark.parametrize("instance", [OBLIQUE, BEYOND])
def test_loss_and_speed_agree_with_autograd(instance: Instance) -> None:
    """W = What log t + rho with the limit's rho, solved from its exponentials; cross-entropy summed over the data."""
    view = MULTICLASS_MARGINS.view(instance)
    eta, time = 2.0, float(instance["time"])
    rows = floats(np.array(lifted([list(r) for r in instance["x"]], (1, 2), 3), dtype=object))
    on = floats(view["on_support"]).ravel()
    z = np.where(on == 1, floats(view["limit_exponentials"]).ravel(), floats(instance["exponentials"]).ravel())
    rho = np.linalg.lstsq(rows, -np.log(z), rcond=None)[0]
    assert rows @ rho == pytest.approx(-np.log(z))
    w = torch.tensor(floats(view["direction"]) * np.log(time) + rho.reshape(3, 2), requires_grad=True)
    scores = torch.tensor(floats(instance["x"])) @ w.T
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor([0, 1]), reduction="sum")
    (gradient,) = torch.autograd.grad(loss, w)
    assert time * loss.item() == pytest.approx(float(as_real(view["loss_times_time"])), rel=1e-10)
    along = -eta * time * (gradient.numpy() * floats(view["direction"])).sum()
    assert along == pytest.approx(float(as_real(speed(view))), rel=1e-10)


def test_multipliers_of_orthogonal_data() -> None:
    for classes, length in ((3, fmpq(1)), (4, fmpq(2)), (2, fmpq(1, 3))):
        view = MULTICLASS_MARGINS.view(orthogonal(2, length, 1, classes))
        assert set(view["multipliers"].ravel()) == {1 / (classes * length * length)}


def test_the_velocity_of_the_exponentials_is_that_of_rho() -> None:
    """Finite differences: rho moved along the field moves the exponentials as the code says."""
    view = MULTICLASS_MARGINS.view(OBLIQUE)
    rows = floats(np.array(lifted([list(r) for r in OBLIQUE["x"]], (1, 2), 3), dtype=object))
    z, step = floats(OBLIQUE["exponentials"]).ravel(), 1e-6
    moved = z * np.exp(-step * rows @ floats(view["field"]).ravel())
    assert (moved - z) / step == pytest.approx(floats(view["exponential_velocity"]).ravel(), rel=1e-4)


def test_solved_flows_end_at_the_multipliers() -> None:
    for one in SOLUTIONS.solutions("residual-limit", frozenset(), 2, 4):
        labels = [int(q) for q in one.fine["labels"]]
        x = [[fmpq(round(8 * v), 8) for v in row] for row in one.fine["x"]]
        view = MULTICLASS_MARGINS.view(data(x, labels, fmpq(round(4 * one.fine["step_size"]), 4)))
        error = (one.fine["exponentials"] - floats(view["limit_exponentials"])) * floats(view["on_support"])
        assert np.abs(error).max() < 1e-6


def test_pairs_beyond_the_margin_are_the_ordinary_case() -> None:
    """(1, 0) of class 1 and (4, 1) of class 2: multipliers 31/3, 1/3, 5/2 and 0, that pair at margin 5/2."""
    view = MULTICLASS_MARGINS.view(BEYOND)
    assert view["multipliers"].ravel().tolist() == [fmpq(31, 3), fmpq(1, 3), fmpq(5, 2), fmpq(0)]
    assert view["margins"].ravel().tolist() == [1, 1, 1, fmpq(5, 2)]
    assert {decide(claim, BEYOND).verdict for claim in (*THEOREM.claims, *THEOREM.links)} == {"holds"}


def test_a_support_pair_with_multiplier_0_has_no_limit() -> None:
    assert decide(THEOREM.headline, UNUSED).verdict == "vacuous"
    assert "is 0" in decide(THEOREM.headline.without("support-pairs-used"), UNUSED).reason


def test_mutants_are_refuted_and_spare_the_record() -> None:
    assert len(all_mutants(THEOREM)) == 14
    for mutant in all_mutants(THEOREM):
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
        verdicts = {decide(claim, mutant.witness()).verdict for claim in (*THEOREM.claims, *THEOREM.links)}
        assert verdicts <= {"holds", "vacuous"}, mutant.id


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": [4]}, "classes are 1 to 3"),
        ({"labels": ["1/2"]}, "classes are 1 to 3"),
        ({"exponentials": [[1, 0]]}, "not positive"),
        ({"exponentials": [[1] * 10]}, "too many"),
        ({"x": [[10**7]]}, "beyond 1000000"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    known = {"x": [[1]], "labels": [1], "exponentials": [[1, 1]], "step_size": 1, "time": 1}
    with pytest.raises(InstanceError, match=message):
        MULTICLASS_MARGINS.instance(**{**known, **changes})
