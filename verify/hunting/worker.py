"""One process of a hunt in several: what it runs, and how its parent stops it."""

from __future__ import annotations

import _thread
import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import redirect_stderr, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from refutable.theorems.instances import Instance
from refutable.verify.hunting.results import Options, Progress
from refutable.verify.keeping.corpus import Corpus

GO, STOP = b"go", b"stop"
FAREWELL = 2.0
"""Seconds after which a worker whose parent is gone ends, whatever it is doing."""


def work(channel: Connection, named: Mapping[str, Any], options: Options, folder: Path | None) -> None:
    """Hunt the claim that ``named`` names and send the result; the body of a worker process.

    Messages, each a JSON object with one key: ready, progress, then result (null where it was stopped before it
    began) or error.
    """
    sys.stdout = sys.stderr  # what a user's claim prints must not reach the parent's document
    try:
        message = {"result": _hunted(channel, named, options, folder)}
    except KeyboardInterrupt:
        message = {"result": None}
    except Exception as problem:
        message = {"error": f"met an error ({type(problem).__name__}: {problem})"}
    _send(channel, message)


def _hunted(channel: Connection, named: Mapping[str, Any], options: Options, folder: Path | None) -> Any:
    import torch

    from refutable.verify.hunting.documents import document, progress_document, target_from
    from refutable.verify.hunting.hunt import hunt

    torch.set_num_threads(1)
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        target = target_from(named)  # the parent has shown what a user's file prints
    corpus = None if folder is None else _Snapshot(folder, target.claim.domain.id)
    _send(channel, {"ready": True})
    if channel.recv_bytes() != GO:
        return None

    def listener(progress: Progress) -> None:
        _send(channel, {"progress": progress_document(progress)})

    watch, result = _Watch(channel), None
    with suppress(KeyboardInterrupt):  # one that comes when the hunt has just ended must not lose its result
        result = hunt(target, options, listener, corpus)
        watch.end()
    return None if result is None else document(result)


def _send(channel: Connection, message: Mapping[str, Any]) -> None:
    with suppress(OSError):  # the parent is gone: the watch ends this process
        channel.send_bytes(json.dumps(message, allow_nan=False).encode())


class _Snapshot(Corpus):
    """A corpus that offers what was in it when the worker began; what is found is kept as ever.

    What another worker finds meanwhile must not decide what this one tries, or the result would depend on timing.
    """

    def __init__(self, folder: Path, domain: str) -> None:
        super().__init__(folder)
        self._began_with = {domain: super().instances(domain)}

    def instances(self, domain: str) -> list[Instance]:
        """The instances of a domain that were kept at the beginning."""
        return self._began_with[domain] if domain in self._began_with else super().instances(domain)


class _Watch:
    """Waits for the parent's word or its end, and interrupts the hunt as Ctrl-C does."""

    def __init__(self, channel: Connection) -> None:
        self.channel, self.lock, self.over = channel, threading.Lock(), False
        threading.Thread(target=self._wait, daemon=True).start()

    def end(self) -> None:
        """The hunt is over: nothing is interrupted any more."""
        with self.lock:
            self.over = True

    def _wait(self) -> None:
        gone = self._heard_end()
        with self.lock:
            if not self.over:
                _thread.interrupt_main()
        if gone or self._heard_end():
            time.sleep(FAREWELL)
            os._exit(1)

    def _heard_end(self) -> bool:
        """Wait for a message; whether the pipe ended instead."""
        try:
            self.channel.recv_bytes()
        except (EOFError, OSError):
            return True
        return False
