"""The JSON Schema of claims files: shipped, made from the specification, and of one mind with the reader."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refutable.theorems.catalogue import CATALOGUE
from refutable.verify.gate.claims_file import ClaimsError, read_claims
from refutable.verify.gate.schema import schema, shipped, text
from refutable.verify.gate.specification import DEFAULTS, EVIDENCE, NETWORK, claim_table, reference, top_table

FORMAT = 'format = "refutable-claims/1"\n'
ONE = '[[claim]]\nid = "one"\ntheorem = "weighted-l1"\n'
TOP = [
    "id",
    "theorem",
    "expression",
    "python",
    "constants",
    "status",
    "reason",
    "mutants",
    "tightness",
    "allow",
    "domain",
]


def valid(document: str) -> bool:
    return bool(jsonschema.Draft202012Validator(schema()).is_valid(tomllib.loads(document)))


def test_the_schema_ships_as_it_is_made() -> None:
    assert shipped() == schema(), "run: python -m refutable.verify.gate.schema > verify/gate/claims.schema.json"
    assert json.loads(text()) == schema()


def test_it_is_a_schema_that_tells_editors_what_may_stand_there() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    claim = schema()["properties"]["claim"]["items"]["properties"]
    assert claim["theorem"]["enum"] == [record.id for record in CATALOGUE if not record.observed]
    assert set(claim["evidence"]["properties"]) == {"drawn", "constructed", "trained", "mass", "swept", "hunt"}
    assert "#:schema" in schema()["description"]


def test_the_reference_names_every_key() -> None:
    rows = reference()
    tables = (top_table(), DEFAULTS, claim_table(), EVIDENCE, NETWORK)
    assert [(row.table, row.key) for row in rows] == [
        (table.header, key.name) for table in tables for key in table.keys
    ]
    assert all(row.meaning and row.kind and row.default for row in rows)
    for row in rows:
        if row.example:
            assert list(tomllib.loads(row.example)) == [row.key]


@pytest.mark.parametrize("table", [DEFAULTS, EVIDENCE, NETWORK, claim_table()], ids=lambda table: table.header)
def test_examples_are_of_their_kind(table: Any) -> None:
    for key in table.keys:
        for example in key.examples:
            key.kind.read(example)
            jsonschema.Draft202012Validator({**key.kind.schema, **key.schema}).validate(example)


GOOD = [
    ONE,
    ONE + 'constants = { offset = "3/5" }\ntightness = "0.9"\nmutants = "all"\nevidence = { drawn = 1, hunt = 0.5 }\n',
    ONE + 'constants.offset = 0.6\ntightness = 1\nmutants = ["right-side-1e-3"]\nallow = ["suspect"]\nnetworks = []\n',
    '[defaults]\nallow = []\nevidence.swept = 0\n[[claim]]\nid = "a"\nexpression = "loss <= 1"\nassumes = []\n',
    ONE + 'status = "refuted"\nreason = "so"\n',
]
BAD = [
    "",
    "claim = []\n",
    '[[claim]]\nid = "a"\n',
    ONE + 'expression = "loss <= 1"\n',
    ONE + 'domain = "shallow-relu"\n',
    ONE + 'status = "refuted"\n',
    ONE + 'status = "refuted"\nreason = "so"\nmutants = "all"\n',
    ONE.replace("weighted-l1", "weighted-l2"),
    ONE.replace("one", "One"),
    ONE + "evidence.drawn = -1\n",
    ONE + "evidence.drown = 1\n",
    ONE + 'tightness = "x"\n',
    ONE + 'constants.offset = "1/x"\n',
    ONE + 'allow = ["refuted"]\n',
    ONE + "extra = 1\n",
    '[[network]]\nid = "a"\n' + ONE,
    '[[network]]\nid = "a"\nweights = "w.pt"\ndata = "d.csv"\nstep_size = 1\nloss = "mse"\n' + ONE,
]


@pytest.mark.parametrize("document", GOOD)
def test_what_the_reader_takes_the_schema_takes(tmp_path: Path, document: str) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(FORMAT + document)
    read_claims(path)
    assert valid(FORMAT + document)


@pytest.mark.parametrize("document", BAD)
def test_what_the_schema_refuses_the_reader_refuses(tmp_path: Path, document: str) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(FORMAT + document)
    assert not valid(FORMAT + document)
    with pytest.raises(ClaimsError):
        read_claims(path)


VALUES = st.sampled_from(
    [
        '"a"',
        '"weighted-l1"',
        '"loss <= 1"',
        '"all"',
        '"refuted"',
        "1",
        "0.5",
        "-1",
        "true",
        "[]",
        '["vacuous"]',
        "{}",
        '{ offset = "1/3" }',
        "{ drawn = 3 }",
        '{ drawn = "3" }',
        '""',
        "1979-05-27",
        '"x.py:y"',
        '"shallow-relu"',
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from([*TOP, "evidence", "assumes", "instances", "networks", "x"]), VALUES, max_size=5)
)
def test_a_claim_that_the_reader_takes_is_valid(tmp_path: Path, keys: dict[str, str]) -> None:
    """The other way round the schema knows less: it cannot parse expressions."""
    document = FORMAT + "[[claim]]\nid = 'a'\n" + "".join(f"{k} = {v}\n" for k, v in keys.items() if k != "id")
    path = tmp_path / "claims.toml"
    path.write_text(document)
    try:
        read_claims(path)
    except ClaimsError:
        return
    assert valid(document)
