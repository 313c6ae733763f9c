"""Arrays of numbers from safetensors and CSV files: exact, bounded, and never anything that could run code."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from refutable.theorems.exact import NumberError, rational
from refutable.verify.gate.places import ordinary_bytes
from refutable.verify.reading import ReadError, parse_json, printable

PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt", ".npz", ".npy", ".joblib")
REMEDY = "files that may run code are not read; write it with safetensors.torch.save_file(model.state_dict(), FILE)"
MAX_NUMBERS = 2**20
MAX_HEADER = 2**16
MAX_CSV = 16 * 2**20
MAX_CELL = 400
FLOATS = ("F32", "F64")
INTEGERS = ("I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64")
"""Types. Half precision is refused: a network trained in it computes otherwise than its numbers say."""
_FOREIGN = {
    b"PK\x03\x04": "a zip archive, as of torch.save or numpy.savez",
    b"\x93NUMPY": "a numpy file",
    b"\x89HDF": "an HDF5 file",
    b"\x80\x02": "a pickle",
    b"\x80\x03": "a pickle",
    b"\x80\x04": "a pickle",
    b"\x80\x05": "a pickle",
}
"""How files begin that are something else; no safetensors file does, its header would be far too long."""


def read_safetensors(path: Path, *wanted: Mapping[str, bool], integers: bool = False) -> dict[str, NDArray[Any]]:
    """The arrays of a safetensors file.

    Args:
        wanted: names of arrays, and whether each must be there; of several conventions the one nearest to the file.
        integers: whether arrays of integers will do.

    Raises:
        ReadError: no such file, no safetensors file, damaged, too large, other arrays than wanted, arrays of half
            precision or of anything but numbers, NaN or infinite numbers.
    """
    data = ordinary_bytes(path, 8 + MAX_HEADER + 8 * MAX_NUMBERS)
    _described(path, data, wanted, integers)
    try:
        arrays = load(data)
    except (SafetensorError, KeyError, ValueError, TypeError, OverflowError) as problem:
        raise ReadError(f"{path}: damaged: {' '.join(str(problem).split())[:200]}") from None
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ReadError(f"{path}: {name} holds NaN or infinite numbers; the training diverged, or was not finished")
    return dict(arrays)


def check_safetensors(path: Path, *wanted: Mapping[str, bool], integers: bool = False) -> None:
    """Look at the header of a safetensors file and at its length, not at its numbers.

    Raises:
        ReadError: as `read_safetensors`, but for what only the numbers tell.
    """
    start, size = _start(path)
    header = _described(path, start, wanted, integers)
    numbers = ((_numbers(path, name, one), one["dtype"].lstrip("FIU")) for name, one in header.items())
    whole = 8 + int.from_bytes(start[:8], "little") + sum(count * int(bits) // 8 for count, bits in numbers)
    if size != whole:
        raise ReadError(f"{path}: damaged: {size} bytes, and by its header it has {whole}")


def check_csv(path: Path) -> None:
    """Look at how a CSV file begins. Raises ReadError: it is too large, or no text."""
    start, size = _start(path)
    if size > MAX_CSV:
        raise ReadError(f"{path}: larger than {MAX_CSV} bytes; this is no file of its kind")
    if b"\0" in start:
        raise ReadError(f"{path}: not UTF-8 text but binary")


def _start(path: Path) -> tuple[bytes, int]:
    """The bytes that may be a header, and the size of the file."""
    try:
        with path.open("rb") as file:
            return file.read(8 + MAX_HEADER), path.stat().st_size
    except OSError as problem:
        raise ReadError(f"{path}: {problem.strerror or problem}") from None


def _described(path: Path, data: bytes, wanted: Sequence[Mapping[str, bool]], integers: bool) -> dict[str, Any]:
    """The header, in order: the arrays that are wanted, of numbers, not too many."""
    header = _header(path, data)
    _refuse_names(path, set(header), max(wanted, key=lambda names: len(set(names) & set(header))))
    for name, described in header.items():
        _refuse_type(path, name, described, integers)
    if sum(_numbers(path, name, described) for name, described in header.items()) > MAX_NUMBERS:
        raise ReadError(f"{path}: more than {MAX_NUMBERS} numbers; exact verdicts are for smaller networks")
    return header


def _header(path: Path, data: bytes) -> dict[str, Any]:
    """What the file says of its arrays, by name."""
    foreign = next((what for start, what in _FOREIGN.items() if data.startswith(start)), "")
    if foreign or path.suffix.lower() in PICKLES:
        raise ReadError(f"{path}: this is {foreign or 'no safetensors file'}; {REMEDY}")
    length = int.from_bytes(data[:8], "little")
    if len(data) < 10:
        raise ReadError(f"{path}: damaged: {len(data)} bytes are no safetensors file")
    if length > MAX_HEADER:
        raise ReadError(f"{path}: no safetensors file, or damaged: it begins with a header of {length} bytes")
    if len(data) < 8 + length:
        raise ReadError(f"{path}: damaged: it ends within its header")
    header = parse_json(data[8 : 8 + length], str(path))
    header.pop("__metadata__", None)
    return header


def _refuse_names(path: Path, found: set[str], wanted: Mapping[str, bool]) -> None:
    missing = [name for name, needed in wanted.items() if needed and name not in found]
    extra = [printable(name)[:40] for name in sorted(found - set(wanted))][:5]
    if missing or extra:
        lacks = [f"{', '.join(missing)} is missing"] if missing else []
        holds = [f"{', '.join(extra)} is not known here"] if extra else []
        raise ReadError(f"{path}: {' and '.join(lacks + holds)}; wanted are {', '.join(wanted)}")


def _refuse_type(path: Path, name: str, described: Any, integers: bool) -> None:
    found = described.get("dtype") if isinstance(described, dict) else None
    known = FLOATS + (INTEGERS if integers else ())
    if not isinstance(found, str) or found not in known:
        raise ReadError(f"{path}: {name} is of type {found!r:.20}; convert it to float32 or float64")


def _numbers(path: Path, name: str, described: Any) -> int:
    shape = described.get("shape")
    if not isinstance(shape, list) or len(shape) > 8 or not all(type(size) is int and size >= 0 for size in shape):
        raise ReadError(f"{path}: damaged: the shape of {name} makes no sense")
    return math.prod(shape)


def read_csv(path: Path) -> tuple[list[list[fmpq]], list[fmpq]]:
    """Inputs [n, d] and labels [n] of a CSV file: a datum a line, the label last, numbers exact as written.

    The first line may be a header: words, not numbers.

    Raises:
        ReadError: no such file, not UTF-8, too large, lines of different lengths, a cell that is no number; with line.
    """
    try:
        text = ordinary_bytes(path, MAX_CSV).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ReadError(f"{path}: not UTF-8 text (byte {problem.start})") from None
    reader = csv.reader(text.splitlines(), strict=True)
    rows: list[list[fmpq]] = []
    try:
        for cells in reader:
            if not cells or (not rows and reader.line_num == 1 and _is_header(cells)):
                continue
            rows.append(_row(cells, f"{path}:{reader.line_num}", len(rows[0]) if rows else None))
            if len(rows) * len(rows[0]) > MAX_NUMBERS:
                raise ReadError(f"{path}: more than {MAX_NUMBERS} numbers; exact verdicts are for smaller data sets")
    except csv.Error as problem:
        raise ReadError(f"{path}:{reader.line_num}: not CSV: {problem}") from None
    if not rows:
        raise ReadError(f"{path}: holds no data; write a datum a line, the label last")
    return [row[:-1] for row in rows], [row[-1] for row in rows]


def _is_header(cells: Sequence[str]) -> bool:
    return all(cell.strip() and not _is_number(cell) for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)  # NaN too, which is a number gone wrong and no name of a column
    except ValueError:
        return re.fullmatch(r"\s*[+-]?[0-9]+/[0-9]+\s*", cell) is not None
    return True


def _row(cells: Sequence[str], where: str, width: int | None) -> list[fmpq]:
    if width is not None and len(cells) != width:
        raise ReadError(f"{where}: {len(cells)} cells, and {width} in the lines above")
    if len(cells) < 2:
        raise ReadError(f"{where}: one cell; a line holds the inputs and then the label, separated by commas")
    try:
        return [rational(_short(cell), f"{where}: column {i + 1}") for i, cell in enumerate(cells)]
    except NumberError as problem:
        raise ReadError(printable(str(problem))) from None


def _short(cell: str) -> str:
    return cell if len(cell) <= MAX_CELL else "a cell of too many letters"
