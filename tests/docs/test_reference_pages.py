"""The generated pages say everything that is in the program, and the site needs nothing from elsewhere."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.records import Theorem, all_mutants
from refutable.verify.profiles import PROFILES
from tests.docs.blocks import ROOT

MISSING = "the documentation's tools are not installed: pip install 'refutable[docs]'"
pytest.importorskip("yaml", reason=MISSING)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    code = "import json, sys; from reference_pages import pages; json.dump(pages(), sys.stdout)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "docs", capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("record", CATALOGUE, ids=lambda record: record.id)
def test_a_theorem_has_a_page_with_all_of_its_record(record: Theorem, pages: dict[str, str]) -> None:
    text = pages[f"reference/theorems/{record.id}.md"]
    claims = (*record.claims, *record.links, *(one.claim for one in record.integrated))
    assert text.count("<math ") == sum(bool(claim.latex) for claim in claims)
    ids = [one.id for several in (record.assumptions, record.equality, all_mutants(record)) for one in several]
    assert [id for id in ids if id.replace("-", "&#45;") not in text] == []
    assert f"({record.id}.md)" in pages["reference/theorems/index.md"]


@pytest.mark.parametrize("record", CATALOGUE, ids=lambda record: record.id)
def test_a_theorem_is_on_the_page_of_its_paper(record: Theorem, pages: dict[str, str]) -> None:
    inside = [path for path in pages if path.startswith("reference/papers/") and f"/{record.id}.md)" in pages[path]]
    assert inside[0] == "reference/papers/index.md"
    assert len(inside) == 2
    for path in inside:
        text = html.unescape(pages[path])
        assert [claim.id for claim in record.claims if claim.statement not in text] == []
        assert f"<code>{record.status}</code>" in text
        assert record.source.note in text


def test_the_command_line_page_has_every_option(pages: dict[str, str]) -> None:
    text = pages["reference/command-line.md"].replace("&#45;", "-")
    sources = (ROOT / "verify/commands").glob("*.py")
    options = {o for source in sources for o in re.findall(r'add_argument\(\s*"(--[\w-]+)"', source.read_text())}
    assert len(options) > 30
    assert sorted(option for option in options if option not in text) == []


def test_the_pytest_page_has_every_option_and_setting(pages: dict[str, str]) -> None:
    text = pages["reference/pytest.md"].replace("&#45;", "-").replace("&#95;", "_")
    source = (ROOT / "src/refutable/run_options.py").read_text()
    names = re.findall(r'addoption\(\s*"(--[\w-]+)"', source) + re.findall(r'addini\(\s*"(\w+)"', source)
    assert len(names) > 8
    assert [name for name in names if name not in text] == []


def test_the_profiles_page_has_every_profile(pages: dict[str, str]) -> None:
    text = pages["reference/profiles.md"]
    assert [name for name in PROFILES if f"<code>{name}</code>" not in text] == []
    (drawn,) = (line for line in text.splitlines() if line.startswith("| <code>drawn</code>"))
    assert [f"{p.drawn:,}" for p in PROFILES.values()] == [cell.strip() for cell in drawn.split("|")[2:-2]]


class Loaded(HTMLParser):
    """Addresses that a browser fetches by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "img", "iframe", "source", "video"):
            self.addresses.append(given.get("src") or "")
        if tag == "link" and given.get("rel") != "canonical":
            self.addresses.append(given.get("href") or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs", reason=MISSING)
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    built = sorted(site.rglob("*.html"))
    assert len(built) > len(CATALOGUE) + 20
    for page in built:
        found = Loaded()
        found.feed(page.read_text())
        assert found.addresses
        assert [address for address in found.addresses if re.match(r"(https?:)?//", address)] == [], page
    assert "url(http" not in "".join(style.read_text() for style in site.rglob("*.css"))


@pytest.mark.slow
def test_what_pages_include_is_in_the_site(site: Path) -> None:
    assert [page for page in site.rglob("*.html") if "--8" in page.read_text()] == []
    assert "WEIGHTED_L1" in (site / "how-to/add-a-theorem.html").read_text()


@pytest.mark.slow
def test_pages_opened_from_a_folder_fit_the_screen_and_can_be_searched(site: Path) -> None:
    browsers = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium")
    errors: list[str] = []
    with browsers.sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width in (360, 1440):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.on("pageerror", lambda error: errors.append(str(error)))
            for path in ("index", "reference/theorems/weighted-l1", "reference/api", "how-to/gate-ci"):
                page.goto(f"file://{site}/{path}.html")
                assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (width, path)
        page.goto(f"file://{site}/index.html")
        page.fill("input[name=query]", "stability")
        page.wait_for_function("/matching documents/.test(document.querySelector('.md-search-result__meta').innerText)")
        assert page.locator(".md-search-result__item").count() > 3
        browser.close()
    assert errors == []
