"""The badge of a gate: what shields.io reads from an endpoint."""

from __future__ import annotations

import pytest

from refutable.verify.gate.outputs.badge import badge
from tests.gate.sample_gate import claim, failing, gate, green, hostile, item, listed, own, red

COLORS = {"brightgreen", "yellow", "red", "lightgrey"}


@pytest.mark.parametrize("document", [green(), red(), hostile(), gate()])
def test_it_is_what_an_endpoint_may_say(document: dict[str, object]) -> None:
    made = badge(document)
    assert (made["schemaVersion"], made["label"]) == (1, "claims")
    assert set(made) <= {"schemaVersion", "label", "message", "color", "isError"}
    assert made["message"]
    assert made["color"] in COLORS


@pytest.mark.parametrize(
    ("claims", "message", "color"),
    [
        ((), "none", "lightgrey"),
        ((claim("a"), claim("b"), own("c", **listed())), "2 held, 1 refuted as listed", "brightgreen"),
        ((claim("a"), own("b", verdict="not refuted")), "1 held, 1 not refuted", "brightgreen"),
        (
            (claim("a"), own("b", item("drawn"), verdict="undecided", allow=["undecided"])),
            "1 held, 1 undecided",
            "yellow",
        ),
        ((claim("a"), failing("b", "refuted")), "1 of 2 not as claimed", "red"),
        ((own("a", expected="refuted", verdict="not refuted", as_claimed=False),), "1 of 1 not as claimed", "red"),
    ],
)
def test_message_and_color(claims: tuple[dict[str, object], ...], message: str, color: str) -> None:
    made = badge(gate(*claims))
    assert (made["message"], made["color"], "isError" in made) == (message, color, color == "red")
