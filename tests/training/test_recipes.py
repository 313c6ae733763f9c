"""Recipes: what is refused, and a digest that never moves by accident."""

import importlib.util
import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from refutable.strategies.training import recipes
from refutable.strategies.training.recipes import Recipe, available
from refutable.strategies.training.standard import PROFILES, standard

BASE = Recipe(5, 12, 1, 4, 4, "uniform", "sine", "1/5", 200)


def test_the_digest_is_pinned() -> None:
    """A change here invalidates every cache and the corpus: then raise the format version as well."""
    assert BASE.to_json() == (
        '{"batch_size":null,"data":"uniform","delay":0,"format":"refutable-recipe/2","inputs":1,'
        '"labels":"sine","momentum":0.0,"networks":12,"neurons":4,"samples":4,"seed":5,"spread":1.0,"step_size":"1/5","steps":200}'
    )
    assert BASE.digest() == "d1cde57df735c40664ba5596d20350a0f1405e075d71d9304420d71e303c5805"


def test_the_digest_depends_on_every_field_and_on_nothing_else() -> None:
    others = {
        "seed": 6, "networks": 13, "inputs": 2, "neurons": 5, "samples": 5, "data": "gaussian",
        "labels": "noise", "step_size": "1/6", "steps": 201, "batch_size": 2, "spread": 0.5,
        "delay": 1, "momentum": 0.5,
    }  # fmt: skip
    digests = {replace(BASE, **{name: value}).digest() for name, value in others.items()}  # type: ignore[arg-type]
    assert len(digests | {BASE.digest()}) == len(others) + 1
    assert replace(BASE, spread=1).digest() == BASE.digest()


def test_json_round_trip() -> None:
    recipe = replace(BASE, batch_size=3, spread=0.25)
    assert Recipe.from_json(recipe.to_json()) == recipe


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seed", -1), ("seed", 2**63), ("networks", 0), ("inputs", 0), ("neurons", 0), ("samples", 0),
        ("samples", True), ("steps", -1), ("steps", 1.5), ("data", "mnist"), ("labels", "table"),
        ("labels", "x"),
        ("step_size", "0"), ("step_size", "-1/5"), ("step_size", "1/0"), ("step_size", "nan"),
        ("step_size", "inf"),
        ("step_size", "1e99999999"), ("step_size", "1e-99999999"), ("step_size", "9" * 500),
        ("step_size", 0.2), ("step_size", "1e999"), ("batch_size", 0), ("batch_size", 5), ("spread", 0.0),
        ("spread", float("nan")), ("spread", float("inf")), ("spread", True),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=field):
        replace(BASE, **{field: value})


def test_a_table_cannot_give_more_than_it_has() -> None:
    with pytest.raises(ValueError, match="442 rows and 10 columns"):
        replace(BASE, data="diabetes", inputs=11)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "refutable-recipe/0"}', "null"])
def test_other_json_is_not_a_recipe(text: str) -> None:
    with pytest.raises(ValueError, match="a recipe must be"):
        Recipe.from_json(text)


def test_missing_and_unknown_fields_are_named() -> None:
    document = json.loads(BASE.to_json())
    document["colour"] = document.pop("seed")
    with pytest.raises(ValueError, match=r"unknown \['colour'\], missing \['seed'\]"):
        Recipe.from_document(document)


def test_an_absent_table_gives_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "scikit-learn" in (available(replace(BASE, data="digits")) or "")
    assert available(BASE) is None


def test_the_standard_profiles_cover_the_regimes() -> None:
    for profile in PROFILES:
        chosen = standard(profile).values()
        assert {recipe.inputs == 1 for recipe in chosen} == {True, False}
        assert {recipe.batch_size is None for recipe in chosen} == {True, False}
        assert {"digits", "diabetes"} <= {recipe.data for recipe in chosen}
        assert len({recipe.digest() for recipe in chosen}) == len(chosen)
        assert all(Fraction(recipe.step_size) > 0 for recipe in chosen)
    assert set(recipes.DRAWN_DATA) <= {recipe.data for recipe in standard("default").values()}
    with pytest.raises(ValueError, match="quick, default"):
        standard("enormous")
