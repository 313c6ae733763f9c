"""The badge of a gate: JSON for an endpoint of shields.io."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LABEL = "claims"


def badge(document: Mapping[str, Any]) -> dict[str, Any]:
    """What https://shields.io/badges/endpoint-badge draws: "5 held, 1 refuted as listed".

    Returns:
        schemaVersion, label, message, color; and isError where the gate fails, which keeps it from being overridden.
    """
    claims = document["claims"]
    failing = sum(not claim["as_claimed"] and claim["verdict"] != "incomplete" for claim in claims)
    open_ones = sum(claim["verdict"] == "incomplete" for claim in claims)
    if open_ones and not failing:
        message = f"{open_ones} of {len(claims)} not tried to the end"
        return {"schemaVersion": 1, "label": LABEL, "message": message, "color": "lightgrey", "isError": True}
    if failing:
        message = f"{failing} of {len(claims)} not as claimed"
        return {"schemaVersion": 1, "label": LABEL, "message": message, "color": "red", "isError": True}
    return {"schemaVersion": 1, "label": LABEL, "message": _counted(claims) or "none", "color": _color(claims)}


def _counted(claims: Any) -> str:
    """The claims by what became of them."""
    listed = sum(claim["expected"] == "refuted" for claim in claims)
    verdicts = [claim["verdict"] for claim in claims if claim["expected"] != "refuted"]
    names = ("held", "not refuted", *sorted(set(verdicts) - {"held", "not refuted"}))
    counted = [f"{verdicts.count(name)} {name}" for name in names if name in verdicts]
    return ", ".join([*counted, f"{listed} refuted as listed"] if listed else counted)


def _color(claims: Any) -> str:
    if not claims:
        return "lightgrey"
    good = all(claim["verdict"] in ("held", "not refuted") for claim in claims if claim["expected"] != "refuted")
    return "brightgreen" if good else "yellow"
