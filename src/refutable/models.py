"""Check one's own trained network: both readings of a trained point, every theorem that applies, with both sides.

A trained network is never exactly at a minimum. As trained (with the labels y), claims valid at any parameters get
verdicts and the others name the assumption that fails. Relabelled (y := f(x)), it interpolates exactly, and every
theorem about points gets a verdict, for the labels this network produces.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from flint import fmpq

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.checks import Decision
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.conversion import from_sequential
from refutable.theorems.domains.shallow_relu.nearby_minimum import Nearby, Uncertified, nearby_minimum
from refutable.theorems.domains.shallow_relu.rescaling import balanced_scales, flattest_scales, rescaled
from refutable.theorems.exact import NumberError, Real, as_real, compare, rational, text
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.views import View
from refutable.verify.decide import Outcome, decide

if TYPE_CHECKING:
    import torch

    from refutable.model_plot import Profile

Loss = Literal["mse", "half-mse"]
ASSUMES = (
    "plain gradient descent or SGD (no momentum, no weight decay), a scalar output, "
    "every parameter with requires_grad trained"
)


@dataclass(frozen=True)
class TheoremVerdict:
    """One claim of one theorem on one reading."""

    theorem: str
    claim: str
    outcome: Outcome

    @property
    def applies(self) -> bool:
        """Whether the assumptions hold, so that the conclusion was decided."""
        return self.outcome.verdict in ("holds", "violated", "agrees")


@dataclass(frozen=True)
class Reading:
    """The network at one set of weights and labels.

    Attributes:
        name: "as trained", "relabelled" or "flattest known rescaling".
        sharpness: lambda_max of the Hessian of the loss 1/(2n) sum r^2, exactly defined; None: not decided.
        stable: sharpness <= 2/step size, decided exactly; None: not decided.
        norm: the stability norm ||f|| (int |f''| g for d = 1).
        theorem_tightness: 2||f||/(sharpness - 1): how close the theorem is to equality here.
        instance_tightness: ||f||/(1/eta - 1/2): how much of the bound at this step size is used.
    """

    name: str
    instance: Instance
    loss: float
    gradient_norm: float
    differentiable: bool
    sharpness: Real | None
    stable: bool | None
    norm: Real
    verdicts: tuple[TheoremVerdict, ...]

    @property
    def theorem_tightness(self) -> float | None:
        """2||f||/(sharpness - 1); None where the sharpness is 1 or unknown, or a parameter group is not trained."""
        if self.sharpness is None or self.instance["frozen"] or self.instance["b2"] is None:
            return None
        room = float(self.sharpness) - 1
        return 2 * float(self.norm) / room if room > 0 else None

    @property
    def instance_tightness(self) -> float | None:
        """||f||/(1/eta - 1/2); None where the bound is not positive or a parameter group is not trained."""
        if self.instance["frozen"] or self.instance["b2"] is None:
            return None
        bound = 1 / self.instance["step_size"] - fmpq(1, 2)
        return float(self.norm) / float(as_real(bound)) if bound > 0 else None


@dataclass(frozen=True)
class ModelReport:
    """What `check_model` found. ``print(report)`` reads it; ``to_dict()`` is JSON-ready; ``plot()`` draws d = 1.

    Attributes:
        nearby: a certificate that an exact minimum for the labels given is near the network as trained, or why there is
            none; None where the residuals are too large to look for one.
    """

    loss: Loss
    step_size: fmpq
    effective_step_size: fmpq
    as_trained: Reading
    relabelled: Reading
    flattest: Reading
    not_applicable: tuple[tuple[str, str], ...]
    profile: Profile | None
    nearby: Nearby | Uncertified | None = None

    @property
    def readings(self) -> tuple[Reading, Reading, Reading]:
        """As trained, relabelled, and at the flattest known rescaling."""
        return self.as_trained, self.relabelled, self.flattest

    @property
    def violated(self) -> tuple[TheoremVerdict, ...]:
        """Claims found violated on any reading."""
        return tuple(v for reading in self.readings for v in reading.verdicts if v.outcome.verdict == "violated")

    def __str__(self) -> str:
        from refutable.model_text import report_text

        return report_text(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready document: both sides as exact rationals or enclosing decimals."""
        from refutable.model_text import report_document

        return report_document(self)

    def plot(self, axes: Any = None) -> Any:
        """Draw f, its knots and the weight g (d = 1; needs matplotlib, extra ``refutable[plot]``).

        Raises:
            ValueError: the input is not one-dimensional.
            ImportError: matplotlib is not installed.
        """
        from refutable.model_plot import draw

        return draw(self, axes)


def check_model(
    model: torch.nn.Module,
    x: Any,
    y: Any,
    step_size: float | str | Fraction,
    *,
    loss: Loss,
    batch_size: int | None = None,
) -> ModelReport:
    """Check a trained ``Sequential(Linear(d, k), ReLU(), Linear(k, 1))`` against every theorem that applies.

    Args:
        model: weights float32 or float64, taken as exact rationals.
        x: inputs [n, d], or [n] for d = 1 (tensor, array or lists).
        y: labels [n] or [n, 1].
        step_size: as passed to the optimiser.
        loss: which loss was minimised: "mse" is torch.nn.MSELoss, (1/n) sum r^2; "half-mse" is 1/(2n) sum r^2, the
            theory's. The effective step size for the theory's loss is 2 * step_size for "mse".
        batch_size: of mini-batch SGD; None: full batch.

    Raises:
        InstanceError: a model of another shape, NaN or infinite numbers, empty or ragged data, bad step size.
    """
    if loss not in ("mse", "half-mse"):
        raise InstanceError(f"loss must be 'mse' (torch.nn.MSELoss) or 'half-mse' (1/(2n) sum r^2), got {loss!r:.40}")
    if y is None:
        raise InstanceError("y is missing; pass the labels the network was trained on")
    raw = {**from_sequential(model), "x": rows(x), "y": column(y), "batch_size": batch_size}
    given = _step_size(step_size)
    effective = given * 2 if loss == "mse" else given
    instance = SHALLOW_RELU.instance(**raw, step_size=effective)
    relabelled = instance.replace(y=None)
    return ModelReport(
        loss,
        given,
        effective,
        reading("as trained", instance),
        reading("relabelled", relabelled),
        reading("flattest known rescaling", flattest_known(relabelled)),
        _elsewhere(),
        _profile(relabelled),
        _nearby(instance),
    )


NEARLY = fmpq(1, 1000)
"""An exact minimum is looked for where the residuals are smaller than this times the labels (root mean squares)."""


def _nearby(instance: Instance) -> Nearby | Uncertified | None:
    """The exact minimum beside a network that all but interpolates."""
    view = SHALLOW_RELU.view(instance)
    labels = sum((label**2 for label in instance["y"]), fmpq(0)) / len(instance["y"])
    if 2 * view["loss"] > NEARLY**2 * labels:
        return None
    return nearby_minimum(instance)


def _step_size(value: Any) -> fmpq:
    try:
        given = rational(_numbers(value), "step_size")
    except NumberError as error:
        raise InstanceError(str(error)) from None
    if given <= 0:
        raise InstanceError(f"step_size must be > 0, got {text(given)}")
    return given


def _numbers(values: Any) -> Any:
    """Tensors and arrays as nested lists; everything else as it is."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    return values.tolist() if hasattr(values, "tolist") else values


def rows(x: Any) -> Any:
    """Inputs as nested lists [n][d]; [n] numbers are n inputs of one dimension."""
    found = _numbers(x)
    flat = isinstance(found, list | tuple) and all(not isinstance(r, list | tuple) for r in found)
    return [[r] for r in found] if flat else found


def column(y: Any) -> Any:
    """Labels as a list [n]; [n, 1] is flattened."""
    found = _numbers(y)
    nested = isinstance(found, list | tuple) and all(isinstance(r, list | tuple) and len(r) == 1 for r in found)
    return [r[0] for r in found] if nested else found


def reading(name: str, instance: Instance) -> Reading:
    """Facts and verdicts of a shallow network instance with a step size."""
    view = SHALLOW_RELU.view(instance)
    sharpness = _sharpness(view)
    order = None if sharpness is None else compare(sharpness, view["stability_threshold"])
    gradient = view["loss_gradient"]
    return Reading(
        name,
        instance,
        float(as_real(view["loss"])),
        float(as_real(view.ops.norm(gradient))),
        all(v == 0 for v in view["kink"].ravel()),
        sharpness,
        None if order is None else order <= 0,
        as_real(view["stability_norm"]),
        tuple(
            TheoremVerdict(theorem.id, claim.id, decide(claim, view))
            for theorem in CATALOGUE
            for claim in theorem.claims
            if claim.domain.id == SHALLOW_RELU.id
        ),
    )


def _sharpness(view: View) -> Real | None:
    try:
        return as_real(view["sharpness"])
    except ArithmeticError:
        return None


def flattest_known(instance: Instance) -> Instance:
    """The flattest of three implementations of the same function: as given, balanced, flattest rescaling."""
    view = SHALLOW_RELU.view(instance)
    candidates = [
        instance,
        rescaled(instance, balanced_scales(view)),
        rescaled(instance, flattest_scales(view)),
    ]
    return min(candidates, key=_proposed_sharpness)


def _proposed_sharpness(instance: Instance) -> float:
    sharpness = _sharpness(SHALLOW_RELU.view(instance))
    return float("inf") if sharpness is None else float(sharpness)


def _elsewhere() -> tuple[tuple[str, str], ...]:
    return tuple(
        (theorem.id, f"about {theorem.domain.title}")
        for theorem in CATALOGUE
        if all(claim.domain.id != SHALLOW_RELU.id for claim in theorem.claims)
    )


def _profile(instance: Instance) -> Profile | None:
    from refutable.model_plot import profile

    return profile(instance) if instance["x"].shape[1] == 1 else None


def sides(decision: Decision | None) -> tuple[str, str] | None:
    """Both sides of a comparison as text: exact rationals, or 6 significant digits."""
    if decision is None or decision.left is None or decision.right is None:
        return None
    return side_text(decision.left), side_text(decision.right)


def side_text(number: fmpq | Real) -> str:
    """A number for people: exact if it is a short rational, else 6 significant digits."""
    exact = as_real(number).exact()
    if exact is not None and len(text(exact)) <= 12:
        return text(exact)
    return f"{float(as_real(number)):.6g}"
