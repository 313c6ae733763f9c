import numpy as np
import pytest

from refutable.verify.bench.engine import timing
from refutable.verify.bench.engine.cases import Case, rows_of
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.timing import Contestant, Failed, Shot, Timing, measure, middle


class Clock:
    """A clock that only work moves, and the order in which work was done."""

    def __init__(self) -> None:
        self.now = 0.0
        self.order: list[str] = []

    def work(self, name: str, seconds_for_one: float, units: float = 1.0) -> Shot:
        def shot(amount: int) -> float:
            self.now += amount * seconds_for_one
            self.order.append(name)
            return amount * units

        return shot


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(timing.time, "perf_counter", lambda: found.now)
    return found


SETTINGS = Settings(seconds=0.5, rounds=5)


def rates(found: Timing | Failed) -> tuple[float, ...]:
    assert isinstance(found, Timing)
    return found.rates


@pytest.mark.parametrize("count", range(1, 12))
def test_quartiles_are_the_medians_of_both_halves(count: int) -> None:
    values = np.random.default_rng(count).permutation(count).astype(float).tolist()
    found = middle(values)
    assert found is not None
    assert found[0] == np.median(values)
    assert found[1] == np.median(sorted(values)[: -(-count // 2)])
    assert found[2] == np.median(sorted(values)[count // 2 :])
    assert middle([]) is None


def test_rates_are_units_a_second(clock: Clock) -> None:
    found = measure(
        [Contestant("slow", clock.work("slow", 1e-3)), Contestant("fast", clock.work("f", 1e-5, 2))], SETTINGS
    )
    assert rates(found[0]) == pytest.approx([1e3] * 5)
    assert rates(found[1]) == pytest.approx([2e5] * 5)
    assert Timing((4.0, 6.0)).over(Timing((2.0, 2.0))) == (2.0, 3.0)
    assert Timing((4.0, 6.0)).best == 6.0


def test_methods_take_turns(clock: Clock) -> None:
    measure([Contestant(name, clock.work(name, 1e-3)) for name in "abc"], SETTINGS)
    assert "".join(clock.order).endswith("abc" * 5)


def test_a_shot_takes_about_its_share_of_the_seconds(clock: Clock) -> None:
    for cost in (3e-7, 1e-4, 0.02):
        before = clock.now
        found = rates(measure([Contestant("a", clock.work("a", cost))], SETTINGS)[0])
        last = clock.order[-1]
        assert (len(found), last) == (5, "a")
        assert 0.25 < (clock.now - before) / SETTINGS.seconds < 4


def test_a_method_with_long_shots_gets_fewer_rounds_but_one(clock: Clock) -> None:
    found = measure([Contestant("a", clock.work("a", 1e-3)), Contestant("b", clock.work("b", 60.0))], SETTINGS)
    assert [len(rates(one)) for one in found] == [5, 1]


def test_a_fixed_amount_stays(clock: Clock) -> None:
    asked: list[int] = []

    def shot(amount: int) -> float:
        asked.append(amount)
        clock.now += 1e-9
        return amount

    measure([Contestant("a", shot, amount=2000)], SETTINGS)
    assert set(asked) == {2000}


def test_a_method_that_gives_up_harms_nobody(clock: Clock) -> None:
    def breaks(amount: int) -> float:
        raise RuntimeError("no\n  compiler")

    def breaks_late(amount: int) -> float:
        clock.now += 1.0
        if clock.order.count("a") > 4:
            raise MemoryError
        return 1.0

    methods = [Contestant("a", clock.work("a", 1e-3)), Contestant("b", breaks), Contestant("c", breaks_late)]
    found = measure(methods, SETTINGS)
    assert len(rates(found[0])) == 5
    assert found[1:] == [Failed("RuntimeError: no compiler"), Failed("MemoryError")]


def test_the_device_is_waited_for_before_the_clock_is_read(clock: Clock) -> None:
    def shot(amount: int) -> float:
        return amount

    def finish() -> None:
        clock.now += 0.25

    assert rates(measure([Contestant("a", shot, amount=10)], SETTINGS, finish)[0]) == pytest.approx([40.0] * 5)


def test_ratios_refer_to_the_first_reference_that_was_measured(clock: Clock) -> None:
    def breaks(amount: int) -> float:
        raise ImportError("not here")

    methods = [
        Contestant("best known", breaks),
        Contestant("usual", clock.work("u", 1e-2)),
        Contestant("ours", clock.work("o", 1e-4), True, about={"error": 0.0}, after=lambda t: {"best": t.best}),
    ]
    case = Case("small", methods, ("best known", "usual"), {"n": 3})
    rows, absent = rows_of(case, SETTINGS, lambda: None)
    assert [(row["method"], row["reference"]) for row in rows] == [("usual", "usual"), ("ours", "usual")]
    assert rows[1]["ratio"] == pytest.approx(100)
    assert rows[1]["best"] == pytest.approx(1e4)
    assert (rows[1]["n"], rows[1]["error"], rows[1]["ratio_rounds"]) == (3, 0.0, 5)
    assert [one.document() for one in absent] == [
        {"method": "best known", "case": "small", "reason": "ImportError: not here", "failed": False}
    ]


def test_without_references_there_are_no_ratios(clock: Clock) -> None:
    rows, _ = rows_of(Case("small", [Contestant("ours", clock.work("o", 1e-4), True)]), SETTINGS, lambda: None)
    assert (rows[0]["ratio"], rows[0]["reference"], rows[0]["ratio_quartiles"]) == (None, None, None)
