"""The user's own instances and networks: read exactly, in two readings; everything else refused without being run."""

from __future__ import annotations

import io
import json
import pickle
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq
from safetensors.torch import save_file

import refutable
from refutable.theorems.catalogue import domain, theorem
from refutable.theorems.exact import fraction
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance
from refutable.verify.decide import decide
from refutable.verify.gate.entries import Entry, NetworkFiles
from refutable.verify.gate.own import own_instances, own_networks
from refutable.verify.paths import ClaimPath
from refutable.verify.reading import ReadError
from refutable.verify.userclaims.paths import ExpressionClaim


def model(bias: bool = True) -> torch.nn.Sequential:
    torch.manual_seed(3)
    return torch.nn.Sequential(torch.nn.Linear(2, 3, bias), torch.nn.ReLU(), torch.nn.Linear(3, 1, bias))


def entry(*networks: NetworkFiles, instances: tuple[Path, ...] = ()) -> Entry:
    ref = ClaimPath("weighted-l1", "claim", "weighted-l1")
    return Entry("mine", ref, "weighted-l1", False, "weighted-l1", 1, networks=networks, instances=instances)


@pytest.fixture
def files(tmp_path: Path) -> NetworkFiles:
    weights, data = tmp_path / "weights.safetensors", tmp_path / "data.safetensors"
    save_file(model().state_dict(), weights)
    save_file({"x": torch.tensor([[0.1, 1.0], [2.0, -1.0]]), "y": torch.tensor([1, 0])}, data)
    return NetworkFiles(weights, data, fmpq(1, 10), "mse")


def read(*networks: NetworkFiles) -> list[Instance]:
    """Both readings of each network, one after the other."""
    return [one for _, readings in own_networks(entry(*networks)) for _, one in readings]


def refused(files: NetworkFiles) -> str:
    with pytest.raises(ReadError) as caught:
        read(files)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 800
    return message


def written(path: Path, **arrays: torch.Tensor) -> Path:
    save_file(arrays, path)
    return path


def test_both_readings_have_the_numbers_of_the_files_exactly(files: NetworkFiles) -> None:
    [(name, readings)] = own_networks(entry(replace(files, batch_size=2, id="ours")))
    assert (name, [reading for reading, _ in readings]) == ("ours", ["as trained", "relabelled"])
    trained, relabelled = (one for _, one in readings)
    weights = model().state_dict()
    for name, key in {"w1": "0.weight", "b1": "0.bias", "w2": "2.weight"}.items():
        expected = [Fraction(v) for v in weights[key].double().ravel().tolist()]
        assert [fraction(v) for v in trained[name].ravel()] == expected
    assert fraction(trained["b2"]) == Fraction(weights["2.bias"].item())
    assert fraction(trained["x"][0, 0]) == Fraction(float(np.float32(0.1)))
    assert (list(trained["y"]), trained["batch_size"]) == ([1, 0], 2)
    assert relabelled == trained.replace(y=None)


def test_the_step_size_is_that_of_half_the_mean_square(files: NetworkFiles) -> None:
    steps = [read(replace(files, loss=loss))[0]["step_size"] for loss in ("mse", "half-mse")]
    assert steps == [fmpq(1, 5), fmpq(1, 10)]


@pytest.mark.parametrize("bias", [True, False])
def test_the_instances_are_those_of_check_model(files: NetworkFiles, bias: bool) -> None:
    save_file(model(bias).state_dict(), files.weights)
    x = torch.tensor([[0.1, 1.0], [2.0, -1.0]])
    report = refutable.check_model(model(bias), x, [1, 0], "1/10", loss="mse", batch_size=2)
    files = replace(files, batch_size=2)
    assert read(files) == [report.as_trained.instance, report.relabelled.instance]


def test_arrays_may_have_the_names_of_the_theory(files: NetworkFiles, tmp_path: Path) -> None:
    state = model().state_dict()
    names = {"w1": state["0.weight"], "b1": state["0.bias"], "w2": state["2.weight"][0], "b2": state["2.bias"][0]}
    other = replace(files, weights=written(tmp_path / "named.safetensors", **names))
    assert read(other)[0] == read(files)[0]


def test_networks_of_the_same_files_are_told_apart(files: NetworkFiles, tmp_path: Path) -> None:
    slow, fast = replace(files, id="slow"), replace(files, id="fast", step_size=fmpq(2))
    groups = own_networks(entry(slow, fast))
    assert [name for name, _ in groups] == ["slow", "fast"]
    assert [[one["step_size"] for _, one in readings] for _, readings in groups] == [[fmpq(1, 5)] * 2, [4, 4]]


def test_networks_without_an_id_have_the_names_of_their_files(files: NetworkFiles, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    other = replace(files, weights=tmp_path / "b" / files.weights.name)
    save_file(model().state_dict(), other.weights)
    names = [name for name, _ in own_networks(entry(files, other))]
    assert names == [f"{tmp_path.name}/weights.safetensors", "b/weights.safetensors"]


@pytest.mark.parametrize("header", ["", "kg/m,s,1/s\n", '"first input",second,label\n'])
def test_decimals_of_a_table_are_exact(files: NetworkFiles, tmp_path: Path, header: str) -> None:
    table = tmp_path / "data.csv"
    table.write_bytes(b"\xef\xbb\xbf" + (header + "0.1, 1,1e-3\r\n\r\n2/3,-1,0\r\n").encode())
    instance = read(replace(files, data=table))[0]
    assert [list(row) for row in instance["x"]] == [[fmpq(1, 10), 1], [fmpq(2, 3), -1]]
    assert list(instance["y"]) == [fmpq(1, 1000), 0]


TABLES = {
    "1,2,3\n1,2\n": "data.csv:2: 2 cells, and 3 in the lines above",
    "1,2,3\n1,x,2\n": "data.csv:2: column 2: 'x' is not a finite number",
    "a,2,3\n1,2,3\n": "data.csv:1: column 1: 'a' is not a finite number",
    "nan,nan,nan\n1,2,3\n": "data.csv:1: column 1: 'nan' is not a finite number",
    "1,2,inf\n": "data.csv:1: column 3: 'inf' is not a finite number",
    "1,2,1/0\n": "data.csv:1: column 3: '1/0' divides by zero",
    "1,2,1e999\n": "exponents beyond",
    "1,2," + "9" * 5000: "'a cell of too many letters' is not a finite number",
    "1,2," + "9" * 200_000: "data.csv:1: not CSV: field larger than field limit",
    "1\n2\n": "data.csv:1: one cell",
    'x,y,z\n1,2,"3\n': "data.csv:2: not CSV: unexpected end of data",
    "": "holds no data",
    "x,y,z\n": "holds no data",
    "1,2\n": "data.x[0] has 1 entries, expected d = 2",
}


@pytest.mark.parametrize("text", TABLES, ids=range(len(TABLES)))
def test_a_table_that_makes_no_sense_is_refused_with_its_line(files: NetworkFiles, tmp_path: Path, text: str) -> None:
    table = tmp_path / "data.csv"
    table.write_text(text)
    message = refused(replace(files, data=table))
    assert TABLES[text] in message


def test_a_table_may_be_neither_binary_nor_large(files: NetworkFiles, tmp_path: Path) -> None:
    table = tmp_path / "data.csv"
    table.write_bytes(b"1,2,\xff\n")
    assert "not UTF-8" in refused(replace(files, data=table))
    with table.open("wb") as file:
        file.truncate(17 * 2**20)
    assert "larger than 16777216 bytes" in refused(replace(files, data=table))
    table.write_text("1,2,3,4,5,6,7,8\n" * (2**17 + 1))
    assert "more than 1048576 numbers" in refused(replace(files, data=table))


class Canary:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["weights.pt", "weights.safetensors"])
@pytest.mark.parametrize("form", ["torch", "old torch", "pickle", "numpy", "numpy zip"])
def test_a_pickle_is_refused_and_not_run(files: NetworkFiles, tmp_path: Path, name: str, form: str) -> None:
    canary, path = tmp_path / "canary", tmp_path / name
    with path.open("wb") as file:
        if "torch" in form:
            torch.save({"0.weight": Canary(canary)}, file, _use_new_zipfile_serialization=form == "torch")
        elif form == "pickle":
            pickle.dump(Canary(canary), file)
        elif form == "numpy":
            np.save(file, np.array([Canary(canary)], dtype=object), allow_pickle=True)
        else:
            np.savez(file, w1=np.array([Canary(canary)], dtype=object))
    message = refused(replace(files, weights=path))
    assert message.startswith(str(path))
    assert "safetensors.torch.save_file(" in message
    assert not canary.exists()
    if form in ("torch", "old torch"):
        torch.load(io.BytesIO(path.read_bytes()), weights_only=False)
        assert canary.exists()  # the canary sings where files are unpickled


def raw(header: Any, body: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + body


def array(shape: list[Any], dtype: str = "F32", offsets: tuple[int, int] = (0, 0)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": list(offsets)}


GOOD = {"x": array([1, 2], offsets=(0, 8)), "y": array([1], offsets=(8, 12))}
DAMAGED = {
    "empty": (b"", "0 bytes are no safetensors file"),
    "a header size bomb": (raw(GOOD, bytes(12), 2**62), "begins with a header of 4611686018427387904 bytes"),
    "truncated header": (raw(GOOD)[:30], "ends within its header"),
    "truncated arrays": (raw(GOOD, bytes(11)), "damaged"),
    "bytes left over": (raw(GOOD, bytes(13)), "damaged"),
    "overlapping arrays": (raw(GOOD | {"y": array([1], offsets=(4, 8))}, bytes(8)), "damaged"),
    "not JSON": (raw(b"{{{{"), "not JSON"),
    "nested": (raw(b'{"x":' * 2000), "nested more than"),
    "a name twice": (raw(b'{"x":1,"x":2}'), "stands twice"),
    "a shape bomb": (raw({"x": array([2**40, 2**40]), "y": array([1])}), "more than 1048576 numbers"),
    "a negative shape": (raw({"x": array([-1, 2]), "y": array([1])}), "the shape of x makes no sense"),
    "a shape of words": (raw({"x": array(["a"]), "y": array([1])}), "the shape of x makes no sense"),
    "a shape beyond all bounds": (raw({"x": array([0, 2**70]), "y": array([0], offsets=(0, 0))}), ""),
    "no table": (raw({"x": 1, "y": 2}), "x is of type None"),
    "half precision": (raw({"x": array([1, 2], "F16", (0, 4)), "y": array([1], "F16", (4, 6))}, bytes(6)), "float64"),
    "missing": (raw({"x": GOOD["x"]}, bytes(8)), "y is missing; wanted are x, y"),
    "extra": (raw(GOOD | {"z\x1b": array([0], offsets=(12, 12))}, bytes(12)), "z\\x1b is not known here"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_file_is_refused(files: NetworkFiles, tmp_path: Path, what: str) -> None:
    data, expected = DAMAGED[what]
    path = tmp_path / "damaged.safetensors"
    path.write_bytes(data)
    message = refused(replace(files, data=path))
    assert expected in message
    assert str(path) in message


def test_the_undamaged_file_is_read(files: NetworkFiles, tmp_path: Path) -> None:
    path = tmp_path / "good.safetensors"
    path.write_bytes(raw(GOOD | {"__metadata__": {"format": "pt"}}, bytes(12)))
    assert read(replace(files, data=path))[0]["x"].shape == (1, 2)


def test_a_large_file_is_refused_by_its_size(files: NetworkFiles, tmp_path: Path) -> None:
    path = tmp_path / "large.safetensors"
    with path.open("wb") as file:
        file.truncate(2**30)
    assert "larger than" in refused(replace(files, weights=path))


SHAPES: dict[str, tuple[dict[str, torch.Tensor], str]] = {
    "no bias": ({"0.bias": torch.zeros(2)}, "the first bias has 2 numbers for 3 neurons"),
    "two outputs": ({"2.weight": torch.zeros(2, 3)}, "the last weights are of shape [2, 3]"),
    "a vector": ({"0.weight": torch.zeros(6)}, "the first weights: of shape [6], not [k, d]"),
    "no neuron": ({"0.weight": torch.zeros(0, 2)}, "of shape [0, 2]"),
    "two last biases": ({"2.bias": torch.zeros(2)}, "the last bias is of shape [2]"),
    "NaN": ({"0.bias": torch.tensor([0.0, float("nan"), 0.0])}, "0.bias holds NaN or infinite numbers"),
    "infinite": ({"0.bias": torch.tensor([0.0, -torch.inf, 0.0])}, "0.bias holds NaN or infinite numbers"),
    "brain floats": ({"0.bias": torch.zeros(3, dtype=torch.bfloat16)}, "0.bias is of type 'BF16'; convert"),
    "integers": ({"0.bias": torch.zeros(3, dtype=torch.int64)}, "0.bias is of type 'I64'; convert"),
    "another input": ({"0.weight": torch.zeros(3, 5)}, "d = 5"),
    "a third layer": ({"4.weight": torch.zeros(3, 5)}, "4.weight is not known here"),
    "a foreign module": ({"fc1.weight": torch.zeros(3, 5)}, "fc1.weight is not known here"),
}


@pytest.mark.parametrize("what", SHAPES)
def test_another_network_is_refused(files: NetworkFiles, what: str) -> None:
    changes, expected = SHAPES[what]
    save_file({**model().state_dict(), **changes}, files.weights)
    assert expected in refused(files)


def test_labels_must_be_as_many_as_data(files: NetworkFiles) -> None:
    save_file({"x": torch.zeros(2, 2), "y": torch.zeros(3)}, files.data)
    assert "y is of shape [3]; 2 data have labels of shape [2]" in refused(files)


def test_one_input_needs_no_second_dimension(files: NetworkFiles) -> None:
    save_file(
        {"w1": torch.ones(1, 1), "b1": torch.ones(1), "w2": torch.ones(1), "b2": torch.tensor(0.0)}, files.weights
    )
    save_file({"x": torch.arange(3), "y": torch.zeros(3, 1)}, files.data)
    instance = read(files)[0]
    assert (instance["x"].shape, instance["y"].shape) == ((3, 1), (3,))


def test_a_network_gets_verdicts(files: NetworkFiles) -> None:
    """Of a trained network as it comes, the one reading is no minimum and the other interpolates."""
    trained, _ = read(files)
    assert decide(theorem("weighted-l1").headline, trained).verdict == "vacuous"
    bound = ExpressionClaim("loss <= 0", "shallow-relu", ()).resolve()
    assert [decide(bound, one).verdict for one in read(files)] == ["violated", "holds"]


def saved(path: Path, instance: Instance) -> Path:
    path.write_text(json.dumps(domain(instance.domain).dump(instance)))
    return path


def test_own_instances_are_read_and_named(tmp_path: Path) -> None:
    path = saved(tmp_path / "one.json", two_atoms())
    assert own_instances(entry(instances=(path,))) == [("one.json", two_atoms())]
    (tmp_path / "a").mkdir()
    other = saved(tmp_path / "a" / "one.json", two_atoms())
    names = [name for name, _ in own_instances(entry(instances=(path, other)))]
    assert names == [f"{tmp_path.name}/one.json", "a/one.json"]


def test_an_instance_of_another_domain_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "other.json", theorem("delayed-stability").equality[0].first())
    with pytest.raises(
        ReadError, match=r"other\.json: an instance of delayed-iteration; claim 'mine' is about shallow"
    ):
        own_instances(entry(instances=(path,)))


def test_a_senseless_instance_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"format": "refutable-instance/1", "model": "shallow-relu", "network": {"w1": [[NaN]]}}')
    with pytest.raises(ReadError, match=r"bad\.json: NaN is not a finite number"):
        own_instances(entry(instances=(path,)))
