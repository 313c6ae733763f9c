"""Tables and keys of a claims file."""

from __future__ import annotations

from collections.abc import Iterator

from reference_pages.markup import code, page, plain, prose, table
from refutable.verify.gate.specification import (
    DEFAULTS,
    EVIDENCE,
    FORMAT,
    NETWORK,
    claim_table,
    reference,
    top_table,
)


def pages() -> dict[str, str]:
    """One page."""
    return {"reference/claims-file.md": page("Claims file", _body())}


def _body() -> Iterator[str]:
    yield f"`claims.toml`, format `{FORMAT}`, or the same tables under `[tool.refutable]` in `pyproject.toml`."
    yield "It is read by `refutable gate` and `pytest claims.toml`. A mistake is told with its file, line and key, and"
    yield "the nearest valid name."
    yield '\nA number that must be exact is a text such as `"1/2"` or `"0.1"`, or an integer; a float of TOML is'
    yield "taken as the decimal that is written."
    yield "\nThe JSON Schema `claims.schema.json`, in the package under `refutable/verify/gate`, lets editors complete"
    yield "keys and values."
    rows = reference()
    for one in (top_table(), DEFAULTS, claim_table(), EVIDENCE, NETWORK):
        yield f"\n## {plain(one.header)} {{ #{_anchor(one.header)} }}\n\n{prose(one.meaning)}\n"
        if one.one_of:
            yield f"Exactly one of {', '.join(map(code, one.one_of))} must be there.\n"
        yield from table(
            ("key", "is", "if absent", "meaning", "example"),
            [
                (code(r.key), plain(r.kind), plain(r.default), prose(r.meaning), code(r.example) if r.example else "")
                for r in rows
                if r.table == one.header
            ],
        )


def _anchor(header: str) -> str:
    return header.strip("[]").replace(".", "-")
