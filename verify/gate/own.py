"""The user's own: instances and trained networks that a claims file names, as instances of the claim's domain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import Instance, InstanceError
from refutable.verify.gate.entries import Entry, NetworkFiles
from refutable.verify.gate.network_files import read_csv, read_safetensors
from refutable.verify.reading import ReadError, read_instance

SEQUENTIAL = {"0.weight": True, "0.bias": False, "2.weight": True, "2.bias": False}
"""torch.nn.Sequential(Linear, ReLU, Linear): arrays, and whether each must be there (a layer may have no bias)."""
NAMED = {"w1": True, "b1": True, "w2": True, "b2": True}
DATA = {"x": True, "y": True}


def own_instances(entry: Entry) -> list[tuple[str, Instance]]:
    """The instances in the files of an entry, each with its file's name and as much of its folder as tells it apart.

    Raises:
        ReadError: a file cannot be read, or holds an instance of another domain than the claim's.
    """
    domain = entry.ref.resolve().domain
    found = []
    for path in entry.instances:
        instance = read_instance(path)
        if instance.domain != domain.id:
            raise ReadError(f"{path}: an instance of {instance.domain}; claim {entry.id!r} is about {domain.id}")
        found.append((_name(path, entry.instances), instance))
    return found


def own_networks(entry: Entry) -> list[tuple[str, list[tuple[str, Instance]]]]:
    """Each network of an entry by its id, in two readings: as trained, with its labels; and relabelled, y := f(x).

    Two networks of the same files, at different step sizes say, are two networks. Numbers are taken exactly: floats
    as the binary fractions they are, decimals of a CSV file as written. The step size is that of the loss
    1/(2n) sum r^2: twice the given one for the loss "mse".

    Raises:
        ReadError: a file cannot be read, or does not hold such a network and its data.
    """
    domain = entry.ref.resolve().domain
    found = []
    for network in entry.networks:
        instance = network_instance(network, domain)
        readings = [("as trained", instance), ("relabelled", instance.replace(y=None))]
        found.append((network.id or _name(network.weights, [other.weights for other in entry.networks]), readings))
    return found


def _name(path: Path, beside: Sequence[Path]) -> str:
    """The end of a path that none of the others has: the file's name, and folders where that does not tell."""
    others = [other.parts for other in beside if other != path]
    for length in range(1, len(path.parts)):
        if all(other[-length:] != path.parts[-length:] for other in others):
            return "/".join(path.parts[-length:])
    return str(path)


def network_instance(network: NetworkFiles, domain: Domain) -> Instance:
    """The network at its trained weights, with its data and labels. Raises ReadError as `own_networks`."""
    raw = {**_weights(network.weights), **_data(network.data)}
    effective = network.step_size * 2 if network.loss == "mse" else network.step_size
    try:
        return domain.instance(**raw, step_size=effective, batch_size=network.batch_size)
    except InstanceError as problem:
        raise ReadError(f"{network.weights} with {network.data}: {problem}") from None


def _weights(path: Path) -> dict[str, Any]:
    """w1 [k, d], b1 [k], w2 [k], b2 and the groups that were not trained: a layer without bias has bias 0."""
    arrays = read_safetensors(path, SEQUENTIAL, NAMED)
    names = NAMED if "w1" in arrays else SEQUENTIAL
    given = {name: arrays[key] for name, key in zip(NAMED, names, strict=True) if key in arrays}
    w1, w2 = _shaped(path, "the first weights", given["w1"], 2), given["w2"]
    k = len(w1)
    if w2.shape not in ((k,), (1, k)):
        raise ReadError(
            f"{path}: the last weights are of shape {list(w2.shape)}; a scalar output of {k} neurons has [1, {k}]"
        )
    b1 = _shaped(path, "the first bias", given["b1"], 1).tolist() if "b1" in given else [0] * k
    if len(b1) != k:
        raise ReadError(f"{path}: the first bias has {len(b1)} numbers for {k} neurons")
    b2 = given.get("b2")
    if b2 is not None and b2.size != 1:
        raise ReadError(f"{path}: the last bias is of shape {list(b2.shape)}; a scalar output has [1]")
    return {
        "w1": w1.tolist(),
        "b1": b1,
        "w2": w2.reshape(-1).tolist(),
        "b2": None if b2 is None else b2.reshape(-1).tolist()[0],
        "frozen": None if "b1" in given else ["b1"],
    }


def _data(path: Path) -> dict[str, Any]:
    """x [n, d] and y [n]."""
    if path.suffix.lower() == ".csv":
        inputs, labels = read_csv(path)
        return {"x": inputs, "y": labels}
    arrays = read_safetensors(path, DATA, integers=True)
    x, y = arrays["x"], arrays["y"]
    x = x[:, None] if x.ndim == 1 else _shaped(path, "x", x, 2)
    if y.shape not in ((len(x),), (len(x), 1)):
        raise ReadError(f"{path}: y is of shape {list(y.shape)}; {len(x)} data have labels of shape [{len(x)}]")
    return {"x": x.tolist(), "y": y.reshape(-1).tolist()}


def _shaped(path: Path, what: str, array: NDArray[Any], dimensions: int) -> NDArray[np.float64]:
    if array.ndim != dimensions or not array.size:
        wanted = "[k, d]" if what.endswith("weights") else "[n, d]" if dimensions == 2 else "[k]"
        raise ReadError(f"{path}: {what}: of shape {list(array.shape)}, not {wanted}")
    return array
