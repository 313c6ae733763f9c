"""Claims files meant to harm: refused in words, within bounds that the code sets itself, and nothing of them is run."""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path

import pytest

from refutable.theorems.catalogue import domain
from refutable.theorems.families.two_atoms import two_atoms
from refutable.verify.gate import claims_file, places
from refutable.verify.gate.claims_file import MAX_BYTES, MAX_CLAIMS, ClaimsError, find_claims, read_claims

FORMAT = 'format = "refutable-claims/1"\n'
ONE = '[[claim]]\nid = "one"\ntheorem = "weighted-l1"\n'
OWN = '[[claim]]\nid = "own"\nexpression = "loss <= 1"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with a secret beside it, and a canary in no file of Python in it."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.json").write_text("{}")
    (tmp_path / "outside" / "bounds.py").write_text(f"import refutable\nopen({str(tmp_path / 'canary')!r}, 'w')\n")
    return tmp_path / "repository"


def refused(folder: Path, data: str | bytes, name: str = "claims.toml") -> str:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(ClaimsError) as caught:
        read_claims(path)
    message = str(caught.value)
    assert all(line.startswith(str(path)) for line in message.splitlines())
    assert all(letter.isprintable() or letter == "\n" for letter in message)
    assert len(message) < 12_000
    assert not (folder.parent / "canary").exists()
    return message


def test_a_large_file_is_refused_unread(folder: Path) -> None:
    assert f"larger than {MAX_BYTES} bytes" in refused(folder, FORMAT + "#" * MAX_BYTES)
    sparse = folder / "claims.toml"
    with sparse.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(ClaimsError, match="larger than"):
        read_claims(sparse)


@pytest.mark.parametrize("name", ["claims.toml", "pyproject.toml"])
def test_many_claims_are_refused_before_any_is_parsed(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    header = "[[claim]]\n" if name == "claims.toml" else "[[tool.refutable.claim]]\n"
    monkeypatch.setattr(claims_file.tomllib, "loads", None)
    assert f"{MAX_CLAIMS + 1} claims; at most {MAX_CLAIMS} are read" in refused(
        folder, FORMAT + header * (MAX_CLAIMS + 1), name
    )
    if name == "claims.toml":
        assert "more than 40000 keys, tables and items of lists; split the file" in refused(
            folder, FORMAT + header * 100_000, name
        )
    else:
        assert "larger than" in refused(folder, FORMAT + header * 100_000, name)


def test_many_claims_in_one_list_are_refused_before_any_is_read(folder: Path) -> None:
    message = refused(folder, FORMAT + "claim = [" + "{id='a'}," * (MAX_CLAIMS + 1) + "]")
    assert "key 'claim': there are 1001; at most 1000 are read" in message


def test_the_most_that_is_read_is_read(folder: Path) -> None:
    path = folder / "claims.toml"
    path.write_text(FORMAT + "".join(ONE.replace("one", f"c{i}") for i in range(MAX_CLAIMS)))
    assert len(read_claims(path).entries) == MAX_CLAIMS


DEEP = {
    "arrays": "a = " + "[" * 100_000 + "]" * 100_000,
    "inline tables": "a = " + "{a = " * 100_000 + "1" + "}" * 100_000,
    "dotted keys": "a." * 100_000 + "a = 1",
    "quoted keys": "'a' . " * 100_000 + "a = 1",
    "headers": "[" + "a." * 100_000 + "a]",
    "evidence": ONE + "evidence = " + "[" * 300 + "]" * 300,
    "many claims in one list": "claim = [" + "{id='a'}," * 100_000 + "]",
    "many numbers": "claim = [" + "1," * 500_000 + "]",
    "many keys": "".join(f"k{i} = 1\n" for i in range(90_000)),
}


@pytest.mark.parametrize("what", DEEP)
def test_depth_and_length_are_refused_before_they_cost_anything(
    folder: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims_file.tomllib, "loads", None)
    assert re.search("more than 24 (deep|parts)|more than 40000 keys", refused(folder, FORMAT + DEEP[what]))


@pytest.mark.parametrize("bomb", ["9**9**9 <= loss", "loss <= 9**9**9**9", "2**(2**64) >= loss", "1e999999 <= loss"])
def test_an_expression_bomb_is_told_with_its_line(folder: Path, bomb: str) -> None:
    assert ":4: claim 'own', key 'expression': " in refused(folder, FORMAT + OWN.replace("loss <= 1", bomb))


CODE = [
    "__import__('os').system('touch {canary}') <= 1",
    "(lambda: open('{canary}', 'w'))() <= loss",
    "loss.__class__ <= 1",
    "[open('{canary}', 'w') for x in loss] <= 1",
    "f'{{open(1)}}' <= loss",
    "loss <= 1; import os",
    "(" * 3000 + "loss" + ")" * 900 + " <= 1",
    "-" * 1500 + "loss <= 1",
]


@pytest.mark.parametrize("code", CODE, ids=range(len(CODE)))
def test_code_in_an_expression_is_refused_and_not_run(folder: Path, code: str) -> None:
    text = code.format(canary=folder.parent / "canary").replace('"', "'")
    assert ":4: claim 'own', key 'expression': " in refused(folder, FORMAT + OWN.replace("loss <= 1", text))


OUTSIDE = [
    "../secret.json",
    "../*.json",
    "../outside/*",
    "../**/*.json",
    "link/secret.json",
    "link/*.json",
    "*.json",
    "lin?/*",
]


@pytest.mark.parametrize("pattern", OUTSIDE)
def test_nothing_outside_of_the_repository_is_read(folder: Path, pattern: str) -> None:
    (folder / "link").symlink_to(folder.parent / "outside")
    (folder / "secret.json").symlink_to(folder.parent / "secret.json")
    message = refused(folder, FORMAT + ONE + f'instances = ["{pattern}"]')
    assert ":5: claim 'one', key 'instances': " in message
    assert f"is outside of the repository {folder.resolve()}; nothing outside of it is read" in message


def test_a_pattern_does_not_follow_links_to_folders_on_its_way_down(folder: Path) -> None:
    (folder / "link").symlink_to(folder.parent / "outside")
    (folder / "loop").symlink_to(folder)
    (folder / "own.json").write_text(json.dumps(domain("shallow-relu").dump(two_atoms())))
    path = folder / "claims.toml"
    path.write_text(FORMAT + ONE + 'instances = ["**/*.json"]')
    assert read_claims(path).entries[0].instances == (folder.resolve() / "own.json",)


@pytest.mark.parametrize("written", ["/etc/passwd", "/etc/*", "~/x/../../../../etc/passwd"])
def test_absolute_paths_are_refused(folder: Path, written: str) -> None:
    assert "key 'instances': " in refused(folder, FORMAT + ONE + f'instances = ["{written}"]')


@pytest.mark.parametrize(
    "written", ["../outside/bounds.py:path", "link/bounds.py:path", "link.bounds:path", "linked.py:path"]
)
def test_python_outside_of_the_repository_is_not_run(folder: Path, written: str) -> None:
    (folder / "link").symlink_to(folder.parent / "outside")
    (folder / "linked.py").symlink_to(folder.parent / "outside" / "bounds.py")
    message = refused(folder, FORMAT + f'[[claim]]\nid = "a"\npython = "{written}"')
    assert ":4: claim 'a', key 'python': " in message
    assert "is outside of the repository" in message


@pytest.mark.parametrize("key", ["weights", "data"])
def test_files_of_networks_are_inside_too(folder: Path, key: str) -> None:
    (folder.parent / "w.safetensors").write_text("")
    (folder / "w.safetensors").write_text("")
    paths = {"weights": "w.safetensors", "data": "w.safetensors", key: "../w.safetensors"}
    text = "\n".join(
        ["[[network]]", 'id = "a"', *(f'{k} = "{v}"' for k, v in paths.items()), "step_size = 1", 'loss = "mse"']
    )
    assert f"network 'a', key '{key}': '../w.safetensors' is outside of the repository" in refused(
        folder, FORMAT + text + "\n" + ONE
    )


def test_pipes_devices_and_sockets_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(folder / "pipe.json")
    monkeypatch.chdir(folder)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket.json")
        for name in ("pipe.json", "pip*.json", "socket.json"):
            assert "is a pipe or a device" in refused(folder, FORMAT + ONE + f'instances = ["{name}"]')
    os.mkfifo(folder / "pipe.toml")
    for path in (folder / "pipe.toml", Path("/dev/zero")):
        with pytest.raises(ClaimsError, match="this is a pipe or a device, no ordinary file"):
            read_claims(path)
    with pytest.raises(ClaimsError, match="this is a folder; name a file in it"):
        read_claims(folder)
    with pytest.raises(ClaimsError, match="No such file"):
        read_claims(folder / "none.toml")
    with pytest.raises(ClaimsError):
        read_claims(folder / ("x" * 5000))
    with pytest.raises(ClaimsError):
        read_claims(folder / "a\0b")


def test_loops_of_links_name_no_file(folder: Path) -> None:
    (folder / "loop.json").symlink_to(folder / "loop.json")
    assert "key 'instances': " in refused(folder, FORMAT + ONE + 'instances = ["loop.json"]')
    assert "key 'instances': " in refused(folder, FORMAT + ONE + 'instances = ["loo*.json"]')
    assert "key 'instances': " in refused(folder, FORMAT + ONE + 'instances = ["loop.json/*/x"]')


def test_patterns_look_at_boundedly_many_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MAX_LOOKED_AT", 60)
    monkeypatch.setattr(places, "MAX_MATCHES", 20)
    deep = folder
    for _ in range(12):
        deep = deep / "d"
        deep.mkdir()
        for name in "ab":
            (deep / f"{name}.txt").write_text("")
    stars = "/".join(["**"] * 12) + "/nothing"
    assert "looks at more than 60 files and folders; name the folder" in refused(
        folder, FORMAT + ONE + f'instances = ["{stars}"]'
    )
    monkeypatch.setattr(places, "MAX_LOOKED_AT", 1000)
    assert "matches more than 20 files; name fewer" in refused(folder, FORMAT + ONE + 'instances = ["**/*.txt"]')
    monkeypatch.setattr(places, "MAX_LOOKED_AT_IN_ALL", 30)
    for file in (folder / "d").glob("*.txt"):
        file.write_text(json.dumps(domain("shallow-relu").dump(two_atoms())))
    several = FORMAT + "".join(ONE.replace("one", f"c{i}") + 'instances = ["d/*.txt"]\n' for i in range(20))
    assert "the patterns of this file look at more than 30 files; name folders" in refused(folder, several)
    parts = "/".join(["*"] * 33)
    assert "has 33 parts; at most 32 are read" in refused(folder, FORMAT + ONE + f'instances = ["{parts}"]')


@pytest.mark.parametrize(
    "pattern", ["[", "[!", "[]", "*" * 500 + "b", "[a-", "\\\\", "x" * 3000, "a/" * 400 + "*", "{a,b}"]
)
def test_odd_patterns_match_nothing(folder: Path, pattern: str) -> None:
    (folder / ("a" * 200)).write_text("")
    assert "key 'instances': " in refused(folder, FORMAT + ONE + f'instances = ["{pattern}"]')


ODD = {
    "NUL": (FORMAT.encode() + b"a = 1\0", ":2: not TOML"),
    "NUL in a string": ((FORMAT + ONE + 'instances = ["a\\u0000b"]').encode(), "holds the control character '\\x00'"),
    "not UTF-8": (FORMAT.encode() + b'[[claim]]\nid = "\xff"', ":3: not UTF-8 text (byte 46); save it as UTF-8"),
    "UTF-16": (FORMAT.encode("utf-16"), "not UTF-8 text (byte 0)"),
    "nothing": (b"", "the key 'format' is missing"),
    "JSON": (b'{"format": "refutable-claims/1"}', ":1: not TOML"),
    "carriage returns alone": (FORMAT.replace("\n", "\r").encode() + b"a = 1", ":1: not TOML"),
    "a surrogate": ((FORMAT + 'a = "\\ud800"').encode(), ":2: not TOML"),
    "no characters": ((FORMAT + ONE + 'reason = ""').encode(), "key 'reason': is empty"),
    "many digits": ((FORMAT + ONE + "tightness = " + "9" * 100_000).encode(), "not TOML: Exceeds the limit"),
    "many hexadecimal digits": (
        (FORMAT + ONE + "tightness = 0x" + "f" * 100_000).encode(),
        "is a number of too many digits; at most 400 letters are read",
    ),
    "a huge count": (
        (FORMAT + ONE + "evidence.drawn = 0x" + "f" * 100_000).encode(),
        "got a number of too many digits",
    ),
    "a huge exponent": ((FORMAT + ONE + "tightness = 1e999999999").encode(), "exponents beyond +-400 are refused"),
    "a huge hunt": ((FORMAT + ONE + "evidence.hunt = 1e300").encode(), "must be between 0 and 604800 seconds"),
    "NaN": ((FORMAT + ONE + "evidence.hunt = nan").encode(), "'nan' is not a finite number"),
    "a date": ((FORMAT + "[[claim]]\nid = 1979-05-27").encode(), "key 'id': must be a string, got a date"),
    "a long text": ((FORMAT + ONE + f'reason = "{"x" * 9000}"').encode(), "has 9000 characters; at most 4000 are read"),
    "a long list": ((FORMAT + ONE + "instances = [" + '"a",' * 2000 + "]").encode(), "has 2000 items; at most 1000"),
    "a long key": ((FORMAT + ONE + "k" * 9000 + " = 1").encode(), "there is no such key"),
    "an escape in a key": ((FORMAT + ONE + '"\\u001b[31m" = 1').encode(), "there is no such key"),
    "an escape in an id": (
        (FORMAT + '[[claim]]\nid = "\\u001b[31m"').encode(),
        "key 'id': holds the control character",
    ),
    "many unknown keys": (
        (FORMAT + "".join(f"k{i} = 1\n" for i in range(9000)) + ONE).encode(),
        "there is no such key",
    ),
    "a list of claims": ((FORMAT + "claim = [1, [], {}]").encode(), "claim 1: must be a table, got the number 1"),
    "a key for all claims": ((FORMAT + "claim = 1").encode(), "must be an array of tables, got the number 1"),
    "another tool": (b"[tool]\nrefutable = 3", "the key 'format' is missing"),
}


@pytest.mark.parametrize("what", ODD)
def test_odd_files_are_refused_in_words(folder: Path, what: str) -> None:
    data, expected = ODD[what]
    assert expected in refused(folder, data)


@pytest.mark.parametrize("text", ["[tool]\nrefutable = 3", "[[tool.refutable]]\n", "tool = 3"])
def test_an_odd_pyproject_is_refused_in_words(folder: Path, text: str) -> None:
    assert "tool.refutable]" in refused(folder, text, "pyproject.toml")
    with pytest.raises(ClaimsError):
        read_claims(find_claims(folder))


def test_a_bomb_in_a_pyproject_is_refused_when_claims_are_looked_for(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(DEEP["dotted keys"])
    with pytest.raises(ClaimsError, match="more than 24 parts"):
        find_claims(folder)


def test_python_that_ends_the_process_is_a_mistake_in_words(folder: Path) -> None:
    (folder / "quits.py").write_text("import refutable, sys\nsys.exit(0)\n")
    assert "quits.py, line 2: SystemExit: 0" in refused(folder, FORMAT + '[[claim]]\nid = "a"\npython = "quits.py:x"')
