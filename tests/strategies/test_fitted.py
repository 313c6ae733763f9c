"""Float batches of every claim: assumptions hold exactly on their rows, formulas run, gradients are finite."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from flint import fmpq
from torch import Tensor

from refutable.strategies import supplies
from refutable.strategies.supply import Size
from refutable.theorems.assumptions.critical_points import WIDE_DATA
from refutable.theorems.assumptions.kink_fitting import onto_data
from refutable.theorems.assumptions.strong_stability import KINK_ON_DATUM, STRONGLY_STABLE
from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.claims import Claim
from refutable.theorems.domains.quadratic import QUADRATIC
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance
from refutable.theorems.ops.certified import CertifiedOps, certified
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.chain import SHARPNESS_CHAIN
from refutable.theorems.records import Theorem, all_mutants
from refutable.theorems.views import View
from refutable.verify.decide import decide
from refutable.verify.hunting.objective import Objective, Undifferentiable

ROWS = 6


def claims(theorem: Theorem) -> Iterator[Claim]:
    yield from (*theorem.claims, *theorem.links, *(m.claim for m in all_mutants(theorem)))


def batch(claim: Claim, seed: int) -> dict[str, Any] | None:
    ids = frozenset(a.id for a in claim.assumes)
    return supplies.supply(claim.domain.id).batch(ids, ROWS, Size(), torch.Generator().manual_seed(seed))


def row(claim: Claim, rows: dict[str, Any], index: int) -> Instance:
    raw = {}
    for name, value in rows.items():
        if isinstance(value, tuple):
            raw[name] = [part[index].tolist() for part in value]
        else:
            raw[name] = value[index].tolist() if isinstance(value, Tensor) else value
    return claim.domain.instance(**raw)


@pytest.mark.parametrize("theorem", CATALOGUE, ids=lambda t: t.id)
def test_assumptions_hold_exactly_on_the_rows(theorem: Theorem) -> None:
    for claim in {tuple(a.id for a in c.assumes): c for c in claims(theorem)}.values():
        for seed in range(2):
            rows = batch(claim, seed)
            if rows is None:
                continue
            fitted = claim.fitted(rows, TorchOps())
            verdicts = Counter(decide(claim, row(claim, fitted, i)).verdict for i in range(ROWS))
            assert verdicts["vacuous"] <= 1, (claim.id, seed, verdicts)


@pytest.mark.parametrize("theorem", CATALOGUE, ids=lambda t: t.id)
def test_every_claim_runs_on_batches_with_finite_gradients(theorem: Theorem) -> None:
    for claim in claims(theorem):
        rows = batch(claim, 0)
        if rows is None:
            continue
        leaves = {n: v.clone().requires_grad_() if isinstance(v, Tensor) else v for n, v in rows.items()}
        view = View(claim.domain, TorchOps(), claim.fitted(leaves, TorchOps()))
        checks = [c for a in claim.assumes for c in a.checks(view)]
        try:
            checks += claim.concludes(view)
        except (NotImplementedError, NotCertified):  # no float version, and hunts say so
            with pytest.raises(Undifferentiable):
                Objective(claim).of(rows)
        sides = [side for c in checks for side in (c.left, c.right) if isinstance(side, Tensor) and side.requires_grad]
        total = sum((side.sum() for side in sides), torch.zeros(()))
        free = [v for v in leaves.values() if isinstance(v, Tensor)]
        for gradient in torch.autograd.grad(total, free, allow_unused=True) if sides else ():
            assert gradient is None or torch.isfinite(gradient).all(), claim.id


def test_kinks_are_on_data_in_floats_and_exactly() -> None:
    claim = Claim("kinked", SHALLOW_RELU, "", (STRONGLY_STABLE, KINK_ON_DATUM), lambda view: [])
    rows = batch(claim, 3)
    assert rows is not None
    leaves = {n: v.clone().requires_grad_() if isinstance(v, Tensor) else v for n, v in rows.items()}
    moved = {**leaves, **onto_data(View(SHALLOW_RELU, TorchOps(), leaves))}
    view = View(SHALLOW_RELU, TorchOps(), moved)
    assert (view["kink"].sum(dim=(-2, -1)) >= 1).all()
    for i in range(ROWS):
        exact = SHALLOW_RELU.view(row(claim, moved, i))
        assert [[int(c) for c in r] for r in exact["kink"]] == view["kink"][i].tolist()
        sharpest = max(float(s) for s in map(_number, exact["mode_sharpnesses"]))
        assert view["mode_sharpnesses"][i].max().item() == pytest.approx(sharpest, rel=1e-9)
    (slope,) = torch.autograd.grad(moved["b1"].sum(), leaves["x"])
    assert (slope != 0).any()  # the bias follows the datum


def _number(value: Any) -> float:
    return float(value.ball(64).mid()) if hasattr(value, "ball") else float(value.p) / float(value.q)


def test_certified_floats_decide_nothing_about_modes() -> None:
    rows = {"w1": [[[1.0]]], "b1": [[-1.0]], "w2": [[1.0]], "b2": [0.0], "x": [[[1.0], [2.0]]]}
    numbers = {n: certified(torch.tensor(v, dtype=torch.float64).numpy()) for n, v in rows.items()}
    view = View(SHALLOW_RELU, CertifiedOps(1), {**numbers, "y": None, "frozen": None, "batch_size": None})
    with pytest.raises(NotCertified):
        _ = view["mode_sharpnesses"]


def test_wide_data_keep_their_preactivations() -> None:
    rows = {"w1": torch.tensor([[[2.0]]]), "b1": torch.tensor([[1.0]]), "x": torch.tensor([[[0.5], [-0.25]]])}
    rows = {n: v.to(torch.float64) for n, v in rows.items()}
    assert WIDE_DATA.enforce is not None
    wider = {**rows, **WIDE_DATA.enforce(View(SHALLOW_RELU, TorchOps(), rows))}
    before, after = (View(SHALLOW_RELU, TorchOps(), r)["preactivation"] for r in (rows, wider))
    assert float(wider["x"].abs().max()) >= 1
    assert torch.allclose(before, after)


def test_step_sizes_are_enforced_after_what_moves_the_weights() -> None:
    claim = Claim("kinked", SHALLOW_RELU, "", (STRONGLY_STABLE, KINK_ON_DATUM), lambda view: [])
    rows = batch(claim, 1)
    assert rows is not None
    rows["w1"] = 3 * rows["w1"]
    fitted = claim.fitted(rows, TorchOps())
    view = View(SHALLOW_RELU, TorchOps(), fitted)
    assert torch.allclose(view["mode_sharpnesses"].amax(-1) * fitted["step_size"], torch.tensor(2.0).double())


def test_rows_are_made_well_formed() -> None:
    claim = Claim("any", QUADRATIC, "", (), lambda view: [])
    rows = batch(claim, 0)
    assert rows is not None
    rows["hessians"] = rows["hessians"] + torch.randn(
        rows["hessians"].shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    )
    rows["step_size"] = -rows["step_size"]
    fitted = claim.fitted(rows, TorchOps())
    assert torch.equal(fitted["hessians"], fitted["hessians"].transpose(-1, -2))
    assert (fitted["step_size"] > 0).all()
    QUADRATIC.check(row(claim, fitted, 0).values)


def test_a_scaled_claim_multiplies_tensors_and_rationals_alike() -> None:
    claim = SHARPNESS_CHAIN.headline
    factor = fmpq(10**400 + 1, 10**400)  # neither part fits a float
    rows = batch(claim, 0)
    assert rows is not None
    view = View(claim.domain, TorchOps(), claim.fitted(rows, TorchOps()))
    plain, scaled = (next(iter(c.concludes(view))) for c in (claim, claim.scaled(factor, "scaled")))
    assert torch.allclose(plain.right, scaled.right)
