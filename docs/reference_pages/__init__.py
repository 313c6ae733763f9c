"""Reference pages of the documentation, written from the program itself: each fact has one home, and it is the code."""

from functools import cache

from reference_pages import (
    action,
    api,
    catalogue,
    claims_file,
    command_line,
    expressions,
    formats,
    papers,
    profiles,
    pytest_options,
)

SECTIONS = (catalogue, papers, command_line, pytest_options, profiles, claims_file, expressions, action, formats, api)


@cache
def pages() -> dict[str, str]:
    """Markdown of every generated page, by its path in the site's sources."""
    return {path: text for section in SECTIONS for path, text in section.pages().items()}
