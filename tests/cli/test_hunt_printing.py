"""What `refutable hunt` writes: ratios beside 1, suspicions, the line of a terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from flint import fmpq

from refutable.theorems.instances import Instance
from refutable.theorems.records import SHRINKAGE
from refutable.verify.decide import Outcome, decide
from refutable.verify.hunting import Options, Progress, Result, catalogue_target
from refutable.verify.hunting import live as live_module
from refutable.verify.hunting.live import ERASE, LiveLine, line
from refutable.verify.hunting.printing import float_ratio, ratio_text, text
from refutable.verify.hunting.results import Counterexample, MethodSummary, Suspicion, Tightest

THEOREM = catalogue_target("weighted-l1")
EQUAL = THEOREM.families[0].first()


def outcome_at(step_size: fmpq) -> tuple[Instance, Outcome]:
    """The equality case with another step size: left 225/32, right 1/step_size - 1/2."""
    instance = EQUAL.replace(step_size=step_size)
    return instance, decide(THEOREM.claim, instance)


def test_equality_is_said() -> None:
    assert ratio_text(outcome_at(fmpq(32, 241))[1]) == "1 (touching)"


def test_far_from_one_the_ratio_is_a_decimal() -> None:
    # right side 29/2: 225/32 / (29/2) = 225/464 = 0.48491...
    assert ratio_text(outcome_at(fmpq(1, 15))[1]) == "0.4849"


def test_just_below_one_the_gap_is_written() -> None:
    # right side 225/32 + 225/32 * 10^-20: a float ratio would be 1.
    right = fmpq(225, 32) * (1 + fmpq(1, 10**20))
    said = ratio_text(outcome_at(1 / (right + fmpq(1, 2)))[1])
    assert said == "1 - 1.0e-20"


@pytest.mark.parametrize(("name", "factor"), SHRINKAGE)
def test_just_above_one_the_excess_is_written(name: str, factor: fmpq) -> None:
    target = catalogue_target("weighted-l1", mutant=f"right-side-{name}")
    excess = float((1 / factor - 1).p) / float((1 / factor - 1).q)
    assert ratio_text(decide(target.claim, EQUAL)) == f"1 + {excess:.1e}"


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "-"), (1.0, "1"), (0.5, "0.5"), (1.25, "1.25"), (1 - 3e-13, "1 - 3.0e-13"), (1 + 2**-40, "1 + 9.1e-13")],
)
def test_float_ratios(value: float | None, said: str) -> None:
    assert float_ratio(value) == said


def result(**changes: object) -> Result:
    """A hunt of the theorem that found its equality case, with some fields changed."""
    tightest = Tightest(EQUAL, decide(THEOREM.claim, EQUAL), "known")
    methods = (
        MethodSummary("known", note="left out: a cold hunt uses nothing known beforehand"),
        MethodSummary("ascend", 12345, 2.0, 7, 1 - 3e-13),
    )
    plain = Result(THEOREM, Options(), None, tightest, (), 12345, 67, 8, 2.0, methods)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_suspicions_are_named_with_their_margins() -> None:
    outcome = decide(THEOREM.claim, EQUAL)
    few = tuple(Suspicion(EQUAL, "ascend", margin, outcome, True) for margin in (1e-15, 3e-14))
    lines = list(text(result(suspicions=few)))
    said = " ".join(" ".join(lines).split())
    assert "2 float violations did not certify" in said
    assert (
        "a float violation by 3.0e-14 in log(left/right), found by ascend, did not certify: exactly, it holds" in said
    )
    assert said.index("3.0e-14") < said.index("1.0e-15")
    assert "exactly, it holds (left/right = 1 (touching)); widening the margin" in said
    assert "not refuted: no certified counterexample in 12,345 evaluations and 67 exact decisions (8 of them" in said


def test_methods_say_what_they_did_or_why_not() -> None:
    lines = list(text(result()))
    [known] = [one for one in lines if one.startswith("known")]
    [ascend] = [one for one in lines if one.startswith("ascend")]
    assert known.endswith("left out: a cold hunt uses nothing known beforehand")
    assert ascend.split() == ["ascend", "12,345", "2.0", "1", "-", "3.0e-13"]


@pytest.mark.parametrize(
    ("minimal", "shrink", "interrupted", "said"),
    [
        (True, 4000, False, "shrunk until no single reduction keeps it a counterexample (1-minimal)"),
        (False, 4000, False, "shrunk until its budget of decisions or time ended that: not 1-minimal"),
        (False, 4000, True, "shrunk until Ctrl-C ended that: not 1-minimal"),
        (False, 0, False, "as it was found"),
    ],
)
def test_how_far_a_counterexample_was_reduced_is_said(minimal: bool, shrink: int, interrupted: bool, said: str) -> None:
    target = catalogue_target("weighted-l1", mutant="minus-one")
    instance = target.hints[0]
    found = Counterexample(
        instance, decide(target.claim, instance), instance, "ascend", 1, 0.5, minimal, "a dead neuron"
    )
    options = Options(shrink=shrink)
    lines = list(text(result(target=target, options=options, counterexample=found, interrupted=interrupted)))
    verdict = lines.index("refuted: certified counterexample, found by ascend after 1 evaluation in 0.5 s,")
    assert lines[verdict + 1] == f"  {said}"
    assert "  not an honest witness: a dead neuron" in lines
    assert "  not kept in a file" in lines


class Screen(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


PROGRESS = Progress("searching", 50_000, 2.0, 1 - 3e-13, 0.99, "ascend")


def test_the_line_says_where_the_hunt_stands() -> None:
    said = line(PROGRESS, Options(seconds=60.0))
    best = "best ratio 1 - 3.0e-13 by ascend"
    assert said.split("   ") == ["searching", "58 s left", "50,000 evaluations (25,000/s)", best, "certified 0.99"]
    assert line(PROGRESS, Options(evaluations=80_000)).startswith("searching   30,000 left")
    assert "left" not in line(replace(PROGRESS, phase="shrinking"), Options())


def test_at_most_five_lines_a_second_and_none_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1000, 2000))
    monkeypatch.setattr(live_module.time, "monotonic", lambda: next(clock) / 100)  # 100 reports a second
    screen = Screen(terminal=True)
    with LiveLine(screen, Options()) as live:
        for _ in range(100):
            live(PROGRESS)
    written = screen.getvalue()
    assert written.count("searching") == 5
    assert written.endswith(ERASE)
    assert "\n" not in written


def test_a_pipe_sees_no_line() -> None:
    screen = Screen(terminal=False)
    with LiveLine(screen, Options()) as live:
        live(PROGRESS)
    assert screen.getvalue() == ""
