"""What mkdocs calls while it builds the site: adds the generated reference pages to the files and the navigation."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from reference_pages import pages

THEOREMS = "reference/theorems/"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put a page for each theorem into the navigation."""
    _theorems(config.nav)
    return config


def _theorems(entries: object) -> None:
    for entry in entries if isinstance(entries, list) else []:
        for title, inside in entry.items() if isinstance(entry, dict) else []:
            if inside == [THEOREMS + "index.md"]:
                entry[title] = [*inside, *({_id(path): path} for path in pages() if _is_theorem(path))]
            else:
                _theorems(inside)


def _is_theorem(path: str) -> bool:
    return path.startswith(THEOREMS) and not path.endswith("/index.md")


def _id(path: str) -> str:
    return path.removeprefix(THEOREMS).removesuffix(".md")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    return files
