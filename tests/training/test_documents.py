"""Instance documents say exactly what training found."""

import json
from fractions import Fraction

import numpy as np
import pytest

from refutable.strategies.training.documents import at_its_own_edge, converged, edge_step_size, relabelled
from refutable.strategies.training.results import Trained


def test_a_relabelled_document_holds_the_exact_floats_and_no_labels(mixed: Trained) -> None:
    for index in mixed.alive():
        document = json.loads(json.dumps(relabelled(mixed, index), allow_nan=False))
        assert {"format", "model", "network", "data", "step_size", "batch_size"} == set(document)
        assert (document["format"], document["model"]) == ("refutable-instance/1", "shallow-relu")
        assert document["data"]["y"] is None
        assert document["step_size"] == "1/5"
        assert document["batch_size"] is None
        for name in ("w1", "b1", "w2", "b2"):
            assert np.array_equal(np.array(document["network"][name]), getattr(mixed, name)[index])
        assert np.array_equal(np.array(document["data"]["x"]), mixed.x[index])


def test_negative_controls_are_kept_and_marked(mixed: Trained) -> None:
    controls = [index for index in mixed.alive() if not mixed.stable[index]]
    assert controls
    for index in controls:
        assert mixed.sharpness[index] > 10
        assert relabelled(mixed, index)["data"]["y"] is None


def test_a_converged_document_has_the_labels_of_the_run(wide: Trained) -> None:
    indices = wide.with_outcome("converged")
    assert len(indices) >= 8
    for index in indices:
        document = converged(wide, index)
        assert document["data"]["y"] == wide.y[index].tolist()
        assert document["batch_size"] == 1


def test_other_outcomes_are_refused(mixed: Trained) -> None:
    unconverged, diverged = mixed.with_outcome("unconverged")[0], mixed.with_outcome("diverged")[0]
    with pytest.raises(ValueError, match="unconverged, not converged"):
        converged(mixed, unconverged)
    for reading in (relabelled, converged, at_its_own_edge):
        with pytest.raises(ValueError, match="diverged"):
            reading(mixed, diverged)
        for index in (-1, 64):
            with pytest.raises(IndexError, match="64 networks"):
                reading(mixed, index)


@pytest.mark.parametrize("sharpness", [1.0, 1 + 2**-52, 3.7, 10.0, 2.0**60 + 4096, 0.003, 2.0**-70])
def test_the_edge_is_a_hair_below_two_over_the_sharpness(sharpness: float) -> None:
    product = edge_step_size(sharpness) * Fraction(sharpness) / 2
    assert 1 - Fraction(1, 2**40) - Fraction(1, 2**60) < product <= 1 - Fraction(1, 2**40)


def test_at_its_own_edge_changes_the_step_size_only(mixed: Trained) -> None:
    index = mixed.alive()[0]
    edge, plain = at_its_own_edge(mixed, index), relabelled(mixed, index)
    assert Fraction(edge.pop("step_size")) == edge_step_size(float(mixed.sharpness[index]))
    plain.pop("step_size")
    assert edge == plain
