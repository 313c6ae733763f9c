"""Properties of an item for JUnit XML."""

from __future__ import annotations

from xml.etree import ElementTree

from refutable.verify.gate.outputs.junit import LONGEST, junit_properties
from tests.gate.sample_gate import TIGHT, claim, counterexample, hostile, item, own


def test_what_was_tried_and_what_came_out() -> None:
    one = item("drawn", 120, counts={"holds": 120, "violated": 0, "vacuous": 3, "agrees": 2}, tightness=TIGHT)
    assert dict(junit_properties(claim("bound", one), one)) == {
        "claim": "bound",
        "source": "weighted-l1",
        "kind": "drawn",
        "expected": "holds",
        "verdict": "held",
        "strength": "exact",
        "holds": "122",
        "vacuous": "3",
        "tightest": "1 - 1.0e-3",
    }


def test_a_refutation_names_its_witness() -> None:
    one = item("hunt", verdict="refuted", counterexample=counterexample())
    said = dict(junit_properties(own("folklore", one), one))
    assert said["witness"] == "refutable-witnesses/folklore-0123abcd.json"


def test_everything_can_stand_in_xml() -> None:
    for one in hostile()["claims"]:
        for part in one["items"]:
            for name, value in junit_properties(one, part):
                assert value.isprintable()
                assert len(value) <= LONGEST
                node = ElementTree.Element("property", name=name, value=value)
                assert ElementTree.fromstring(ElementTree.tostring(node)).get("value") == value
