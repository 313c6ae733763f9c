import numpy as np
import pytest

from refutable.verify.bench.figures import percent_text, quantile, seconds_text, share, table


@pytest.mark.parametrize("q", [0.1, 0.25, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("count", [1, 2, 7, 10])
def test_quantiles_are_those_of_numpy(q: float, count: int) -> None:
    values = [float(v) for v in np.random.default_rng(count).permutation(count)]
    assert quantile(values, q) == np.quantile(values, q, method="inverted_cdf")


def test_an_unfinished_search_counts_as_one_that_never_ends() -> None:
    assert quantile([1.0, None, 2.0], 0.5) == 2.0
    assert quantile([1.0, None, 2.0], 0.9) is None
    assert quantile([], 0.5) is None


def test_texts() -> None:
    assert [seconds_text(v) for v in (None, 0.0341, 47.4)] == ["never", "0.034 s", "47 s"]
    assert [percent_text(share(a, b)) for a, b in ((1, 3), (0, 0))] == ["33.3 %", "-"]
    assert table(("a", "b"), [("1", "2")]) == ["  a  b", "  1  2"]
