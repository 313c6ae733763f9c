"""What may stand in a claims file: every table and key once, for reading, for the JSON Schema and for the reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from refutable.theorems.catalogue import CATALOGUE, DOMAINS
from refutable.verify.gate import kinds
from refutable.verify.gate.entries import ALLOWED
from refutable.verify.gate.kinds import Kind
from refutable.verify.userclaims.building import DOMAIN

FORMAT = "refutable-claims/1"


@dataclass(frozen=True)
class Key:
    """One key of a table.

    Attributes:
        default: what is meant where the key is absent, for people; "" where it must be there.
        examples: values as TOML has them.
        schema: beyond that of the kind: what an editor offers.
    """

    name: str
    kind: Kind
    meaning: str
    default: str = ""
    examples: tuple[Any, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """Whether the key must be there."""
        return not self.default


@dataclass(frozen=True)
class Table:
    """One table of a claims file.

    Attributes:
        header: as it is written: "[[claim]]".
        one_of: keys of which exactly one must be there.
    """

    header: str
    meaning: str
    keys: tuple[Key, ...]
    one_of: tuple[str, ...] = ()

    def key(self, name: str) -> Key:
        """The key of that name. Raises KeyError."""
        for one in self.keys:
            if one.name == name:
                return one
        raise KeyError(name)


EVIDENCE = Table(
    "[claim.evidence]",
    "How much evidence is wanted of each kind; 0: none.",
    (
        Key("drawn", kinds.COUNT, "random instances of each claim", "as the profile says", (200,)),
        Key("constructed", kinds.COUNT, "instances of each family of equality cases", "as the profile says", (12,)),
        Key(
            "trained",
            kinds.COUNT,
            "trained minima of each reading, and states that runs of a dynamics visit",
            "as the profile says",
            (80,),
        ),
        Key("mass", kinds.COUNT, "minima trained in mass, in all", "as the profile says", (0,)),
        Key("swept", kinds.COUNT, "rows of a float batch", "as the profile says", (5000,)),
        Key("hunt", kinds.SECONDS, "seconds of searching for a counterexample", "as the profile says", (2,)),
    ),
)

_ALLOW = Key(
    "allow",
    kinds.choices(*ALLOWED),
    "verdicts that do not fail the gate; refused: Python that --no-code refuses",
    "none",
    (["vacuous"],),
)

DEFAULTS = Table(
    "[defaults]",
    "What a claim does not say itself.",
    (Key("evidence", kinds.TABLE, "as in a claim, key by key", "as the profile says", ({"drawn": 200},)), _ALLOW),
)

NETWORK = Table(
    "[[network]]",
    "A trained network of your own. Every claim that is said to hold, and is about such networks, is tried on it.",
    (
        Key("id", kinds.ID, "for `networks` of claims; unique", "", ("ours",)),
        Key(
            "weights",
            kinds.TEXT,
            "safetensors file with 0.weight, 0.bias, 2.weight, 2.bias (as of torch.nn.Sequential) or w1, b1, w2, b2",
            "",
            ("model/weights.safetensors",),
            {"pattern": r"\.safetensors$"},
        ),
        Key(
            "data",
            kinds.TEXT,
            "safetensors file with x and y, or .csv with the inputs and, last, the label in each line",
            "",
            ("model/data.safetensors", "model/data.csv"),
            {"pattern": r"\.(safetensors|csv)$"},
        ),
        Key("step_size", kinds.POSITIVE, "as given to the optimiser", "", ("0.1",)),
        Key(
            "loss",
            kinds.choice("mse", "half-mse"),
            '"mse" is (1/n) sum r^2 (torch.nn.MSELoss), "half-mse" is 1/(2n) sum r^2',
            "",
            ("mse",),
        ),
        Key("batch_size", kinds.SIZE, "of mini-batch SGD", "the whole data set", (8,)),
    ),
)


def _claim_keys() -> tuple[Key, ...]:
    theorems = [record.id for record in CATALOGUE if not record.observed]
    return (
        Key("id", kinds.ID, "names the claim in results; unique", "", ("stability-bound",)),
        Key(
            "theorem",
            kinds.TEXT,
            "a theorem of the catalogue, as in `refutable list`",
            "none",
            (theorems[0],),
            {"enum": theorems},
        ),
        Key(
            "expression",
            kinds.TEXT,
            "your own claim as a comparison of the domain's quantities; every number is exact",
            "none",
            ("sharpness >= 1 + 2*stability_norm",),
        ),
        Key(
            "python",
            kinds.TEXT,
            "your own claim as FILE.py:NAME or package.module:NAME; this runs the file",
            "none",
            ("bounds.py:path", "paper.bounds:path"),
            {"pattern": r":[A-Za-z_]\w*$"},
        ),
        Key(
            "constants",
            kinds.NUMBERS,
            "of the theorem, where the claim has others; their names are in `refutable show ID`",
            "the theorem's",
            ({"offset": "1/2"},),
        ),
        Key("domain", kinds.choice(*DOMAINS), "what the expression is about", f'"{DOMAIN}"', (DOMAIN,)),
        Key(
            "assumes",
            kinds.TEXTS,
            "assumptions of the expression by id",
            '["minimum"] in a domain that has minima, else none',
            (["minimum"],),
        ),
        Key("status", kinds.choice("holds", "refuted"), "what must come out", '"holds"', ("refuted",)),
        Key("reason", kinds.TEXT, "why a refuted claim is listed", "none; needed with refuted", ("forgets w2",)),
        Key("evidence", kinds.TABLE, "see [claim.evidence]", "[defaults], then the profile", ({"drawn": 500},)),
        Key("tightness", kinds.RATIO, "left/right that the tightest evidence must reach", "none", ("0.9",)),
        Key(
            "mutants",
            kinds.TEXTS_OR_ALL,
            'ids of false variants that must be refuted, or "all"; of your own claim: right-side-1e-3, or '
            "terms-1e-3: each term of an expression moved by a thousandth",
            "none",
            ("all", ["right-side-1e-3"]),
        ),
        _ALLOW,
        Key("instances", kinds.TEXTS, "files of instances to be tried, with *, ? and **", "none", (["cases/*.json"],)),
        Key("networks", kinds.TEXTS, "ids of networks to be tried", "all that it is about", (["ours"],)),
    )


@cache
def claim_table() -> Table:
    """The table of a claim; its choices are those of the catalogue."""
    return Table("[[claim]]", "One claim.", _claim_keys(), ("theorem", "expression", "python"))


@cache
def top_table() -> Table:
    """The whole file, or [tool.refutable] of a pyproject.toml."""
    return Table(
        "claims.toml",
        "What a repository claims. In pyproject.toml the same stands under [tool.refutable], without `format`.",
        (
            Key("format", kinds.choice(FORMAT), "first line of the file", "", (FORMAT,)),
            Key("defaults", kinds.TABLE, DEFAULTS.meaning, "none"),
            Key("network", kinds.TABLE, NETWORK.meaning, "none"),
            Key("claim", kinds.TABLE, claim_table().meaning, ""),
        ),
    )


@dataclass(frozen=True)
class Row:
    """One key as the reference shows it."""

    table: str
    key: str
    kind: str
    meaning: str
    default: str
    example: str


def reference() -> list[Row]:
    """Every key of every table, in order, for documentation."""
    return [
        Row(table.header, key.name, _kind(key), key.meaning, key.default or "required", _example(key))
        for table in (top_table(), DEFAULTS, claim_table(), EVIDENCE, NETWORK)
        for key in table.keys
    ]


def _kind(key: Key) -> str:
    return "tables" if key.name in ("network", "claim") else key.kind.name


def _example(key: Key) -> str:
    return f"{key.name} = {_toml(key.examples[0])}" if key.examples else ""


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
