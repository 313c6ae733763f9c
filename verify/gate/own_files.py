"""Whether the user's own files are what the claims file says: looked at while it is read, so that mistakes have a line.

Files are read in full as long as all of them together are small; of the others what is cheap is looked at, how a file
begins and ends and how long it is. Whatever that leaves unseen is told when the claim is tried.
"""

from __future__ import annotations

from pathlib import Path

from refutable.theorems.domains.domain import Domain
from refutable.verify.gate.entries import NetworkFiles
from refutable.verify.gate.network_files import check_csv, check_safetensors
from refutable.verify.gate.own import DATA, NAMED, SEQUENTIAL, network_instance
from refutable.verify.reading import MAX_BYTES, ReadError, read_instance

MAX_IN_FULL = 4 * 2**20
"""Bytes, of all files of a claims file: about two seconds."""
_MARGIN = 64


class OwnFiles:
    """Looks at each file once."""

    def __init__(self) -> None:
        self._left = MAX_IN_FULL
        self._models: dict[Path, str | ReadError] = {}

    def network(self, files: NetworkFiles, domain: Domain) -> None:
        """Look at a network and its data. Raises ReadError: they cannot be read, or are no instance of the domain."""
        if self._affords(files.weights, files.data):
            network_instance(files, domain)
            return
        check_safetensors(files.weights, SEQUENTIAL, NAMED)
        if files.data.suffix.lower() == ".csv":
            check_csv(files.data)
        else:
            check_safetensors(files.data, DATA, integers=True)

    def model(self, path: Path) -> str:
        """The domain's id in the file of an instance; "" where it was not read in full.

        Raises:
            ReadError: it cannot be read, or holds no instance.
        """
        if path not in self._models:
            try:
                self._models[path] = read_instance(path).domain if self._affords(path) else _check_json(path)
            except ReadError as problem:
                self._models[path] = problem
        found = self._models[path]
        if isinstance(found, ReadError):
            raise found
        return found

    def _affords(self, *paths: Path) -> bool:
        """Whether the files are read in full, which is then paid for."""
        cost = sum(_size(path) for path in paths)
        if cost > self._left:
            return False
        self._left -= cost
        return True


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as problem:
        raise ReadError(f"{path}: {problem.strerror or problem}") from None


def _check_json(path: Path) -> str:
    """Whether a file begins and ends as JSON does."""
    size = _size(path)
    if size > MAX_BYTES:
        raise ReadError(f"{path}: larger than {MAX_BYTES} bytes; this is no instance")
    try:
        with path.open("rb") as file:
            start = file.read(_MARGIN)
            file.seek(max(0, size - _MARGIN))
            end = file.read(_MARGIN)
    except OSError as problem:
        raise ReadError(f"{path}: {problem.strerror or problem}") from None
    if not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise ReadError(f"{path}: not JSON, it does not begin with {{")
    if not end.rstrip().endswith(b"}"):
        raise ReadError(f"{path}: not JSON, it does not end with }}; is it truncated?")
    return ""
