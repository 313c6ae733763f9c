"""Jobs done by several processes, one search a process and one thread a search, so that times can be compared."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress

from refutable.strategies.supplies import SUPPLIES, supply
from refutable.verify.bench.baselines.optimisers import load
from refutable.verify.bench.jobs import Job, Row

Listener = Callable[[Job, Row], None]
TRIES = 3


def done(jobs: Sequence[Job], workers: int, listener: Listener) -> list[Row]:
    """The rows of all jobs, in their order; ``listener`` hears of each as it ends.

    A job that raises gives a row with an ``error``. Where a process dies, the jobs that were lost with it are done
    again, each at most `TRIES` times in all.
    """
    rows: dict[int, Row] = {}
    with _single_threaded():
        for tried in range(TRIES):
            left = [index for index in range(len(jobs)) if index not in rows]
            if left:  # from the other end next time: a deadly job must not stand before the same ones again
                _round(jobs, left if tried % 2 == 0 else left[::-1], workers, listener, rows)
    for index in range(len(jobs)):
        if index not in rows:
            rows[index] = _told(jobs[index], {**_named(jobs[index]), "error": "its process died"}, listener)
    return [rows[index] for index in range(len(jobs))]


def _round(jobs: Sequence[Job], left: list[int], workers: int, listener: Listener, rows: dict[int, Row]) -> None:
    """Do the jobs that are left, those lost with a process excepted."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _prepare) as pool:
        waiting = {pool.submit(attempt, jobs[index]): index for index in left}
        try:
            for future in as_completed(waiting):
                with suppress(BrokenProcessPool):
                    index = waiting[future]
                    rows[index] = _told(jobs[index], future.result(), listener)
        except BaseException:
            _stop(pool)
            raise


def attempt(job: Job) -> Row:
    """A job's row; what went wrong becomes its ``error``."""
    from refutable.verify.bench.parts import PARTS

    try:
        return {**_named(job), **PARTS[job.part].run(job)}
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(where.filename)}:{where.lineno}"
        return {**_named(job), "error": f"{type(error).__name__}: {error} ({place})"}


def _told(job: Job, row: Row, listener: Listener) -> Row:
    listener(job, row)
    return row


def _named(job: Job) -> Row:
    return {**job.subject.document(), "cold": job.cold, **({"method": job.method} if job.method else {})}


def _prepare() -> None:
    """A worker leaves Ctrl-C to its parent, keeps to one thread, and imports everything before any clock starts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import torch

    torch.set_num_threads(1)
    importlib.import_module("refutable.verify.bench.parts")
    load()
    for domain in SUPPLIES:
        with suppress(Exception):  # the searches that need it will say what is wrong
            supply(domain)


def _stop(pool: ProcessPoolExecutor) -> None:
    pool.shutdown(wait=False, cancel_futures=True)
    for child in multiprocessing.active_children():
        child.terminate()


class _single_threaded:
    """Children that start now use one thread in BLAS and OpenMP."""

    NAMES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")

    def __enter__(self) -> None:
        self._before = {name: os.environ.get(name) for name in self.NAMES}
        os.environ.update(dict.fromkeys(self.NAMES, "1"))

    def __exit__(self, *exception: object) -> None:
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
