"""Training a recipe in a folder: going on from what is there, checkpoints on the way, the minima at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from refutable.strategies.engine import train as engine
from refutable.strategies.engine.checkpoint import Checkpoint, Checkpoints
from refutable.strategies.engine.problem import Problem, State
from refutable.strategies.engine.reduction import reduced
from refutable.strategies.training.end_points import EndPoints
from refutable.strategies.training.recipes import Recipe, available
from refutable.strategies.training.run_folder import RunFolder
from refutable.strategies.training.train import Progress, Training, device_kind, initial, slowness, train_recipe

Note = Callable[[str], None]
"""Called with a line that a person should read."""
STEADY = ("backend", "device", "torch", "numpy")
"""What must stay for a resumed run to end bit for bit where an uninterrupted one would."""


@dataclass(frozen=True)
class How:
    """How to train; none of it is part of the recipe.

    Attributes:
        device: ``auto``, ``cpu`` or ``cuda``.
        backend: ``auto`` or a name; see `refutable.strategies.engine.train.backends`.
        threads: CPU threads; None: one for each core.
        every: seconds between two checkpoints.
        relabel: write the minima with the labels y := f(x); None: as they are there, and new ones without.
        versions: of what the result may depend on, for the metadata.
    """

    device: str = "auto"
    backend: str = "auto"
    threads: int | None = None
    every: float = 60.0
    relabel: bool | None = None
    versions: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Session:
    """What one call did.

    Attributes:
        end: the end points; of an interrupted run, where the networks stand.
        training: what was trained now; None where the folder held the minima already.
        resumed: network-steps that had been taken before; 0 for a fresh start.
        backend: who took the steps.
        device: where.
        files: what was written or is there, the minima or the checkpoint among them.
    """

    end: EndPoints
    training: Training | None
    resumed: int
    backend: str
    device: str
    files: tuple[Path, ...]

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C came before the end."""
        return self.training is not None and self.training.interrupted


def train_in_folder(
    recipe: Recipe,
    folder: RunFolder,
    how: How | None = None,
    progress: Progress | None = None,
    note: Note = print,
    accept: Callable[[EndPoints], object] | None = None,
) -> Session:
    """Train a recipe in a folder, or go on with it, or find it done.

    Ctrl-C ends it early with a checkpoint. A run that is gone on with ends bit for bit where it would have ended, given
    the same machine, backend and versions; ``note`` is told where they differ, and where a slower backend must do.
    End points that are there already are given to ``accept`` before their file is written in another reading; what it
    raises goes to the caller, and the file stays.

    Raises:
        FolderError: the folder is another recipe's, damaged, in use, or cannot be written.
        ValueError: the backend or the device is not there, or the recipe needs an absent table.
        OSError: the minima could not be written; the last checkpoint stays.
        KeyboardInterrupt: Ctrl-C at a moment when nothing could be given back; checkpoints stay.
    """
    how = how or How()
    device = device_kind(how.device)
    backend_of(recipe, how.backend, device)
    with folder.alone():
        folder.claim(recipe)
        done = folder.minima(recipe)
        if done is not None:
            return _finished(folder, done, how.relabel, accept or (lambda end: None))
        found = folder.checkpoint(recipe)
        if found is not None and found.skipped:
            note(f"{found.skipped}; going on from {found.path}")
        about = {
            **(how.versions or {}),
            "device": device,
            "backend": _backend(recipe, how.backend, device, found, note),
        }
        _tell_changes(found, about, note)
        training = _train(recipe, folder, how, about, found, progress, note)
        return _ended(folder, training, found, bool(how.relabel), about)


def _train(
    recipe: Recipe,
    folder: RunFolder,
    how: How,
    about: Mapping[str, str],
    found: Checkpoint | None,
    progress: Progress | None,
    note: Note,
) -> Training:
    return train_recipe(
        recipe,
        device=about["device"],
        backend=about["backend"],
        threads=how.threads,
        state=None if found is None else found.state,
        progress=progress,
        save=_Saver(folder.checkpoints(recipe, about), note),
        every=how.every,
    )


def _finished(
    folder: RunFolder, done: EndPoints, relabel: bool | None, accept: Callable[[EndPoints], object]
) -> Session:
    if relabel is not None and done.relabelled != relabel:
        done = replace(done, relabelled=relabel)
        accept(done)
        folder.finish(done)
    about = done.about
    return Session(done, None, 0, about.get("backend", ""), about.get("device", ""), _files(folder, True))


def _ended(
    folder: RunFolder, training: Training, found: Checkpoint | None, relabel: bool, about: Mapping[str, str]
) -> Session:
    end = EndPoints(training.end, relabel, about)
    if not training.interrupted:
        folder.finish(end)
    resumed = 0 if found is None else int(found.state.steps.sum())
    files = _files(folder, not training.interrupted)
    return Session(end, training, resumed, training.backend, about["device"], files)


def _files(folder: RunFolder, finished: bool) -> tuple[Path, ...]:
    last = folder.minima_path if finished else folder.checkpoint_path
    return tuple(path for path in (folder.recipe_path, last) if path.exists())


class _Saver:
    """Writes checkpoints; where that fails training goes on, and the reason is told once."""

    def __init__(self, checkpoints: Checkpoints, note: Note) -> None:
        self.checkpoints, self.note, self.told = checkpoints, note, ""

    def __call__(self, state: State) -> None:
        """Write one."""
        try:
            self.checkpoints.save(state)
            self.told = ""
        except OSError as problem:
            line = f"no checkpoint could be written to {self.checkpoints.folder}: {problem.strerror or problem}"
            if line != self.told:
                self.note(line)
            self.told = line


def backend_of(recipe: Recipe, backend: str, device: str) -> str:
    """Who would take the steps of a recipe.

    Raises:
        ValueError: there is no such backend, it cannot do it here, or the recipe needs an absent table.
    """
    return engine.choose(backend, *_begun(recipe, device)).name


def _begun(recipe: Recipe, device: str) -> tuple[Problem, State]:
    """The first network of a recipe, as a backend gets it."""
    reason = available(recipe)
    if reason is not None:
        raise ValueError(reason)
    one, x, y = initial(replace(recipe, networks=1))
    rule = (recipe.batch_size, recipe.delay, recipe.momentum, recipe.seed)
    problem, state = engine.prepared(one, engine.Data(x, y), float(recipe.eta), *rule, None, device)
    if recipe.inputs > recipe.samples and recipe.steps >= engine.AMORTISED:
        problem, state, _ = reduced(problem, state)
    return problem, state


def _backend(recipe: Recipe, asked: str, device: str, found: Checkpoint | None, note: Note) -> str:
    """The backend asked for; left open, the one that began the run, if it is here."""
    begun = "" if found is None else found.about.get("backend", "")
    if asked == "auto" and begun:
        try:
            return backend_of(recipe, begun, device)
        except ValueError as problem:
            note(f"the run was begun by backend {begun!r}, which cannot go on here ({problem})")
    chosen = backend_of(recipe, asked, device)
    slow = slowness(chosen, engine.passed_over(*_begun(recipe, device))) if asked == "auto" else None
    if slow is not None:
        note(slow)
    return chosen


def _tell_changes(found: Checkpoint | None, about: Mapping[str, str], note: Note) -> None:
    if found is None:
        return
    changed = [
        f"{name} {found.about[name]}, now {about[name]}"
        for name in STEADY
        if name in about and found.about.get(name, about[name]) != about[name]
    ]
    if changed:
        note(f"the run was begun with {'; '.join(changed)}: its end may differ from an uninterrupted one by rounding")
