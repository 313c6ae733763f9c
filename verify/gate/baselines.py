"""How tight claims were before: the document of an earlier gate, or the frontier of a corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flint import fmpq

from refutable.theorems.exact import NumberError, rational, text
from refutable.theorems.instances import canonical_json
from refutable.verify.gate.findings import enclosed, tighter
from refutable.verify.keeping.frontier import FORMAT as FRONTIER
from refutable.verify.keeping.tightness import tightness
from refutable.verify.paths import ClaimRef
from refutable.verify.reading import ReadError, read_json

FORMAT = "refutable-gate/1"
LARGEST = 64 * 2**20
Known = Mapping[str, Any]


class FailIfError(ReadError):
    """A --fail-if that makes no sense."""


@dataclass(frozen=True)
class Baseline:
    """How tight each claim was, and how much of that may be lost.

    Attributes:
        tightness: "lower", "upper", "touching", "text" by "FILE::ID", or by the claim's entry in a witness as text.
        loss: that may be lost; ``relative``: of what it was.
    """

    tightness: Mapping[str, Known]
    loss: fmpq
    relative: bool

    @property
    def allowed(self) -> str:
        """As it was written: "-1%" or "-0.01"."""
        return f"-{text(self.loss * 100)}%" if self.relative else f"-{text(self.loss)}"

    def of(self, file: str, id: str, ref: ClaimRef) -> Known | None:
        """How tight a claim was; None if that is not known."""
        return self.tightness.get(f"{file}::{id}") or self.tightness.get(canonical_json(ref.document()))

    def gone(self, claimed: Iterable[tuple[str, str]]) -> list[str]:
        """Claims of the baseline that none of ``claimed``, by file and id, is: of those files alone."""
        now = {f"{file}::{id}" for file, id in claimed}
        files = {name.rpartition("::")[0] for name in now}
        return sorted(n for n in self.tightness if n.rpartition("::")[0] in files and n not in now)

    def floor(self, lower: str) -> fmpq:
        """The least tightness that passes, of a claim that was at least as tight as ``lower``."""
        before = rational(lower)
        return before * (1 - self.loss) if self.relative else before - self.loss


def baseline(path: Path, fail_if: str) -> Baseline:
    """The baseline in the JSON document of a gate or of `refutable frontier`.

    Raises:
        ReadError: unreadable, another document, or ``fail_if`` is not like tightness:-1%.
    """
    loss, relative = _loss(fail_if)
    document = read_json(path, LARGEST)
    if document.get("complete") is False:
        raise ReadError(f"{path}: that gate was not tried to the end; make the baseline of a whole run")
    reader = {FORMAT: _of_gate, FRONTIER: _of_frontier}.get(document.get("format", ""))
    if reader is None:
        advice = f"`refutable gate --json > {path.name}` or `refutable frontier --json > {path.name}` writes one"
        raise ReadError(f"{path}: no document of a gate or a frontier; {advice}")
    try:
        found: dict[str, Known] = {}
        for name, known in reader(document):
            if known is not None and tighter(known, found.get(name)):
                found[name] = known
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise ReadError(f"{path}: damaged: a claim lacks its tightness ({problem})") from None
    return Baseline(found, loss, relative)


def _of_gate(document: Known) -> Iterator[tuple[str, Known | None]]:
    for claim in _listed(document["claims"]):
        known = claim["tightness"]
        if known is not None:
            known = {key: known[key] for key in ("lower", "upper", "touching", "text")} | {
                "digest": claim.get("digest")
            }
            if not 0 < rational(known["lower"]) <= rational(known["upper"]):
                raise ValueError(f"left/right between {known['lower']} and {known['upper']} makes no sense")
        yield f"{claim['file']}::{claim['id']}", known


def _of_frontier(document: Known) -> Iterator[tuple[str, Known | None]]:
    for entry in _listed(document["entries"]):
        headline = {"operator": "<=", "left": entry["lhs"], "right": entry["rhs"], "touching": entry["touching"]}
        yield canonical_json(entry["claim"]), enclosed(tightness(headline))


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"a list is needed, not {type(value).__name__}")
    return value


def _loss(written: str) -> tuple[fmpq, bool]:
    quantity, colon, amount = written.partition(":")
    relative = amount.endswith("%")
    try:
        loss = -rational(amount.removesuffix("%"))
    except NumberError:
        loss = fmpq(-1)
    if quantity.strip() != "tightness" or not colon or loss < 0:
        raise FailIfError(f"--fail-if {written!r:.60}: write tightness:-1% (of what it was) or tightness:-0.01")
    return (loss / 100 if relative else loss), relative
