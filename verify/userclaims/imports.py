"""Each claim file imports its own modules: two files may have helpers of the same name in different folders.

While a file runs, and while one of its claims is decided, what it imports from its own folders is found there first,
and a module of that name from elsewhere is out of sight. Afterwards its modules are out of sight for everybody else.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any, TypeVar

from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.views import View
from refutable.verify.userclaims.assumptions import assumptions

Taken = TypeVar("Taken")

CLAIMS = "_refutable_claims_"
"""In the names of the modules that claim files are run in: those are nobody's to hide."""
_ONE_AT_A_TIME = threading.RLock()


class OwnImports:
    """What one claim file imports from its own folders."""

    def __init__(self, folders: list[str]) -> None:
        self.folders = folders
        self._modules: dict[str, ModuleType] = {}
        self._inside = False
        self._here: dict[str, bool] = {}
        self._hidden: dict[tuple[str, int], bool] = {}

    @contextlib.contextmanager
    def in_force(self) -> Iterator[None]:
        """While this lasts, imports are looked for in the file's folders first."""
        if self._inside:
            yield
            return
        names = self._names
        hidden = _taken({top for top in names & sys.modules.keys() if self._stands_in_the_way(top)})
        sys.modules.update(self._modules)
        before = names & sys.modules.keys() - self._modules.keys()
        sys.path[:0] = self.folders
        self._inside = True
        try:
            yield
        finally:
            self._inside = False
            for folder in self.folders:
                with contextlib.suppress(ValueError):
                    sys.path.remove(folder)
            new = (names & sys.modules.keys()) - before
            self._modules = _taken({top for top in new if self._own(sys.modules[top])})
            sys.modules.update(hidden)

    @cached_property
    def _names(self) -> frozenset[str]:
        """What may be imported from the folders, and much else."""
        importlib.invalidate_caches()
        return frozenset(entry.partition(".")[0] for folder in self.folders for entry in _entries(folder))

    def deciding(self, claim: Claim) -> Claim:
        """The claim, with these imports in force whenever it, or an assumption of the file's own, is evaluated."""
        known = assumptions(claim.domain.id)
        assumes = (one if known.get(one.id) is one else self._assuming(one) for one in claim.assumes)
        return replace(claim, concludes=self._within(claim.concludes), assumes=tuple(assumes))

    def _assuming(self, one: Assumption) -> Assumption:
        enforce = None if one.enforce is None else self._within(one.enforce)
        return replace(one, checks=self._within(one.checks), enforce=enforce)

    def _within(self, function: Callable[[View], Taken]) -> Callable[[View], Taken]:
        def within(view: View) -> Taken:
            with _ONE_AT_A_TIME, self.in_force():
                return function(view)

        return within

    def _stands_in_the_way(self, top: str) -> bool:
        key = top, id(sys.modules[top])
        if key not in self._hidden:
            self._hidden[key] = self._hides(top)
        return self._hidden[key]

    def builtins(self) -> dict[str, Any]:
        """Python's own, with an import statement that finds the file's modules in later calls too."""
        return {**vars(builtins), "__import__": self._import}

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: tuple[str, ...] = (),
        level: int = 0,
    ) -> ModuleType:
        if level == 0 and not self._is_here(name.partition(".")[0]):
            return builtins.__import__(name, globals, locals, fromlist, level)
        with _ONE_AT_A_TIME, self.in_force():
            return builtins.__import__(name, globals, locals, fromlist, level)

    def _is_here(self, top: str) -> bool:
        if top not in self._here:
            self._here[top] = top in self._modules or PathFinder.find_spec(top, self.folders) is not None
        return self._here[top]

    def _own(self, module: ModuleType) -> bool:
        """Whether a module, not one of a package, was found in the file's folders; compiled ones load but once."""
        file = getattr(module, "__file__", None)
        if file is not None and not file.endswith(".py"):
            return False
        return any(place in self.folders for place in _found_in(module))

    def _hides(self, top: str) -> bool:
        """Whether a module that is loaded already stands in the way of one in the file's folders."""
        module = sys.modules[top]
        if top in sys.stdlib_module_names or top in ("refutable", "__main__") or top.startswith(CLAIMS):
            return False
        places = _found_in(module)
        if not places or any(place in self.folders or _is_installed(place) for place in places):
            return False
        spec = PathFinder.find_spec(top, self.folders)
        return spec is not None and spec.origin is not None


def _taken(tops: set[str]) -> dict[str, ModuleType]:
    """Modules with all that is below them, taken out of sys.modules."""
    names = [name for name in sys.modules if name.partition(".")[0] in tops and CLAIMS not in name]
    return {name: sys.modules.pop(name) for name in names}


def _found_in(module: ModuleType) -> list[str]:
    """The folders that hold a module or package; several for a package without __init__.py."""
    file = getattr(module, "__file__", None)
    try:
        inner = list(getattr(module, "__path__", ()))
    except Exception:  # made up by a program; not on a disk
        return []
    below = inner or ([file] if isinstance(file, str) else [])
    return [os.path.realpath(os.path.dirname(place)) for place in below if isinstance(place, str)]


def _entries(folder: str) -> list[str]:
    """Names in a folder; none in one that may not be looked into."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _is_installed(folder: str) -> bool:
    return os.path.basename(folder) in ("site-packages", "dist-packages")
