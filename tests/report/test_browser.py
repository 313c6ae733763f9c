"""The report in a browser: Debian's Chromium, driven by playwright."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from refutable.verify.report.documents import read_document
from refutable.verify.report.page import page
from refutable.verify.report.words import TERMS
from tests.gate.sample_gate import hostile, red
from tests.report.sample_run import old_document, run_document

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (Debian: apt install chromium)"),
]
DOCUMENTS = ("run", "old", "gate", "hostile")
WIDTHS = (360, 1440)
CONTRAST = """() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const lum = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const back = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll('body *:not(title):not(desc)')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const style = getComputedStyle(e);
    const ink = parse(e.namespaceURI.endsWith('svg') ? style.fill : style.color);
    const [a, b] = [lum(ink), lum(back(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) bad.push(e.outerHTML.slice(0, 120));
  }
  return bad.slice(0, 5);
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    documents = {"run": run_document(folder), "old": old_document(folder), "gate": red(), "hostile": hostile()}
    return {name: _written(folder / name, document) for name, document in documents.items()}


def _written(stem: Path, document: dict[str, Any]) -> Path:
    source = stem.with_suffix(".json")
    source.write_text(json.dumps(document))
    target = stem.with_suffix(".html")
    target.write_text(page(read_document(source)), encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def _opened(browser: Browser, file: Path, width: int = 1440, **more: Any) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900}, **more)
    shown = context.new_page()
    shown.goto(file.as_uri())
    return shown


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_error_and_no_request(browser: Browser, pages: dict[str, Path], name: str) -> None:
    said: list[str] = []
    asked: list[str] = []
    shown = browser.new_page()
    shown.on("console", lambda message: said.append(message.text))
    shown.on("pageerror", lambda problem: said.append(str(problem)))
    shown.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(pages[name].as_uri())
    shown.wait_for_timeout(200)
    assert said == []
    assert asked == [pages[name].as_uri()]
    shown.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_overflow_with_everything_open(browser: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    shown = _opened(browser, pages[name], width)
    _open_all(shown)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    shown.context.close()


def _open_all(shown: Page) -> None:
    shown.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["run", "gate"])
def test_all_text_has_contrast_in_both_schemes(
    browser: Browser, pages: dict[str, Path], name: str, scheme: Any
) -> None:
    shown = _opened(browser, pages[name], color_scheme=scheme)
    _open_all(shown)
    assert (
        shown.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        == {
            "light": "rgb(255, 255, 255)",
            "dark": "rgb(20, 23, 27)",
        }[scheme]
    )
    assert shown.evaluate(CONTRAST) == []
    shown.context.close()


def test_every_fold_opens_and_closes_by_keyboard_without_javascript(browser: Browser, pages: dict[str, Path]) -> None:
    shown = _opened(browser, pages["run"], java_script_enabled=False)
    outer = shown.locator("details:not(details details) > summary")
    assert outer.count() > 5
    for i in range(outer.count()):
        fold = outer.nth(i)
        inside = fold.locator("xpath=..").locator("> :not(summary)").first
        assert not inside.is_visible()
        fold.focus()
        shown.keyboard.press("Enter")
        assert inside.is_visible()
        shown.keyboard.press("Space")
        assert not inside.is_visible()
    shown.context.close()


def test_every_link_leads_to_its_section_by_keyboard(browser: Browser, pages: dict[str, Path]) -> None:
    shown = _opened(browser, pages["run"])
    links = shown.locator("a[href^='#']")
    for i in range(links.count()):
        target = links.nth(i).get_attribute("href") or ""
        links.nth(i).focus()
        shown.keyboard.press("Enter")
        assert shown.evaluate("location.hash") == target
        box = shown.locator(target).bounding_box()
        assert box is not None
        assert box["y"] < 900
        assert box["y"] + box["height"] > 0
    shown.context.close()


def test_the_link_to_the_words_opens_them(browser: Browser, pages: dict[str, Path]) -> None:
    shown = _opened(browser, pages["run"], java_script_enabled=False)
    meaning = shown.get_by_text(TERMS["touching"], exact=True)
    assert not meaning.is_visible()
    shown.locator("nav a[href='#words']").click()
    assert meaning.is_visible()
    shown.context.close()


def test_the_overview_of_long_sources_fits_a_wide_screen(browser: Browser, tmp_path: Path) -> None:
    document = run_document(tmp_path)
    for event in document["events"]:
        event["cited"] = "Mulayoff, Michaeli, Soudry and several others 2021, Theorem 1 and its Corollary 2"
    shown = _opened(browser, _written(tmp_path / "long", document))
    table = shown.locator("#overview .scroll")
    assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
    shown.context.close()


def test_the_first_stop_of_the_keyboard_skips_to_the_overview_and_is_seen(
    browser: Browser, pages: dict[str, Path]
) -> None:
    shown = _opened(browser, pages["run"])
    shown.keyboard.press("Tab")
    focused = shown.locator(":focus")
    assert focused.get_attribute("href") == "#overview"
    box = focused.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert focused.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    shown.context.close()


def test_regions_that_scroll_can_be_reached_by_keyboard(browser: Browser, pages: dict[str, Path]) -> None:
    shown = _opened(browser, pages["run"], 360)
    _open_all(shown)
    stuck = shown.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0 && "
        "['auto', 'scroll'].includes(getComputedStyle(e).overflowX)).map(e => e.outerHTML.slice(0, 200))"
    )
    assert stuck == []
    shown.context.close()


def test_names_and_roles_as_a_screen_reader_meets_them(browser: Browser, pages: dict[str, Path]) -> None:
    shown = _opened(browser, pages["run"])
    _open_all(shown)
    for role in ("banner", "main", "navigation", "contentinfo"):
        assert shown.get_by_role(role).count() == 1  # type: ignore[arg-type]
    pictures = shown.get_by_role("img")
    assert pictures.count() > 3
    snapshot = shown.locator("main").aria_snapshot()
    assert "- img\n" not in snapshot
    assert "- table\n" not in snapshot
    shown.context.close()


def test_what_means_harm_is_shown_as_text(browser: Browser, pages: dict[str, Path]) -> None:
    shown = _opened(browser, pages["hostile"])
    assert shown.locator("script").count() == 0
    assert "<script>" in shown.locator("main").inner_text()
    shown.context.close()
