"""What others use for the largest eigenvalue of a network's Hessian, each as a function of module and data.

Building the operator counts: it is what one number costs. Every package is imported when it is measured.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from refutable.verify.bench.engine.subjects import Shallow, half_mean_square

Sharpness = Callable[[Shallow, Tensor, Tensor], float]
TOLERANCE = 1e-12
"""Asked of every method that can be asked."""
LARGEST_HESSIAN = 800
"""Parameters up to which the full Hessian is made."""


@dataclass(frozen=True)
class Rival:
    """A way to compute a sharpness.

    Attributes:
        module, distribution: what is imported, and how it is called where it is installed from; empty for torch.
        largest: most parameters for which it is tried.
    """

    name: str
    sharpness: Sharpness
    module: str = ""
    distribution: str = ""
    largest: int | None = None

    @property
    def missing(self) -> str | None:
        """Why it cannot be measured here; None if it can."""
        if not self.module or importlib.util.find_spec(self.module) is not None:
            return None
        return f"{self.distribution} is not installed; pip install 'refutable[bench]'"


def full_hessian(module: Shallow, x: Tensor, y: Tensor) -> float:
    """torch.func.hessian of the loss in all parameters, and the last of all eigenvalues."""
    function, at = _functional(module, x, y)
    return float(torch.linalg.eigvalsh(torch.func.hessian(function)(at))[-1])


def jacobian_gram(module: Shallow, x: Tensor, y: Tensor) -> float:
    """torch.func.jacrev of the values, and J J'/n: the Hessian's nonzero eigenvalues where the labels are f(x)."""
    names, shapes = _layout(module)

    def values(flat: Tensor) -> Tensor:
        return _called(module, names, shapes, flat, x).squeeze(-1)

    jacobian = torch.func.jacrev(values)(_flat(module))
    return float(torch.linalg.eigvalsh(jacobian @ jacobian.T / len(x))[-1])


def products_and_eigsh(module: Shallow, x: Tensor, y: Tensor) -> float:
    """Hessian-vector products of torch.func, handed to scipy."""
    from scipy.sparse.linalg import LinearOperator

    function, at = _functional(module, x, y)
    gradient = torch.func.grad(function)

    def product(vector: np.ndarray) -> np.ndarray:
        v = torch.from_numpy(np.ascontiguousarray(vector.reshape(-1))).to(at)
        image: np.ndarray = torch.func.jvp(gradient, (at,), (v,))[1].cpu().numpy()
        return image

    return _eigsh(LinearOperator((len(at), len(at)), matvec=product, dtype=np.float64))


def curvlinops(module: Shallow, x: Tensor, y: Tensor) -> float:
    """HessianLinearOperator of curvlinops, handed to scipy."""
    from curvlinops import HessianLinearOperator

    data = [(x, y.unsqueeze(-1))]
    parameters = list(module.parameters())
    mean_square = torch.nn.MSELoss()  # it must say itself how it averages
    operator = HessianLinearOperator(module, mean_square, parameters, data, check_deterministic=False)
    return _eigsh(operator.to_scipy()) / 2


def pyhessian(iterations: int, tolerance: float) -> Sharpness:
    """Power iteration of PyHessian."""

    def sharpness(module: Shallow, x: Tensor, y: Tensor) -> float:
        from pyhessian import hessian

        with _float64(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it keeps a graph on purpose, and torch says so
            operator = hessian(module, half_mean_square, data=(x, y.unsqueeze(-1)), cuda=x.is_cuda)
            found, _ = operator.eigenvalues(maxIter=iterations, tol=tolerance, top_n=1)
        module.zero_grad()
        return float(found[0])

    return sharpness


def eigenthings(iterations: int | None, tolerance: float) -> Sharpness:
    """Lanczos of hessian-eigenthings."""

    def sharpness(module: Shallow, x: Tensor, y: Tensor) -> float:
        from hessian_eigenthings import HessianOperator, lanczos

        def loss(model: Shallow, batch: tuple[Tensor, Tensor]) -> Tensor:
            return half_mean_square(model(batch[0]), batch[1])

        operator = HessianOperator(module, [(x, y.unsqueeze(-1))], loss)
        most = iterations if iterations is None else min(iterations, operator.size)
        found = lanczos(operator, k=1, max_iter=most, tol=tolerance, which="LA", seed=0)
        return float(found.eigenvalues[0])

    return sharpness


CURVLINOPS = "curvlinops + eigsh"
PRODUCTS = "torch.func products + eigsh"
RIVALS = (
    Rival(CURVLINOPS, curvlinops, "curvlinops", "curvlinops-for-pytorch"),
    Rival("PyHessian, as it comes", pyhessian(100, 1e-3), "pyhessian", "PyHessian"),
    Rival("PyHessian, 2000 iterations", pyhessian(2000, TOLERANCE), "pyhessian", "PyHessian"),
    Rival("hessian-eigenthings, as it comes", eigenthings(None, 1e-4), "hessian_eigenthings", "hessian-eigenthings"),
    Rival("hessian-eigenthings, 40 steps", eigenthings(40, TOLERANCE), "hessian_eigenthings", "hessian-eigenthings"),
    Rival(PRODUCTS, products_and_eigsh),
    Rival("torch.func.jacrev + eigvalsh", jacobian_gram),
    Rival("torch.func.hessian + eigvalsh", full_hessian, largest=LARGEST_HESSIAN),
)
"""All of them."""


def _eigsh(operator: object) -> float:
    from scipy.sparse.linalg import eigsh

    size = operator.shape[0]  # type: ignore[attr-defined]
    start = np.random.default_rng(0).standard_normal(size)
    return float(eigsh(operator, k=1, which="LA", tol=TOLERANCE, v0=start, return_eigenvectors=False)[0])


def _functional(module: Shallow, x: Tensor, y: Tensor) -> tuple[Callable[[Tensor], Tensor], Tensor]:
    """The loss as a function of all parameters as a vector, and where it stands."""
    names, shapes = _layout(module)
    target = y.unsqueeze(-1)
    return lambda flat: half_mean_square(_called(module, names, shapes, flat, x), target), _flat(module)


def _layout(module: Shallow) -> tuple[list[str], list[torch.Size]]:
    named = dict(module.named_parameters())
    return list(named), [part.shape for part in named.values()]


def _flat(module: Shallow) -> Tensor:
    return torch.cat([part.detach().reshape(-1) for part in module.parameters()])


def _called(module: Shallow, names: list[str], shapes: list[torch.Size], flat: Tensor, x: Tensor) -> Tensor:
    parts = torch.split(flat, [shape.numel() for shape in shapes])
    parameters = {name: part.reshape(shape) for name, part, shape in zip(names, parts, shapes, strict=True)}
    values: Tensor = torch.func.functional_call(module, parameters, (x,))
    return values


@contextmanager
def _float64() -> Iterator[None]:
    """PyHessian draws its vectors in the default type."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)
