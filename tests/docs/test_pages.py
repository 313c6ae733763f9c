"""The documentation says what the program does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, Played, included, play, unplayed
from tests.docs.readme_blocks import PAGES, README

DOCS = ROOT / "docs"
SLOW = "<!-- slow -->"
"""First line of a page whose examples take long."""


def pages(slow: bool) -> list[object]:
    marks = [pytest.mark.slow] if slow else []
    chosen = [page for page in PAGES if page.read_text().startswith(SLOW) == slow]
    return [pytest.param(page, id=page.relative_to(DOCS).as_posix(), marks=marks) for page in chosen]


@pytest.mark.parametrize("page", pages(slow=False) + pages(slow=True))
def test_a_page_shows_what_its_examples_print(page: Path) -> None:
    assert [one for one in play(page.read_text()) if not one.agree] == []


@pytest.mark.parametrize("page", [README, *PAGES], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_is_run_or_says_why_not(page: Path) -> None:
    assert unplayed(page.read_text()) == []


def test_what_pages_include_is_there() -> None:
    """An include line that is written otherwise is shown as it stands, and nothing else complains."""
    texts = [page.read_text() for page in PAGES]
    paths = [path for text in texts for path in included(text)]
    assert len(paths) == sum(text.count("--8") for text in texts) > 2
    assert [path for path in paths if not (ROOT / path).is_file()] == []


PAGE = """
<!-- file a/note.txt -->
```
seven
```

<!-- run -->
```console
$ cat a/note.txt
seven
$ ls | wc -l
{count}
```

<!-- python -->
```python
print(open("a/note.txt").read().strip(), 6)
```

<!-- output -->
```
{word} 12
```
"""


@pytest.mark.parametrize(
    ("count", "word", "agree"),
    [
        ("2", "seven", [True, True, True, True]),
        ("3", "seven", [True, False, True, True]),  # numbers count in `run`
        ("2", "eight", [True, True, True, False]),  # and are left out of `output`
    ],
)
def test_a_wrong_output_is_seen(count: str, word: str, agree: list[bool]) -> None:
    assert [one.agree for one in play(PAGE.format(count=count, word=word))] == agree


def test_a_failing_command_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="exited 127"):
        list(play("<!-- run -->\n```console\n$ no-such-command\n```\n"))


def test_an_unknown_kind_of_block_is_an_error() -> None:
    with pytest.raises(ValueError, match="no such kind"):
        list(play("<!-- ran -->\n```console\n$ true\n```\n"))


@pytest.mark.parametrize("language", ["console", "python", "py", "sh", "bash", "toml", "yaml", "json"])
def test_a_block_without_a_comment_is_seen(language: str) -> None:
    bare, said = f"Say:\n```{language}\ntrue\n```\n", f"<!-- not run: true -->\n```{language}\ntrue\n```\n"
    assert unplayed(bare + said) == ["Say:"]
    assert unplayed(said.replace(": true", "")) == ["<!-- not run -->"]
    assert unplayed(said.replace("not run: true", "output")) == ["<!-- output -->"]
    assert unplayed(bare.replace("true", '--8<-- "README.md"')) == []
    assert unplayed(bare.replace("true", '--8 < --"README.md"')) == ["Say:"]


def test_pages_on_mnist_find_images() -> None:
    (found,) = play("<!-- run -->\n```console\n$ ls mnist  # --mnist mnist\n```\n")
    assert found.now.splitlines()[1:] == ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]


def test_outputs_name_no_temporary_folder() -> None:
    (found,) = play("<!-- run -->\n```console\n$ pwd\n/home/you/paper\n```\n")
    assert found == Played("$ pwd\n/home/you/paper\n", "$ pwd\n/home/you/paper\n", exact=True)
