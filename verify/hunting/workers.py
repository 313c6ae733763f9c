"""One hunt in several processes: each searches with a seed of its own, the parent merges what they find.

Every worker has its own pair of pipes and nothing else in common with the others, so that one that is killed at any
moment leaves no lock behind. Only JSON crosses; the parent decides every instance again.
"""

from __future__ import annotations

import hashlib
import json
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from refutable.verify.decide import decide
from refutable.verify.honesty import LeftSide, hollow
from refutable.verify.hunting.documents import result_from
from refutable.verify.hunting.merging import Share, merged, merged_progress
from refutable.verify.hunting.results import Counterexample, Options, Progress, Result
from refutable.verify.hunting.target import Target
from refutable.verify.hunting.worker import GO, STOP, work
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.processes import uninterrupted

GRACE = 2.0
"""Seconds that workers get to hand in their summaries after Ctrl-C."""
HEARTBEAT = 0.1


class WorkersFailed(RuntimeError):
    """No worker came to an end; the message says what each of them met."""


def hunt_in_processes(
    target: Target, options: Options, workers: int, listener: Callable[[Progress], None], folder: Path | None
) -> Result:
    """Hunt ``target`` in ``workers`` processes and merge their results.

    With a time budget the first certified counterexample ends the others. With a budget of evaluations each worker
    gets its share, all of them finish, and the first worker's counterexample counts: the result is deterministic.
    Ctrl-C asks the workers for their summaries. A worker that is killed is named in a note; the others go on.

    Args:
        target: must be what its ``ref`` resolves to: the workers build it again from there.
        folder: of the corpus, None for none.

    Raises:
        WorkersFailed: none of them came to an end.
    """
    crew = _Crew(target, options, workers, folder)
    interrupted = False
    try:
        try:
            crew.start()
            crew.follow(listener)
        except KeyboardInterrupt:
            interrupted = True
            with suppress(KeyboardInterrupt):
                crew.dismiss()
    finally:
        crew.end()
    return crew.result(interrupted)


def kept_counterexample(target: Target, folder: Path, last: Progress) -> Counterexample | None:
    """The counterexample that a worker had kept before it was killed, decided again; None if there is none."""
    corpus = Corpus(folder)
    claim, document = target.claim, target.ref.document()
    for witness in corpus.witnesses(claim.domain.id):
        if witness.verdict == "violated" and witness.claim.document() == document:
            instance = witness.instance
            outcome = decide(claim, instance)
            if outcome.verdict == "violated":
                rule: LeftSide = "positive" if target.theorem is not None else "any"
                why, file = hollow(claim, instance, outcome, rule), corpus.add(witness)
                method = str(witness.provenance.get("method", "a worker that was killed"))
                return Counterexample(
                    instance, outcome, instance, method, last.evaluations, last.seconds, hollow=why, file=file
                )
    return None


def seed_of(seed: int, index: int) -> int:
    """The seed of one worker."""
    return int.from_bytes(hashlib.sha256(f"{seed}/worker {index}".encode()).digest()[:4])


def options_of(options: Options, index: int, workers: int) -> Options:
    """The options of one worker: its own seed, its share of the evaluations."""
    total = options.evaluations
    share = None if total is None else total // workers + (index < total % workers)
    return replace(options, seed=seed_of(options.seed, index), evaluations=share)


@dataclass
class _Worker:
    """A process as its parent sees it."""

    index: int
    process: SpawnProcess
    channel: Connection
    ready: bool = False
    began: bool = False
    stopped: bool = False
    open: bool = True
    last: Progress | None = None
    result: dict[str, Any] | None = None
    trouble: str = ""

    @property
    def certified(self) -> bool:
        """It has a certified counterexample."""
        shrinking = self.last is not None and self.last.phase == "shrinking"
        return shrinking or (self.result is not None and self.result["counterexample"] is not None)

    def tell(self, word: bytes) -> None:
        """Send a word; one that has ended does not hear it."""
        with suppress(OSError):
            self.channel.send_bytes(word)

    def stop(self) -> None:
        """Ask for its summary, once."""
        if not self.stopped:
            self.stopped = True
            self.tell(STOP)

    def hear(self) -> None:
        """Take one message: ready, progress, the result, or an error; the end of the pipe is the worker's."""
        try:
            message = json.loads(self.channel.recv_bytes())
        except (EOFError, OSError):
            self._ended()
            return
        if "ready" in message:
            self.ready = True
        elif "progress" in message:
            self.last = Progress(**message["progress"])
        else:
            self.open = False
            self.result = message.get("result")
            self.trouble = message.get("error", "")

    def _ended(self) -> None:
        self.open = False
        self.process.join(GRACE)
        code = self.process.exitcode
        name = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        self.trouble = f"ended without a result ({name})"


class _Crew:
    """All workers of a hunt, from start to merged result."""

    def __init__(self, target: Target, options: Options, workers: int, folder: Path | None) -> None:
        self.target, self.options, self.size, self.folder = target, options, workers, folder
        self.workers: list[_Worker] = []

    def start(self) -> None:
        """Start the processes. Ctrl-C at the terminal reaches the parent only, from their first moment on."""
        resource_tracker.ensure_running()  # it unblocks SIGINT here when it is started later
        named = self.target.ref.document()
        for index in range(self.size):
            ours, theirs = get_context("spawn").Pipe()
            options = options_of(self.options, index, self.size)
            arguments = (theirs, named, options, self.folder)
            process = get_context("spawn").Process(target=work, args=arguments, daemon=True)
            with uninterrupted():
                process.start()
                self.workers.append(_Worker(index, process, ours))
            theirs.close()

    def follow(self, listener: Callable[[Progress], None]) -> None:
        """Hear the workers until all have ended."""
        told = 0.0
        while self._open():
            self._hear(HEARTBEAT)
            self._begin()
            if self.options.evaluations is None:
                self._stop_beside_the_first_certified()
            if time.monotonic() - told >= HEARTBEAT and any(worker.last for worker in self.workers):
                told = time.monotonic()
                listener(merged_progress([worker.last for worker in self.workers if worker.last]))

    def dismiss(self) -> None:
        """Ask all for their summaries and wait for them a moment; those that have not begun have none."""
        for worker in self._open():
            worker.stop()
        deadline = time.monotonic() + GRACE
        while any(worker.began for worker in self._open()) and time.monotonic() < deadline:
            self._hear(HEARTBEAT)

    def end(self) -> None:
        """Leave no process behind."""
        with uninterrupted():
            for worker in self.workers:
                if worker.open:
                    worker.process.terminate()
                worker.channel.close()
            for worker in self.workers:
                worker.process.join(GRACE)
                if worker.process.is_alive():
                    worker.process.kill()
                    worker.process.join()

    def result(self, interrupted: bool) -> Result:
        """What all found together."""
        shares = [self._share(worker) for worker in self.workers]
        if not interrupted and all(share.result is None for share in shares):
            raise WorkersFailed("; ".join(f"worker {w.index + 1} {w.trouble}" for w in self.workers))
        whole = merged(self.target, self.options, shares, interrupted)
        lost = next((w.last for w in self.workers if w.result is None and w.certified), None)
        if whole.counterexample is None and lost is not None and self.folder is not None:
            whole = replace(whole, counterexample=kept_counterexample(self.target, self.folder, lost))
        return whole

    def _share(self, worker: _Worker) -> Share:
        trouble = worker.trouble
        if worker.open and worker.began:
            trouble = f"did not answer within {GRACE:g} s after Ctrl-C and was ended"
        try:
            result = None if worker.result is None else result_from(worker.result, self.target, self.options)
        except (KeyError, TypeError, ValueError) as problem:
            result, trouble = None, f"sent a result that is not believed: {problem}"
        return Share(worker.index, result, worker.last, trouble)

    def _open(self) -> list[_Worker]:
        return [worker for worker in self.workers if worker.open]

    def _hear(self, seconds: float) -> None:
        by_channel = {id(worker.channel): worker for worker in self._open()}
        for channel in wait([worker.channel for worker in self._open()], seconds):
            by_channel[id(channel)].hear()

    def _begin(self) -> None:
        """Let all begin together, once each has read the corpus: none finds there what another has just found."""
        waiting = [worker for worker in self._open() if not worker.began]
        if waiting and all(worker.ready for worker in waiting):
            for worker in waiting:
                worker.began = True
                worker.tell(GO)

    def _stop_beside_the_first_certified(self) -> None:
        """Once one has a counterexample, stop all others; that one makes it small, undisturbed."""
        first = next((worker for worker in self.workers if worker.certified and not worker.stopped), None)
        for worker in self._open():
            if first is not None and worker is not first:
                worker.stop()
