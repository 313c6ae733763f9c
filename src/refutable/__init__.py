"""Executable theorems about what gradient training of neural networks can converge to.

`theorems` says what is claimed, `strategies` what it is tried on, `verify` how it is tried.
Importing this package is cheap: nothing heavy is loaded before a public name is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from refutable.models import check_model as check_model
    from refutable.region_counts import regions as regions
    from refutable.theorems.checks import Check as Check
    from refutable.theorems.views import View as View
    from refutable.verify.userclaims.building import claim as claim

    __version__: str

__all__ = ["Check", "View", "__version__", "check_model", "claim", "regions"]

_HOMES = {
    "Check": "refutable.theorems.checks",
    "View": "refutable.theorems.views",
    "check_model": "refutable.models",
    "claim": "refutable.verify.userclaims.building",
    "regions": "refutable.region_counts",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name == "__version__":
        return _version()
    raise AttributeError(f"module 'refutable' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    """The installed version, or a placeholder when the package is only on the path."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("refutable")
    except PackageNotFoundError:
        return "0+uninstalled"
