"""What mkdocs calls while it builds the site: adds the generated reference pages to the files and the navigation."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from reference_pages import pages

GENERATED = ("reference/theorems/", "reference/papers/")
"""Folders of generated pages: an index, and one page a theorem or a paper."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put a page for each theorem and each paper into the navigation."""
    for folder in GENERATED:
        _fill(config.nav, folder)
    return config


def _fill(entries: object, folder: str) -> None:
    for entry in entries if isinstance(entries, list) else []:
        for title, inside in entry.items() if isinstance(entry, dict) else []:
            if inside == [folder + "index.md"]:
                paths = [path for path in pages() if path.startswith(folder) and path not in inside]
                entry[title] = [*inside, *({path.removeprefix(folder).removesuffix(".md"): path} for path in paths)]
            else:
                _fill(inside, folder)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    return files
