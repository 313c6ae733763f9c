"""What a user installs: the wheel, built from the source distribution."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("theorems", "strategies", "verify")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy of the checkout, so that building leaves nothing behind in it."""
    folder = tmp_path_factory.mktemp("wheel")
    clutter = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("src", *LAYERS):
        shutil.copytree(ROOT / name, folder / "copy" / name, symlinks=True, ignore=clutter)
    for name in ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in", "constraints.txt", "CITATION.cff"):
        shutil.copy(ROOT / name, folder / "copy" / name)
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(folder / "copy")]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [built] = folder.glob("refutable-*.whl")
    return built


def test_holds_every_file_of_the_layers(wheel: Path) -> None:
    here = {
        str(PurePosixPath("refutable", *file.relative_to(ROOT).parts))
        for layer in LAYERS
        for file in (ROOT / layer).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    here |= {"refutable/__init__.py", "refutable/__main__.py", "refutable/py.typed", "refutable_pytest.py"}
    assert here <= set(zipfile.ZipFile(wheel).namelist())


def test_puts_nothing_generic_into_site_packages(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in tops if not name.endswith(".dist-info")} == {"refutable", "refutable_pytest.py"}


def test_every_folder_of_the_checkout_is_a_package() -> None:
    folders = {file.parent for layer in LAYERS for file in (ROOT / layer).rglob("*.py")}
    assert sorted(str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()) == []
