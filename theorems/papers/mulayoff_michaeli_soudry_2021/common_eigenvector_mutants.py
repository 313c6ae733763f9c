"""False variants of the lemmas about common eigenvectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.shallow_relu.modes import largest_entry
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import common_eigenvector_cases as cases
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.common_eigenvector_formulas import (
    above_shared,
    below_all_modes,
    nearly_shared,
    sharper_than,
    spread,
    sum_of_roots,
    widest,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Enforcer = Callable[[View], dict[str, Any]]
EXCUSE = (
    "the only neuron is off but for its kink, where one of its two modes is on; wherever it is active elsewhere "
    "the two sides stay a factor apart"
)


def _variant(claim: Claim, id: str, concludes: Callable[[View], Iterable[Check]]) -> Claim:
    return replace(claim, id=id, statement=f"{claim.statement} (false variant: {id})", latex="", concludes=concludes)


def _small_constant(view: View, first: View, second: View) -> Any:
    return spread(3)(view, first, second) * view.ops.ratio(173, 1000)


def _one_neuron(view: View, first: View, second: View) -> Any:
    return spread(3)(view, first, second) / view.ops.sqrt(view["toggles_per_datum"] * view.ops.ratio(1))


def _share(view: View) -> Any:
    """3 p / n."""
    return view["toggles_per_datum"] * view.ops.ratio(3, int(view["x"].shape[-2]))


def _smaller_root(view: View, first: View, second: View) -> Any:
    ops, share = view.ops, _share(view)
    smaller = ops.minimum(first["gauss_newton_sharpness"], second["gauss_newton_sharpness"])
    return 2 * view["largest_gradient_entry"] * ops.sqrt(share * smaller)


def _printed_entry(view: View, first: View, second: View) -> Any:
    """sqrt 3 sqrt(lambda) (sqrt lambda + sqrt lambda~) sqrt(p/n), with the larger of the two for the first root."""
    ops, share = view.ops, _share(view)
    larger = ops.maximum(first["gauss_newton_sharpness"], second["gauss_newton_sharpness"])
    return ops.sqrt(share * larger) * sum_of_roots(ops, first, second)


def _printed_entries(view: View) -> Iterable[Check]:
    for mode in reversed(view["modes"]):
        entry = largest_entry(mode.view)
        yield Check(entry * entry, "<=", mode.view["gauss_newton_sharpness"])


def _assuming(claim: Claim, id: str, checks: Callable[[View], Iterable[Check]], enforce: Enforcer) -> Claim:
    assumption = Assumption(id, f"in place of shared-direction: {id}", checks, enforce, last=True, sure=False)
    kept = tuple(a for a in claim.assumes if a.id != "shared-direction")
    statement = f"{claim.statement} (false variant: {id})"
    return replace(claim, id=id, statement=statement, latex="", assumes=(*kept, assumption))


def mutants(common: Claim, sharp: Claim, leaves: Claim, entries: Claim) -> tuple[Mutant, ...]:
    """Mutants of Lemma 5, of its sharp form, of Lemma 2's first step, and eq. (34)."""
    return (
        Mutant(
            "constant-0.3", _variant(common, "constant-0.3", widest(_small_constant)),
            "0.173 sqrt 3 = 0.2996 in place of sqrt 3", cases.SKEWED,
        ),
        Mutant(
            "smaller-root", _variant(common, "smaller-root", widest(_smaller_root)),
            "both sharpnesses enter, not twice the smaller", cases.SKEWED,
        ),
        Mutant(
            "one-neuron-per-datum", _variant(common, "one-neuron-per-datum", widest(_one_neuron)),
            "p neurons that toggle on one datum count sqrt p times", cases.SIX_NEURONS,
        ),
        Mutant(
            "printed-entry-bound-in-lemma", _variant(common, "printed-entry-bound-in-lemma", widest(_printed_entry)),
            "Lemma 5 with C <= sqrt(lambda_max), eq. (34) as printed in the version read", cases.FIVE_DATA,
        ),
        Mutant(
            "printed-entry-bound", _variant(entries, "printed-entry-bound", _printed_entries),
            "eq. (34) as printed in the version read misses a factor sqrt n", cases.FIVE_DATA,
        ),
        *(
            Mutant(
                f"sqrt-2-times-1-minus-{name}", sharp.scaled(factor, f"{sharp.id} times 1 - {name}"),
                "one datum on the only kink attains sqrt 2 where the output bias is frozen", cases.ONE_DATUM_FROZEN,
                substantive=False, excuse=EXCUSE,
            )
            for name, factor in (("1e-3", fmpq(999, 1000)), ("1e-6", fmpq(999999, 1000000)))
        ),
        Mutant(
            "half-the-threshold",
            _assuming(leaves, "half-the-threshold", lambda v: nearly_shared(v, 1 / v["step_size"]), above_shared(1)),
            "sharpness above 1/eta does not lead away: 2/eta does", cases.STABLE,
        ),
        Mutant(
            "without-defect",
            _assuming(
                leaves, "without-defect", lambda v: sharper_than(v, v["stability_threshold"]), below_all_modes
            ),
            "two modes above 2/eta with different top eigenvectors need share no expanding direction", cases.CROSSED,
        ),
    )  # fmt: skip
