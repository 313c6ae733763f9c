"""What is no honest instance is refused with one line that says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refutable.verify.reading import ReadError, parse_json, read_instance

GOOD = {
    "format": "refutable-instance/1",
    "model": "shallow-relu",
    "network": {"w1": [[5], [-5]], "b1": [0, 0], "w2": [3, 3], "b2": 0},
    "data": {"x": [["-3/4"], ["3/4"]], "y": None},
    "step_size": "32/241",
    "batch_size": None,
}
TEXT = json.dumps(GOOD)


def swapped(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


BAD = {
    "NaN": (swapped('"32/241"', "NaN"), "NaN is not a finite number"),
    "Infinity": (swapped('"32/241"', "Infinity"), "Infinity is not a finite number"),
    "minus Infinity": (swapped('"b2": 0', '"b2": -Infinity'), "-Infinity is not a finite number"),
    "1e999": (swapped('"32/241"', "1e999"), "beyond the range of a float"),
    "boolean as number": (swapped('"b2": 0', '"b2": true'), "truth value"),
    "zero denominator": (swapped("32/241", "1/0"), "divides by zero"),
    "duplicate key": (swapped('"b2": 0', '"b2": 0, "b2": 1'), "stands twice"),
    "nesting bomb": ("[" * 100_000 + "]" * 100_000, "nested more than 64 deep"),
    "object bomb": ('{"a":' * 100_000, "nested more than 64 deep"),
    "long integer": (swapped('"b2": 0', '"b2": ' + "9" * 4301), "4301 digits"),
    "long integer as text": (swapped('"b2": 0', '"b2": "' + "9" * 4301 + '"'), "4300 digits"),
    "truncated": (TEXT[:60], "truncated"),
    "truncated in a string": (TEXT[: TEXT.index("shallow") + 3], "truncated"),
    "two documents": (TEXT + TEXT, "not JSON"),
    "empty file": ("", "truncated"),
    "a list": ("[]", "must be a JSON object"),
    "no format": (swapped('"format": "refutable-instance/1", ', ""), "no format"),
    "other format": (swapped("instance/1", "instance/9"), "refutable-instance/9"),
    "no model": (swapped('"model": "shallow-relu", ', ""), '"model" must be'),
    "unknown model": (swapped("shallow-relu", "shallow-rel"), "did you mean shallow-relu"),
    "k = 0": (swapped('"w1": [[5], [-5]], "b1": [0, 0], "w2": [3, 3]', '"w1": [], "b1": [], "w2": []'), "w1 is empty"),
    "no data": (swapped('[["-3/4"], ["3/4"]]', "[]"), "x is empty"),
    "ragged": (swapped("[-5]", "[-5, 1]"), "w1[1] has 2 entries"),
    "unequal lengths": (swapped("[3, 3]", "[3]"), "w2 has 1 entries"),
    "a word": (swapped("[3, 3]", '[3, "three"]'), "'three' is not a finite number"),
    "nan as text": (swapped("[3, 3]", '[3, "nan"]'), "'nan' is not a finite number"),
    "unknown key": (swapped('"b2"', '"b3"'), "unknown key 'network.b3'"),
    "negative step size": (swapped("32/241", "-1"), "must be > 0"),
    "missing network": (swapped('"network"', '"netwrok"'), "unknown key 'netwrok'"),
    "network is a list": (swapped('{"w1": [[5], [-5]], "b1": [0, 0], "w2": [3, 3], "b2": 0}', "[]"), "JSON object"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_in_one_line(name: str, tmp_path: Path) -> None:
    text, why = BAD[name]
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(ReadError) as caught:
        read_instance(path)
    message = str(caught.value)
    assert why in message
    assert str(path) in message
    assert "\n" not in message


def test_a_good_document_is_read_exactly(tmp_path: Path) -> None:
    path = tmp_path / "good.json"
    path.write_text(swapped('"b2": 0', '"b2": 0.1'))
    instance = read_instance(path)
    assert instance["b2"].p == 3602879701896397
    assert instance["b2"].q == 36028797018963968
    assert str(instance["x"][0, 0]) == "-3/4"


def test_brackets_in_strings_are_no_nesting() -> None:
    assert parse_json(json.dumps({"a": "[" * 1000 + '"\\'}).encode(), "x") == {"a": "[" * 1000 + '"\\'}


def test_files_are_not_read_beyond_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(TEXT)
    with pytest.raises(ReadError, match="larger than 20 bytes"):
        read_instance(path, max_bytes=20)
    assert read_instance(path, max_bytes=len(TEXT))


def test_not_utf8_and_no_file_and_folder(tmp_path: Path) -> None:
    path = tmp_path / "latin.json"
    path.write_bytes(b'{"a": "\xff"}')
    with pytest.raises(ReadError, match="not UTF-8"):
        read_instance(path)
    with pytest.raises(ReadError, match="No such file"):
        read_instance(tmp_path / "none.json")
    with pytest.raises(ReadError, match="folder"):
        read_instance(tmp_path)
