"""The two ways to start the command line, and the names of the package."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import refutable


@pytest.mark.parametrize(
    "command",
    [[sys.executable, "-P", "-m", "refutable"], [str(Path(sys.executable).with_name("refutable"))]],
    ids=["python -m refutable", "refutable"],
)
def test_help_names_the_commands(command: list[str], tmp_path: Path) -> None:
    told = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True, cwd=tmp_path)
    for name in ("list", "show", "check", "replay"):
        assert name in told.stdout


def test_version_is_the_installed_one() -> None:
    assert refutable.__version__ == metadata.version("refutable")


def test_public_names_exist() -> None:
    assert {"check_model", "__version__"} <= set(dir(refutable))
    assert all(getattr(refutable, name) is not None for name in refutable.__all__)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'chek_model'"):
        _ = refutable.chek_model


def test_plugin_is_an_entry_point() -> None:
    [plugin] = metadata.entry_points(group="pytest11", name="refutable")
    assert plugin.value == "refutable_pytest"
