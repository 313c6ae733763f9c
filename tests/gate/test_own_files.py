"""The user's own files are looked at while the claims file is read: a bad one is a mistake in it, with a line."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save, save_file

from refutable.theorems.catalogue import domain, theorem
from refutable.theorems.families.two_atoms import two_atoms
from refutable.verify.gate import own_files
from refutable.verify.gate.claims_file import ClaimsError, read_claims
from refutable.verify.gate.own_files import OwnFiles
from refutable.verify.reading import ReadError
from tests.said import Command

FORMAT = 'format = "refutable-claims/1"\n'
NETWORK = FORMAT + '[[network]]\nid = "ours"\nweights = "w.safetensors"\ndata = "{data}"\nstep_size = 1\nloss = "mse"\n'
ONE = '[[claim]]\nid = "one"\ntheorem = "weighted-l1"\n'
WEIGHTS = {"w1": np.ones((2, 1)), "b1": np.ones(2), "w2": np.ones(2), "b2": np.ones(1)}
DATA = {"x": np.ones((3, 1)), "y": np.ones(3)}


@pytest.fixture(params=[True, False], ids=["in full", "beginnings"])
def bounds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether there is room to read files in full."""
    if not request.param:
        monkeypatch.setattr(own_files, "MAX_IN_FULL", 0)
    return bool(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with a sound network, its data and an instance."""
    (tmp_path / ".git").mkdir()
    save_file(WEIGHTS, tmp_path / "w.safetensors")
    save_file(DATA, tmp_path / "d.safetensors")
    (tmp_path / "d.csv").write_text("x,y\n1,2\n")
    (tmp_path / "one.json").write_text(json.dumps(domain("shallow-relu").dump(two_atoms())))
    return tmp_path


def refused(folder: Path, text: str) -> str:
    """The one problem, without the claims file's name."""
    (folder / "claims.toml").write_text(text)
    with pytest.raises(ClaimsError) as caught:
        read_claims(folder / "claims.toml")
    [line] = str(caught.value).splitlines()
    return line.removeprefix(f"{folder / 'claims.toml'}:")


@pytest.mark.usefixtures("bounds")
@pytest.mark.parametrize("data", ["d.safetensors", "d.csv"])
def test_sound_files_are_read(folder: Path, data: str) -> None:
    (folder / "claims.toml").write_text(NETWORK.format(data=data) + ONE + 'instances = ["*.json"]')
    [entry] = read_claims(folder / "claims.toml").entries
    assert ([one.id for one in entry.networks], [one.name for one in entry.instances]) == (["ours"], ["one.json"])


BAD_WEIGHTS = {
    "zip": (b"PK\x03\x04" + bytes(50), "this is a zip archive"),
    "pickle": (pickle.dumps([1] * 20), "this is a pickle"),
    "empty": (b"", "damaged: 0 bytes"),
    "header bomb": ((2**62).to_bytes(8, "little") + bytes(9), "begins with a header of 4611686018427387904 bytes"),
    "within the header": (save(WEIGHTS)[:40], "ends within its header"),
    "within the numbers": (save(WEIGHTS)[:-1], "damaged"),
    "with more numbers": (save(WEIGHTS) + b"0", "damaged"),
    "another network": (save({"w3": np.ones(1)}), "w3 is not known here"),
    "half precision": (save({**WEIGHTS, "b1": np.ones(2, np.float16)}), "b1 is of type 'F16'"),
}


@pytest.mark.usefixtures("bounds")
@pytest.mark.parametrize("what", BAD_WEIGHTS)
def test_a_bad_network_is_told_even_if_no_claim_uses_it(folder: Path, what: str) -> None:
    data, expected = BAD_WEIGHTS[what]
    (folder / "w.safetensors").write_bytes(data)
    problem = refused(folder, NETWORK.format(data="d.csv") + ONE + "networks = []")
    assert problem.startswith("4: network 'ours', key 'weights': w.safetensors: ")
    assert expected in problem


@pytest.mark.usefixtures("bounds")
@pytest.mark.parametrize(
    ("data", "content"), [("d.safetensors", save(WEIGHTS)), ("d.csv", b"1,2\0\n"), ("d.csv", save(DATA))]
)
def test_bad_data_are_told(folder: Path, data: str, content: bytes) -> None:
    (folder / data).write_bytes(content)
    assert refused(folder, NETWORK.format(data=data) + ONE).startswith(f"5: network 'ours', key 'data': {data}")


def test_data_of_another_dimension_and_bad_cells_are_told_of_small_files(folder: Path) -> None:
    (folder / "d.csv").write_text("1,2,3\n")
    assert "data.x[0] has 2 entries, expected d = 1" in refused(folder, NETWORK.format(data="d.csv") + ONE)
    (folder / "d.csv").write_text("1,2\n1,two\n")
    assert refused(folder, NETWORK.format(data="d.csv") + ONE).startswith("5: network 'ours', key 'data': d.csv:2")


@pytest.mark.usefixtures("bounds")
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"[1]", b'{"format": "refutable-instance/1", "model": "sha'])
def test_what_is_no_instance_is_told(folder: Path, content: bytes) -> None:
    (folder / "one.json").write_bytes(content)
    problem = refused(folder, FORMAT + ONE + 'instances = ["one.json"]')
    assert problem.startswith("5: claim 'one', key 'instances': one.json: ")


@pytest.mark.parametrize("subject", ['theorem = "weighted-l1"', 'expression = "loss <= 1"', 'python = "mine.py"'])
def test_an_instance_of_another_domain_is_told(folder: Path, subject: str) -> None:
    (folder / "mine.py").write_text("import refutable\nmine = refutable.claim('loss <= 1')\n")
    other = theorem("delayed-stability")
    (folder / "one.json").write_text(json.dumps(other.domain.dump(other.equality[0].first())))
    problem = refused(folder, f'{FORMAT}[[claim]]\nid = "one"\n{subject}\ninstances = ["one.json"]')
    assert problem == (
        "5: claim 'one', key 'instances': one.json is an instance of delayed-iteration; the claim is about shallow-relu"
    )


def test_many_instances_are_read_in_full_as_far_as_the_bound_goes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (folder / "one.json").read_text()
    monkeypatch.setattr(own_files, "MAX_IN_FULL", 2 * len(text) + 1)
    own, paths = OwnFiles(), [folder / f"{i}.json" for i in range(3)]
    for path in paths:
        path.write_text(text)
    assert [own.model(path) for path in paths] == ["shallow-relu", "shallow-relu", ""]
    assert [own.model(path) for path in paths] == ["shallow-relu", "shallow-relu", ""]


def test_a_long_file_is_no_instance(folder: Path) -> None:
    with (folder / "one.json").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(ReadError, match="larger than"):
        OwnFiles().model(folder / "one.json")


def test_the_command_says_so_and_ends_as_misused(folder: Path, gate: Command) -> None:
    (folder / "w.safetensors").write_bytes(b"PK\x03\x04" + bytes(50))
    (folder / "claims.toml").write_text(NETWORK.format(data="d.csv") + ONE)
    said = gate(folder / "claims.toml")
    assert (said.code, said.out) == (2, "")
    assert "claims.toml:4: network 'ours', key 'weights': w.safetensors: this is a zip archive" in said.err
