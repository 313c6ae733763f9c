"""Recipes: everything that determines a batch of trained networks, as one small immutable record.

A recipe names the seed, the sizes, the data, the labels, the step size and the number of steps. On one kind
of device it fully determines the result, so its digest is the key under which that result is cached.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from fractions import Fraction

FORMAT = "refutable-recipe/2"
"""Version of the training procedure, part of every digest: a changed procedure never meets an old cache."""

DRAWN_DATA = (
    "uniform",
    "gaussian",
    "heavy-tailed",
    "clustered",
    "lattice",
    "two-atoms",
    "sphere",
    "outlier",
    "duplicated",
    "collinear",
)
"""Families whose inputs are drawn at random, every network its own draw."""

TABLE_SHAPES: Mapping[str, tuple[int, int]] = {"digits": (1797, 61), "diabetes": (442, 10)}
"""Rows and non-constant columns of the tables that scikit-learn bundles."""

LABELS = ("sine", "noise", "teacher", "table")
"""Kinds of labels; ``table`` is the table's own target, standardised."""

_RATIONAL = re.compile(
    r"\s*\+?(\d{1,200}/\d{1,200}|(\d{1,200}\.?\d{0,200}|\.\d{1,200})([eE][+-]?\d{1,3})?)\s*", re.ASCII
)
_LARGEST = {"networks": 1_000_000, "inputs": 10_000, "neurons": 10_000, "samples": 10_000, "steps": 10**9}


@dataclass(frozen=True)
class Recipe:
    """How to train a batch of networks f(x) = sum_i w2_i relu(w1_i . x + b1_i) + b2 on 1/(2n) sum (f - y)^2.

    Attributes:
        seed: seed of every random draw, 0 <= seed < 2^63.
        networks: how many networks are trained at once (B).
        inputs: input dimension (d).
        neurons: hidden neurons (k).
        samples: data per network (n).
        data: a name in ``DRAWN_DATA`` or a table in ``TABLE_SHAPES``.
        labels: a name in ``LABELS``.
        step_size: the step size as rational text, such as ``"1/5"`` or ``"0.05"``.
        steps: the largest number of steps; training ends earlier only when every network has finished.
        batch_size: data per SGD step, drawn without replacement; ``None`` is gradient descent.
        spread: scale of the initial weights, relative to PyTorch's default for linear layers.
        delay: age, in steps, of the parameters at which each gradient is taken.
        momentum: of the heavy ball, 0 <= momentum < 1.

    Raises:
        ValueError: if a value makes no sense; the message names the field.
    """

    seed: int
    networks: int
    inputs: int
    neurons: int
    samples: int
    data: str
    labels: str
    step_size: str
    steps: int
    batch_size: int | None = None
    spread: float = 1.0
    delay: int = 0
    momentum: float = 0.0

    def __post_init__(self) -> None:
        """Refuse nonsense early."""
        for check in _CHECKS:
            check(self)

    @property
    def eta(self) -> Fraction:
        """The step size as an exact rational."""
        return Fraction(self.step_size)

    def to_json(self) -> str:
        """Canonical JSON text: sorted keys, no spaces, with the format version."""
        document = {"format": FORMAT, **asdict(self)}
        return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Read what :meth:`to_json` wrote.

        Raises:
            ValueError: if the text is not a recipe of this format.
        """
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"a recipe must be JSON text: {error}") from None
        return cls.from_document(document)

    @classmethod
    def from_document(cls, document: object) -> Recipe:
        """Build a recipe from a parsed JSON object, with the same checks as :meth:`from_json`."""
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise ValueError(f'a recipe must be a JSON object with "format": "{FORMAT}"')
        given = {name: value for name, value in document.items() if name != "format"}
        known = {field.name for field in fields(cls)}
        unknown, missing = sorted(set(given) - known), sorted(known - set(given))
        if unknown or missing:
            raise ValueError(f"a recipe has exactly its own fields: unknown {unknown}, missing {missing}")
        return cls(**given)

    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode("ascii")).hexdigest()


def available(recipe: Recipe) -> str | None:
    """Why this recipe cannot be trained here, or ``None`` if it can."""
    if recipe.data in TABLE_SHAPES and importlib.util.find_spec("sklearn") is None:
        return f"the table {recipe.data!r} needs scikit-learn: pip install 'refutable[data]'"
    return None


def _check_counts(recipe: Recipe) -> None:
    for name, most in _LARGEST.items():
        least = 0 if name == "steps" else 1
        _whole(name, getattr(recipe, name), least, most)
    _whole("seed", recipe.seed, 0, 2**63 - 1)
    if recipe.batch_size is not None:
        _whole("batch_size", recipe.batch_size, 1, recipe.samples)
    _whole("delay", recipe.delay, 0, 1000)


def _whole(name: str, value: object, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"recipe field {name!r} must be a whole number from {least} to {most}, not {value!r}")


def _check_names(recipe: Recipe) -> None:
    known = (*DRAWN_DATA, *TABLE_SHAPES)
    if recipe.data not in known:
        raise ValueError(f"recipe field 'data' must be one of {', '.join(known)}, not {recipe.data!r}")
    if recipe.labels not in LABELS:
        raise ValueError(f"recipe field 'labels' must be one of {', '.join(LABELS)}, not {recipe.labels!r}")
    if recipe.labels == "table" and recipe.data not in TABLE_SHAPES:
        raise ValueError(f"labels 'table' need the data of a table, not {recipe.data!r}")


def _check_table_sizes(recipe: Recipe) -> None:
    rows, columns = TABLE_SHAPES.get(recipe.data, (recipe.samples, recipe.inputs))
    if recipe.samples > rows or recipe.inputs > columns:
        raise ValueError(f"the table {recipe.data!r} has {rows} rows and {columns} columns that vary; ask for no more")


def _check_step_size(recipe: Recipe) -> None:
    try:
        # An exponent of eight digits is a number of a hundred million: it is looked at before it is computed.
        written = isinstance(recipe.step_size, str) and _RATIONAL.fullmatch(recipe.step_size) is not None
        finite = written and 0 < float(recipe.eta) < math.inf
    except (ValueError, ZeroDivisionError, OverflowError):
        finite = False
    if not finite:
        raise ValueError(f"recipe field 'step_size' must be a positive rational as text, such as '1/5', "
                         f"not {recipe.step_size!r}")  # fmt: skip


def _check_spread(recipe: Recipe) -> None:
    spread = recipe.spread
    if isinstance(spread, bool) or not isinstance(spread, int | float) or not 0 < spread < math.inf:
        raise ValueError(f"recipe field 'spread' must be a positive finite number, not {spread!r}")
    object.__setattr__(recipe, "spread", float(spread))


def _check_momentum(recipe: Recipe) -> None:
    momentum = recipe.momentum
    if isinstance(momentum, bool) or not isinstance(momentum, int | float) or not 0 <= momentum < 1:
        raise ValueError(f"recipe field 'momentum' must be at least 0 and less than 1, not {momentum!r}")
    object.__setattr__(recipe, "momentum", float(momentum))


_CHECKS: tuple[Callable[[Recipe], None], ...] = (
    _check_counts,
    _check_names,
    _check_table_sizes,
    _check_step_size,
    _check_spread,
    _check_momentum,
)
