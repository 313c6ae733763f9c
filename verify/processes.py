"""Work done in other processes, answers in order; nothing is left running, whatever ends it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker
from typing import Any, TypeVar

Chunk = TypeVar("Chunk")
Answer = TypeVar("Answer")

SAFE_PATH = "PYTHONSAFEPATH"


def in_processes(
    work: Callable[[Chunk], Answer],
    chunks: Sequence[Chunk],
    workers: int,
    begin: Callable[..., None],
    arguments: tuple[Any, ...],
) -> Generator[Answer, None, None]:
    """``work`` of every chunk, in order, from at most ``workers`` processes, each of which calls ``begin`` first.

    Ctrl-C reaches this process alone. When the iterator is closed or fails the others are ended at once.

    Raises:
        BrokenProcessPool: a process died; the answers before are good.
    """
    with _modules_of_nobody():
        resource_tracker.ensure_running()  # it unblocks SIGINT here when it is started later
    size = max(1, min(workers, len(chunks)))
    executor = ProcessPoolExecutor(size, get_context("spawn"), initializer=begin, initargs=arguments)
    futures: list[Future[Answer]] = []
    try:
        with uninterrupted(), _modules_of_nobody():
            futures += [executor.submit(work, chunk) for chunk in chunks]
        for future in futures:
            yield future.result()
    finally:
        if not all(future.done() for future in futures):
            # Decisions may take seconds: nobody waits for those that are not wanted any more.
            for process in list((executor._processes or {}).values()):
                process.terminate()
        executor.shutdown(cancel_futures=True)


@contextmanager
def _modules_of_nobody() -> Iterator[None]:
    """Processes started here look for no module in the current folder, where a stranger's may lie.

    Before they take over the path of this process they would find a multiprocessing.py there.
    """
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = before


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back; processes started here inherit that and never see it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
