"""A gate as Markdown: short, escaped, readable by GitHub's parser; rendered here by an independent one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from refutable.verify.gate.outputs import summary
from tests.gate.sample_gate import HOSTILE, claim, failing, gate, green, hostile, own, red


def table(text: str) -> list[list[str]]:
    """Cells of the table's rows, split as GitHub splits them: at bars that no backslash stands before."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return [re.split(r"(?<!\\) ?\| ?", row)[1:-1] for row in rows]


def blocks(text: str) -> list[tuple[str, list[str]]]:
    """Fences and contents of the blocks of code, as CommonMark reads them."""
    found: list[tuple[str, list[str]]] = []
    fence = ""
    for line in text.split("\n"):
        opening = re.match(r"(`{3,})[^`]*$", line)
        if fence:
            if re.fullmatch(rf"`{{{len(fence)},}}\s*", line):
                fence = ""
            else:
                found[-1][1].append(line)
        elif opening:
            fence = opening[1]
            found.append((fence, []))
    assert not fence, "a block is never closed"
    return found


def test_one_line_of_verdict_and_one_row_for_each_claim() -> None:
    text = summary.markdown(green())
    assert text.startswith("### refutable gate: as claimed\n\n4 claims: all as claimed\n")
    rows = table(text)
    assert rows[0] == list(summary.HEADER)
    assert rows[2] == ["stability-bound", "holds", "HELD", "200 drawn, 12 built, 2/2 mutants", "1 - 1.0e-3"]
    assert [row[0] for row in rows[2:]] == ["stability-bound", "path-norm", "folklore", "scarce"]
    assert not blocks(text)


def test_each_failing_claim_has_a_section_with_its_counterexample() -> None:
    document = red()
    text = summary.markdown(document)
    assert text.startswith("### refutable gate: NOT as claimed\n")
    failing_ids = [one["id"] for one in document["claims"] if not one["as_claimed"]]
    assert [line[5:].split(":")[0] for line in text.splitlines() if line.startswith("#### ")] == failing_ids
    told = "\n".join(blocks(text)[0][1])
    assert "f(x) = 3 relu(5 x) + 3 relu(-5 x)" in told
    assert "replay it: refutable replay refutable-witnesses/folklore-0123abcd.json" in told


def test_what_users_write_is_no_markup() -> None:
    text = summary.markdown(hostile())
    assert all(letter.isprintable() or letter == "\n" for letter in text)
    assert {len(row) for row in table(text)} == {len(summary.HEADER)}
    outside = text
    for fence, lines in blocks(text):
        assert all(fence not in line for line in lines)
        outside = outside.replace("\n".join(lines), "")
    assert "<script>" not in outside
    assert not re.search(r"(?<!\\)\[link", outside)
    assert any("<script>" in line for _, lines in blocks(text) for line in lines)


@pytest.mark.parametrize("text", [HOSTILE, "```\n````\n`````", "", "~~~ a"])
def test_a_fence_is_longer_than_any_in_the_text(text: str) -> None:
    [(_, lines)] = blocks("\n".join(summary.fenced(text.split("\n"))))
    assert len(lines) == len(text.split("\n"))


@pytest.mark.parametrize("text", ["a|b", "*a* _b_ `c` [d](e) <f> &amp; ~g~ $h$ #i", "back\\slash", "two\nlines"])
def test_escaped_text_reads_as_it_was(text: str) -> None:
    once = summary.escaped(text)
    assert "\n" not in once
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", once) == " ".join(text.split())
    assert not re.search(r"(?<!\\)[|<`]", re.sub(r"\\\\", "", once))


def test_many_claims_are_cut_and_the_cut_is_said() -> None:
    many = [failing(f"bad-{n}", "refuted", problems=["x" * 500]) for n in range(1500)]
    good = [claim(f"good-{n}") for n in range(1500)]
    text = summary.markdown(gate(*good, *many))
    assert len(text.encode()) <= summary.LARGEST + 500
    left_in_table = int(re.search(r"(\d+) more claims are not in this table", text)[1])  # type: ignore[index]
    left_out = int(re.search(r"(\d+) more claims are not as claimed;", text)[1])  # type: ignore[index]
    assert left_in_table + len(table(text)) - 2 == 3000
    assert left_out + text.count("\n#### ") == 1500
    assert table(text)[2][0] == "bad-0"


def test_a_file_gets_it_added(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    summary.append(green(), path)
    summary.append(gate(own("é")), path)
    assert path.read_text(encoding="utf-8") == summary.markdown(green()) + summary.markdown(gate(own("é")))
    with pytest.raises(OSError, match="No such file"):
        summary.append(green(), tmp_path / "no" / "folder.md")
