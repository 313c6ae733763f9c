"""The assumptions that instances of the domain can be built for, by id."""

from __future__ import annotations

ONE_UNIT, LINEAR, CONSERVED, REACHED = "one-hidden-unit", "linear", "imbalance-conserved", "moved-in-row-span"
KEPT, SAME_OUTPUTS, LINEAR_FIT, OTHER = "direction-kept", "same-outputs", "linear-fit", "another-predictor"
BALANCED, NONNEGATIVE, POSITIVE_SLOPE = "balanced-start", "imbalance-nonnegative", "positive-slope"
STEP, NONZERO, UNSIGNED_FIT = "step-size-given", "predictors-nonzero", "unsigned-fit"

KNOWN = frozenset(
    {
        ONE_UNIT,
        LINEAR,
        CONSERVED,
        REACHED,
        KEPT,
        SAME_OUTPUTS,
        LINEAR_FIT,
        OTHER,
        BALANCED,
        NONNEGATIVE,
        POSITIVE_SLOPE,
        STEP,
        NONZERO,
        UNSIGNED_FIT,
    }
)
