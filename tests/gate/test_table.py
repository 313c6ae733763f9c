"""The table of a gate in the terminal: every verdict in words, what fails and why, nothing that steers a terminal."""

from __future__ import annotations

import pytest

from refutable.verify.gate.outputs import table
from refutable.verify.gate.outputs.wording import COLUMNS, tally
from tests.gate.sample_gate import claim, counterexample, failing, gate, green, hostile, item, own, red


def row(lines: list[str], id: str) -> dict[str, str]:
    """The cells of a claim by the names over them; columns begin where the header's do or end there."""
    header = next(line for line in lines if line.startswith("claim "))
    names = header.split()
    line = next(line for line in lines if line.startswith(f"{id} "))
    cells = [cell for cell in line.split("  ") if cell.strip()]
    assert len(cells) == len(names), line
    return dict(zip(names, map(str.strip, cells), strict=True))


def test_a_row_says_what_was_tried_and_what_came_out() -> None:
    found = row(table.render(green()), "stability-bound")
    assert (found["source"], found["expected"], found["verdict"]) == ("weighted-l1", "holds", "HELD")
    assert (found["drawn"], found["built"], found["trained"], found["mutants"]) == ("200", "12", "-", "2/2")
    assert found["tightest"] == "1 - 1.0e-3"


def test_instances_and_networks_are_one_column() -> None:
    lines = table.render(gate(own("mine", item("instances", 3), item("networks", 4))))
    assert row(lines, "mine")["own"] == "7"


@pytest.mark.parametrize(
    ("id", "word"),
    [
        ("stability-bound", "HELD"),
        ("path-norm", "NOT REFUTED"),
        ("scarce", "VACUOUS (allowed)"),
        ("refuted-one", "REFUTED"),
        ("undecided-one", "UNDECIDED"),
        ("suspect-one", "SUSPECT"),
        ("untried-one", "UNTRIED"),
        ("error-one", "ERROR"),
        ("weak-one", "WEAK"),
        ("loose", "HELD (not as claimed)"),
    ],
)
def test_verdicts_are_words(id: str, word: str) -> None:
    assert row(table.render(red()), id)["verdict"] == word


def test_a_listed_refutation_is_told_apart_from_one_that_fails_to_come() -> None:
    words = [line for line in table.render(red()) if line.startswith("folklore  ")]
    assert [line.rsplit("  ", 1)[1] for line in words] == ["REFUTED (as listed)", "NOT REFUTED (listed as refuted)"]


def test_what_is_not_as_claimed_is_marked_where_it_failed() -> None:
    lines = table.render(red())
    assert row(lines, "refuted-one")["drawn"] == "119!"
    assert row(lines, "weak-one")["mutants"] == "1/2!"
    assert "!" not in "".join(line for line in table.render(green()) if "!' is not as claimed" not in line)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ((), "0 claims: nothing was claimed"),
        ((claim("a"),), "1 claim: as claimed"),
        ((claim("a"), claim("b")), "2 claims: all as claimed"),
        ((claim("a"), failing("b", "weak"), failing("c", "refuted")), "3 claims: 1 as claimed, 2 not: b, c"),
    ],
)
def test_the_tally(claims: tuple[dict[str, object], ...], said: str) -> None:
    assert tally(gate(*claims)) == said
    assert said in table.render(gate(*claims))


def test_a_failing_claim_shows_its_counterexample_and_how_to_replay_it() -> None:
    lines = table.render(red())
    start = next(n for n, line in enumerate(lines) if line.startswith("refuted-one (claims.toml:50)"))
    block = lines[start : lines.index("", start)]
    assert "  f(x) = 3 relu(5 x) + 3 relu(-5 x)" in block
    assert "  ~0.17 > 0" in block
    assert "  replay it: refutable replay refutable-witnesses/folklore-0123abcd.json" in block


def test_a_counterexample_that_the_problem_tells_is_told_once() -> None:
    found = counterexample()
    told = "\n".join(["refuted", *(f"    {line}" for line in found["described"])])
    one = failing("a", "refuted", item("drawn", passed=False, counterexample=found), problems=[told])
    assert "\n".join(table.render(gate(one))).count(found["described"][0]) == 1


def test_the_claims_own_choice_of_counterexample_is_told_and_what_is_wrong_with_it() -> None:
    small = counterexample(described=["f(x) = relu(x)"], hollow="a dead neuron")
    large = item("drawn", passed=False, verdict="refuted", counterexample=counterexample())
    text = "\n".join(table.render(gate(failing("a", "refuted", large, counterexample=small))))
    assert "  f(x) = relu(x)\n  ~0.17 > 0   (no honest witness: a dead neuron)" in text
    assert "relu(5 x)" not in text


def test_a_counterexample_without_a_file_says_so() -> None:
    one = counterexample(file=None, replay="the folder cannot be written")
    text = "\n".join(table.render(gate(failing("a", "refuted", item("drawn", passed=False, counterexample=one)))))
    assert "no witness was written: the folder cannot be written" in text


def test_remarks_give_reasons_and_notes_of_what_is_as_claimed() -> None:
    text = "\n".join(table.render(green()))
    assert "folklore: refuted as listed: forgets the output weights (~0.17 > 0)" in text
    assert "scarce: drawn: vacuous, as the file allows" in text


@pytest.mark.parametrize("width", [120, 160])
def test_no_line_is_wider_but_commands_to_copy(width: int) -> None:
    for document in (red(), hostile()):
        rows = table.render(document, width)
        assert all(len(line) <= width for line in rows if not line.strip().startswith("replay it: "))


def test_columns_without_evidence_go_before_names_are_cut() -> None:
    one = gate(claim("a" * 30, item("drawn", 5), source="b" * 30))
    assert "swept" in table.render(one, 160)[0]
    narrow = table.render(one, 140)
    assert "swept" not in narrow[0]
    assert row(narrow, "a" * 30) | {"source": "b" * 30, "drawn": "5", "verdict": "HELD"} == row(narrow, "a" * 30)


def test_nothing_of_the_users_steers_the_terminal_and_long_texts_are_cut() -> None:
    lines = table.render(hostile())
    assert all(line.isprintable() for line in lines)
    assert any(r"\x1b[31m" in line for line in lines)
    assert sum(map(len, lines)) < 20_000
    assert row(lines, "i" * 37 + "...")["verdict"] == "UNDECIDED"


def test_a_command_is_never_broken() -> None:
    long = "refutable replay " + "/".join(["folder"] * 60)
    one = own("a", item("drawn", passed=False, counterexample=counterexample(replay=long)), as_claimed=False)
    assert f"  replay it: {long}" in table.render(gate(one | {"verdict": "refuted"}))


def test_every_kind_of_evidence_with_decisions_of_its_own_has_a_column() -> None:
    kinds = {"drawn", "constructed", "trained", "mass", "swept", "hunt", "instances", "networks"}
    assert {kind for group in COLUMNS.values() for kind in group} == kinds
