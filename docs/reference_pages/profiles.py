"""The profiles: how much each tries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from reference_pages.markup import code, page, plain, prose, table
from refutable.verify.profiles import PREFIX, PROFILES, Profile

_ATTRIBUTE = re.compile(r"^ {4,}(\w+): (.*(?:\n {12,}.*)*)", re.M)


def pages() -> dict[str, str]:
    """One page."""
    return {"reference/profiles.md": page("Profiles", _body())}


def _body() -> Iterator[str]:
    yield "A profile says how much is tried, in counts and never in seconds. A run is reproducible by its profile and"
    yield "seed."
    yield f"Each name may be written with the prefix `{PREFIX}`, as pytest's footer does."
    meaning = {name: " ".join(text.split()) for name, text in _ATTRIBUTE.findall(Profile.__doc__ or "")}
    names = [f.name for f in fields(Profile) if f.name != "name"]
    header = ("", *(code(name) for name in PROFILES), "meaning")
    rows = [
        (code(n), *(plain(_value(getattr(p, n))) for p in PROFILES.values()), prose(meaning.get(n, ""))) for n in names
    ]
    yield from table(header, rows)
    yield "The profile is named by `--refutable-profile`, by `$REFUTABLE_PROFILE`, or by the ini setting"
    yield "`refutable_profile`; see [pytest options](pytest.md)."


def _value(value: Any) -> str:
    if is_dataclass(value):
        return ", ".join(f"{f.name} {getattr(value, f.name)}" for f in fields(value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
