"""The pytest side of gates: a claims file is collected as one item for each claim and kind of evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from refutable.run_options import RunOptions
from refutable.verify.gate.baselines import baseline
from refutable.verify.gate.claims_file import read_claims
from refutable.verify.gate.documents import header
from refutable.verify.gate.entries import ClaimsFile, Entry
from refutable.verify.gate.items import Item, items
from refutable.verify.gate.outputs.junit import junit_properties
from refutable.verify.gate.run import GateRun
from refutable.verify.gate.running import headers
from refutable.verify.keeping.corpus import corpus_folder
from refutable.verify.reading import ReadError, printable
from refutable_pytest import CLAIM_HEADERS, CLAIM_STASH, options_of

RUN = pytest.StashKey[GateRun]()


class NotAsClaimed(Exception):
    """An item that did not pass; the message says why."""


class ClaimsToml(pytest.File):
    """A claims file: a collector of claims."""

    def collect(self) -> Iterator[pytest.Collector]:
        """One node a claim; a file that cannot be read is a collection error, exit code 2."""
        options = options_of(self.config)
        try:
            run = gate_run(self.config)
            file = read_claims(self.path, code=options.code)
            found = list(items(file, run))
            self.config.stash.setdefault(CLAIM_HEADERS, []).extend(head for head, _ in headers(file, run))
        except ReadError as problem:
            raise self.CollectError(printable_lines(str(problem))) from None
        for entry in file.entries:
            mine = [item for item in found if item.entry.id == entry.id]
            yield ClaimNode.from_parent(self, name=entry.id, file=file, entry=entry, items=mine)


class ClaimNode(pytest.Collector):
    """One claim: a collector of its items."""

    def __init__(self, *, file: ClaimsFile, entry: Entry, items: list[Item], **more: Any) -> None:
        super().__init__(**more)
        self.file, self.entry, self.items = file, entry, items

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each kind of evidence."""
        for item in self.items:
            node = ClaimItem.from_parent(self, name=item.kind, item=item)
            # With --dist loadgroup the items of a claim share what they find.
            node.add_marker(pytest.mark.xdist_group(f"{self.path}::{self.name}"))
            yield node


class ClaimItem(pytest.Item):
    """One claim tried in one way."""

    def __init__(self, *, item: Item, **more: Any) -> None:
        super().__init__(**more)
        self.item = item

    def runtest(self) -> None:
        """Try it; fails where it is not as claimed, skips where there is no such evidence."""
        run = gate_run(self.config)
        claim, found = header(self.item, run), self.item.run(run)
        self.stash[CLAIM_STASH] = {"claim": claim, "item": found}
        self.user_properties.extend(junit_properties(claim, found))
        if not found["passed"]:
            raise NotAsClaimed("\n\n".join(found["problems"]))
        if found["verdict"] == "untried" or self.item.kind == "refused":
            pytest.skip(found["notes"][0] if found["notes"] else "there is no such evidence for this claim")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *more: Any, **named: Any) -> Any:
        """The reason alone where the claim failed, the first line of it for summaries; a traceback where we did."""
        if not isinstance(excinfo.value, NotAsClaimed):
            return super().repr_failure(excinfo, *more, **named)
        line = self.item.entry.line
        first = f"{self.path.name}:{line}: {self._reason()}"
        told = excinfo.getrepr(style="native")  # plain text has no place for what summaries and JUnit show
        told.reprtraceback.reprentries[0].lines = [f"{first}\n{printable_lines(str(excinfo.value))}\n"]
        if told.reprcrash is not None:
            told.reprcrash.path, told.reprcrash.lineno, told.reprcrash.message = str(self.path), line, first
        return told

    def _reason(self) -> str:
        """The claim, the verdict and what decides it, in one line."""
        found = self.stash[CLAIM_STASH]["item"]
        one = found["counterexample"]
        why = found["problems"][0] if one is None else one["comparison"]
        return printable(f"{self.item.entry.id} {found['verdict']}: {why.splitlines()[0]}")

    def reportinfo(self) -> tuple[Path, int, str]:
        """The claim's place in its file."""
        return self.path, self.item.entry.line - 1, f"{self.item.entry.id} {self.item.kind}"


def printable_lines(text: str) -> str:
    """The text with escape sequences written out, its lines kept."""
    return "\n".join(map(printable, text.splitlines()))


def gate_run(config: pytest.Config) -> GateRun:
    """The run of this process, made once. Raises ReadError: the baseline cannot be read."""
    if RUN not in config.stash:
        options = options_of(config)
        config.stash[RUN] = _made(options)
    return config.stash[RUN]


def _made(options: RunOptions) -> GateRun:
    before = baseline(Path(options.baseline), options.fail_if) if options.baseline is not None else None
    kept = corpus_folder(None if options.corpus is None else Path(options.corpus))
    return GateRun(options.profile, options.seed, options.device, Path(options.witnesses), kept, before)
