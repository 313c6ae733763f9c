"""Lines of tables and keys, against documents that were written together with the lines of their keys."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refutable.verify.gate.toml_lines import MAX_DEPTH, MAX_PLACES, Lines, Path, TooMuch, scan

BLANKS = st.sampled_from(["", " ", "\t", "  "])
BREAKS = st.sampled_from(["", " ", "\n", " # ] } [[claim]] \" '\n", "\n\n  "])
TRAPS = st.sampled_from(
    ["", "a", "[[claim]]", "# no comment", "x = 1", "]", "}", ",", "=", "é", "a.b", "[claim.evidence]", "'", "''"]
)
BARE = st.text("ab1-_", min_size=1, max_size=3)


@dataclass
class Written:
    """A TOML text under construction, and where each of its keys went."""

    text: str = ""
    lines: dict[Path, int] = field(default_factory=dict)

    def add(self, text: str) -> None:
        self.text += text

    def mark(self, path: Path) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)


def key_of(draw: Any, name: str) -> str:
    """A key as it may be written."""
    forms = [f'"{name}"', f"'{name}'", '"' + "".join(f"\\u{ord(letter):04x}" for letter in name) + '"']
    if name.replace("-", "").replace("_", "").isalnum() and name.isascii():
        forms.append(name)
    return draw(st.sampled_from(forms))


def string_of(draw: Any) -> str:
    content = draw(TRAPS)
    quoted = '"' + content.replace('"', '\\"') + '\\n\\\\\\""'
    inner = draw(st.lists(TRAPS, max_size=3))
    several = '"""' + "\n".join(inner) + ' \\"\\"" "" \\\n  """'
    literal = "'" + content.replace("'", "") + "\\'"
    lines = "'''" + "\n".join(text.replace("''", "'") for text in inner) + "\n\"#\\ '' ''''"
    return draw(st.sampled_from([quoted, several, literal, lines, '""', "''", '"""a"""""', "''''''"]))


SCALARS = st.sampled_from(
    ["1", "-2.5e3", "true", "inf", "1979-05-27 07:32:00", "1979-05-27T07:32:00Z", "0xff", "1_000"]
)


def value(draw: Any, out: Written, path: Path, depth: int) -> None:
    kind = draw(st.sampled_from(["scalar", "string", "array", "table"] if depth < 3 else ["scalar", "string"]))
    if kind == "scalar":
        out.add(draw(SCALARS))
    elif kind == "string":
        out.add(string_of(draw))
    elif kind == "array":
        out.add("[")
        for i in range(draw(st.integers(0, 3))):
            out.add(draw(BREAKS))
            out.mark((*path, i))
            value(draw, out, (*path, i), depth + 1)
            out.add(draw(BREAKS) + ",")
        out.add(draw(BREAKS) + "]")
    else:
        out.add("{")
        for i, name in enumerate(draw(st.lists(BARE, max_size=3, unique=True))):
            out.add((", " if i else "") + draw(BLANKS))
            pair(draw, out, path, [name], depth + 1)
        out.add(draw(BLANKS) + "}")


def pair(draw: Any, out: Written, table: Path, names: list[str], depth: int) -> None:
    for end in range(1, len(names) + 1):
        out.mark((*table, *names[:end]))
    out.add((draw(BLANKS) + "." + draw(BLANKS)).join(key_of(draw, name) for name in names))
    out.add(draw(BLANKS) + "=" + draw(BLANKS))
    value(draw, out, (*table, *names), depth)


@st.composite
def documents(draw: Any) -> Written:
    out = Written()
    claims = 0
    for number in range(draw(st.integers(0, 6))):
        out.add(draw(st.sampled_from(["", "\n", "# [[claim]]\n", "  \t\n"])))
        form = draw(st.sampled_from(["claim", "table", "below"]))
        out.add(draw(BLANKS))
        if form == "claim":
            table: Path = ("claim", claims)
            out.mark(("claim",))
            out.mark(table)
            claims += 1
            out.add(f"[[{draw(BLANKS)}{key_of(draw, 'claim')}{draw(BLANKS)}]]")
        elif form == "below" and claims:
            table = ("claim", claims - 1, f"t{number}")
            out.mark(table)
            out.add(f"[{key_of(draw, 'claim')}{draw(BLANKS)}.{key_of(draw, f't{number}')}]")
        else:
            table = (f"ü {number}",)
            out.mark(table)
            out.add(f"[{key_of(draw, f'ü {number}')}]")
        out.add(draw(st.sampled_from(["\n", " # comment\n"])))
        for name in draw(st.lists(BARE, max_size=3, unique=True)):
            out.add(draw(BLANKS))
            pair(draw, out, table, draw(st.sampled_from([[name], [name, "z z"], [name, "y", "x"]])), 0)
            out.add(draw(st.sampled_from(["\n", "  # 'comment\n", "\n\n"])))
    return out


@settings(max_examples=300, deadline=None)
@given(documents())
@pytest.mark.slow
def test_every_key_is_found_on_the_line_where_it_was_written(out: Written) -> None:
    tomllib.loads(out.text)  # the generator writes TOML
    assert scan(out.text).places == out.lines


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.text("[]{}=,.'\"#\\\n ab1", max_size=40), documents().map(lambda out: out.text[: len(out.text) // 2]))
)
@pytest.mark.slow
def test_what_is_no_toml_is_scanned_without_complaint(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in scan(text).places.values())


def test_a_place_without_a_line_of_its_own_has_that_of_the_table_around_it() -> None:
    lines = scan("\n[[claim]]\nid = 'a'\n")
    assert [lines.line(path) for path in [("claim", 0, "id"), ("claim", 0, "theorem"), ("network", 3)]] == [3, 2, 1]
    assert lines.keys(("claim", 0)) == {"id": 3}
    assert Lines().line(("claim",)) == 1


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 100_000, "a = " + "{a = " * 100_000, "a = 1\n" + "a." * 100_000 + "a = 1", "[" + "a." * 30 + "a]"],
)
def test_absurd_depth_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(TooMuch, match=f"more than {MAX_DEPTH} (deep|parts)") as caught:
        scan("\n" + text)
    assert caught.value.line == 2 + text.startswith("a = 1\n")


def test_length_is_bounded() -> None:
    with pytest.raises(TooMuch, match=f"more than {MAX_PLACES} keys, tables and items") as caught:
        scan("a = [\n" + "1,\n" * (2 * MAX_PLACES) + "]\n")
    assert caught.value.line == MAX_PLACES + 1
    assert len(scan("a = [\n" + "1,\n" * (MAX_PLACES - 1) + "]\n").places) == MAX_PLACES


def test_tables_are_counted() -> None:
    assert scan("[[claim]]\n[claim.evidence]\n[[claim]]\n[[a.b]]\n[[a.b]]").tables == {("claim",): 2, ("a", "b"): 2}
