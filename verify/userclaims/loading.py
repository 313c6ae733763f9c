"""Claims from a user's Python file: read once, run in a module of its own, mistakes told by file and line.

A file may import what is beside it and what its repository holds (the folder of its .git or pyproject.toml, and src
in it), and if it belongs to a package, relative to it: modules of its own, whatever another file calls its own.
Running a file runs its code: load only files you trust. The bytes that are hashed are the bytes that are run; the hash
is of this file alone, not of what it imports.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.claims import Claim
from refutable.verify.reading import MAX_BYTES, ReadError
from refutable.verify.userclaims.blame import line_of
from refutable.verify.userclaims.building import UserCodeError, named
from refutable.verify.userclaims.imports import CLAIMS, OwnImports
from refutable.verify.userclaims.surroundings import import_folders, package_of
from refutable.verify.userclaims.vocabulary import unknown

MARK = b"refutable"
"""A file that never says this word defines no claim and is not run."""


class ClaimFileError(ReadError):
    """A file that gives no claim: one line, what is wrong, where, what to do."""


@dataclass(frozen=True)
class ClaimFile:
    """What a file defines.

    Attributes:
        claims: by the name of the variable.
        others: what other public names hold, for messages.
        sha256: of the file's bytes, hex.
    """

    path: Path
    sha256: str
    claims: Mapping[str, Claim]
    others: Mapping[str, str]

    def only(self) -> str:
        """The name of the one claim; of several, the one called ``claim``.

        Raises:
            ClaimFileError: there is none, or several.
        """
        if not self.claims:
            raise ClaimFileError(f"{self.path}: defines no claim; write mine = refutable.claim('a <= b') in it")
        if len(self.claims) > 1 and "claim" not in self.claims:
            names = ", ".join(self.claims)
            raise ClaimFileError(f"{self.path}: defines several claims, {names}; name one: {self.path}:NAME")
        return "claim" if "claim" in self.claims else next(iter(self.claims))

    def claim(self, name: str) -> Claim:
        """The claim of that name.

        Raises:
            ClaimFileError: there is none; what the name is instead, and the claims that there are. Or it fails on
                every known instance.
        """
        if name in self.claims:
            if (str(self.path), self.sha256, name) not in _TRIED:  # only the one asked for: another may be a draft
                _try_out(self.path, name, self.claims[name])
                _TRIED.add((str(self.path), self.sha256, name))
            return self.claims[name]
        if name in self.others:
            raise ClaimFileError(
                f"{self.path}: {name} is {self.others[name]}, not a claim; {_remedy(self.others[name])}"
            )
        known = list(self.claims)
        if not known:
            raise ClaimFileError(f"{self.path}: defines no claim, and nothing called {name!r:.60}")
        raise ClaimFileError(f"{self.path}: {unknown('claim', name, known, 'here')}")


def _remedy(kind: str) -> str:
    if kind == "a function":
        return "put @refutable.claim above it"
    return "wrap it: refutable.claim('...')" if kind == "a text" else "make it with refutable.claim"


_TRIED: set[tuple[str, str, str]] = set()
_LOADED: dict[tuple[str, str], ClaimFile] = {}


def read_source(path: Path) -> bytes:
    """The bytes of a claim file.

    Raises:
        ClaimFileError: no such file, a folder, a pipe or a device, too large.
    """
    try:
        if path.is_dir():
            raise ClaimFileError(f"{path}: this is a folder; name a Python file in it")
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise ClaimFileError(f"{path}: this is no regular file; name a Python file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as problem:
        raise ClaimFileError(f"{path}: {getattr(problem, 'strerror', None) or problem}") from None
    if len(data) > MAX_BYTES:
        raise ClaimFileError(f"{path}: larger than {MAX_BYTES} bytes")
    return data


def digest_of(data: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(data).hexdigest()


def loaded(path: Path, sha256: str) -> ClaimFile | None:
    """What a file with these bytes gave when this process ran it; None if it did not."""
    return _LOADED.get((str(path.resolve()), sha256))


def load(path: Path) -> ClaimFile:
    """Run a file, once for each content, and collect its claims.

    Raises:
        ClaimFileError: it cannot be read or run, or a claim in it fails on every known instance of its domain.
    """
    data = read_source(path)
    key = (str(path.resolve()), digest_of(data))
    if key not in _LOADED:
        module, own = _run(path, data, key[1])
        public = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        claims = {name: named(own.deciding(v), name) for name, v in public.items() if isinstance(v, Claim)}
        others = {name: _kind(value) for name, value in public.items() if name not in claims}
        _LOADED[key] = ClaimFile(path, key[1], claims, others)
    return _LOADED[key]


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "a text"
    return "a function" if callable(value) else f"of type {type(value).__name__}"


def _run(path: Path, data: bytes, sha256: str) -> tuple[ModuleType, OwnImports]:
    if MARK not in data:
        raise ClaimFileError(f"{path}: no claim file, it does not import refutable; it was not run")
    package, _ = package_of(path)  # the module's name begins with it, for relative imports
    place = hashlib.sha256(str(path.resolve()).encode()).hexdigest()  # equal files may stand in different folders
    name = f"{package}.{CLAIMS}{sha256[:16]}_{place[:8]}".lstrip(".")
    spec = importlib.util.spec_from_loader(name, loader=None, origin=str(path))
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    own = OwnImports(import_folders(path))
    vars(module)["__builtins__"] = own.builtins()
    sys.modules[name] = module  # dataclasses and pickle look a class's module up
    try:
        code = compile(data, str(path), "exec", dont_inherit=True)
        with own.in_force(), contextlib.redirect_stdout(sys.stderr):  # stdout belongs to the command's own answer
            exec(code, vars(module))
    except BaseException as problem:
        sys.modules.pop(name, None)
        if isinstance(problem, KeyboardInterrupt):
            raise
        raise ClaimFileError(_told(path, problem)) from None
    return module, own


def _told(path: Path, problem: BaseException) -> str:
    if isinstance(problem, SyntaxError) and problem.filename == str(path):
        return f"{path}, line {problem.lineno}: SyntaxError: {problem.msg}"
    kind = "" if isinstance(problem, ReadError) else f"{type(problem).__name__}: "
    return f"{path}{line_of(problem, str(path))}: {kind}{' '.join(str(problem).split()):.600}"


def _try_out(path: Path, name: str, one: Claim) -> None:
    """A claim whose function fails on every known instance is refused at once, not found undecided for ever."""
    families = {f.id: f for t in CATALOGUE if t.domain.id == one.domain.id for f in t.equality}
    failure: UserCodeError | None = None
    for family in families.values():
        try:
            list(one.concludes(one.domain.view(family.first())))
            return
        except UserCodeError as problem:
            failure = problem
        except (LookupError, ArithmeticError, ValueError):
            continue
    if failure is not None:
        raise ClaimFileError(f"{path}: claim {name} fails: {failure}") from None
