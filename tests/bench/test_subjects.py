from itertools import pairwise

import pytest
from flint import fmpq

from refutable.theorems.catalogue import UnknownId
from refutable.theorems.families.two_atoms import two_atoms
from refutable.verify.bench.subjects import (
    Subject,
    chosen,
    fraction,
    listed,
    mutants,
    proved_claims,
    spread,
)
from refutable.verify.decide import decide

TIE = two_atoms()


@pytest.mark.parametrize("exponent", [1, 6, 15])
def test_epsilon_is_an_exact_power_of_ten(exponent: int) -> None:
    assert fraction(f"1e-{exponent}") == fmpq(1, 10**exponent)


@pytest.mark.parametrize("text", ["", "0.001", "2e-3", "1e-0", "1e3", "1e--3"])
def test_other_epsilons_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be written"):
        fraction(text)


def test_scaling_makes_a_tie_a_violation() -> None:
    whole = decide(Subject("weighted-l1").target().claim, TIE)
    scaled = decide(Subject("weighted-l1", epsilon="1e-15").target().claim, TIE)
    assert (whole.verdict, whole.touching, scaled.verdict) == ("holds", True, "violated")
    assert scaled.headline is not None
    assert scaled.headline.right == scaled.headline.left * (1 - fmpq(1, 10**15))


def test_a_prescribed_size_is_an_assumption_and_a_limit() -> None:
    subject = Subject("stability-norm", sizes=(("d", 2),))
    assert decide(subject.target().claim, TIE).verdict == "vacuous"
    assert decide(Subject("stability-norm", sizes=(("d", 1),)).target().claim, TIE).verdict == "holds"
    assert subject.size().max_inputs == 2
    assert subject.document() == {"theorem": "stability-norm", "prescribed": {"d": 2}}
    assert str(subject) == "stability-norm d = 2"


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownId, match="did you mean"):
        Subject("weighted-l2").target()
    with pytest.raises(ValueError, match="known: d, k, n"):
        Subject("weighted-l1", sizes=(("q", 2),)).target()


def test_everything_that_is_listed_exists() -> None:
    subjects = [*listed("frontier"), *listed("side-by-side"), *(Subject(t) for t in chosen()["resolution"])]
    assert len({subject.target().title for subject in subjects}) == len(subjects)


def test_mutants_and_proved_claims_are_all_of_the_catalogue() -> None:
    titles = {str(subject) for subject in mutants()}
    assert {"weighted-l1 minus-one", "delayed-stability right-side-1e-6"} <= titles
    proved = {subject.theorem for subject in proved_claims()}
    assert "weighted-l1" in proved
    assert "nondifferentiable-conjecture" not in proved


def test_a_spread_keeps_its_distances() -> None:
    subjects = [Subject(str(i)) for i in range(10)]
    places = [int(subject.theorem) for subject in spread(subjects, 4)]
    assert len(places) == 4
    assert {b - a for a, b in pairwise(places)} == {2, 3}
    assert spread(subjects, 99) == subjects
