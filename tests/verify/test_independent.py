"""The standard-library verifier against the main one: 200 random small networks and exact ties."""

from __future__ import annotations

import ast
import json
import random
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from refutable.theorems.catalogue import CATALOGUE, theorem
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.shattered_sphere import SHATTERED_SPHERE
from refutable.theorems.families.two_atoms import TWO_ATOMS
from refutable.theorems.instances import Instance
from refutable.verify import independent
from refutable.verify.decide import decide

KNOWN = [claim for claim in independent.CLAIMS if claim in {t.id for t in CATALOGUE}]


def number(source: random.Random) -> str:
    return f"{source.randint(-6, 6)}/{source.choice([1, 1, 2, 3, 4])}"


def network(source: random.Random) -> Instance:
    d, k, n = source.choice([1, 1, 2]), source.randint(1, 4), source.randint(1, 5)
    frozen = ["b1"] if source.random() < 0.05 else None
    y = [number(source) for _ in range(n)] if source.random() < 0.1 else None
    return SHALLOW_RELU.instance(
        w1=[[number(source) for _ in range(d)] for _ in range(k)],
        b1=[number(source) for _ in range(k)],
        w2=[number(source) for _ in range(k)],
        b2=None if source.random() < 0.05 else number(source),
        x=[[number(source) for _ in range(d)] for _ in range(n)],
        y=y,
        frozen=frozen,
        step_size=source.choice([None, "1", "1/5", "1/100", "1/10000"]),
    )


def cases() -> list[Instance]:
    """Random networks; equality cases; the same a hair within and beyond the edge of stability."""
    source = random.Random(20210)
    ties = [*TWO_ATOMS.instances(12), *SHATTERED_SPHERE.instances(8)]
    hair = Fraction(1, 10**30)
    moved = [
        tie.replace(step_size=SHALLOW_RELU.instance(**raw(tie) | {"step_size": step})["step_size"])
        for tie in ties
        for step in (Fraction(str(tie["step_size"])) + hair, Fraction(str(tie["step_size"])) - hair)
    ]
    return [*(network(source) for _ in range(200)), *ties, *moved]


def raw(instance: Instance) -> dict[str, object]:
    return dict(instance.values)


@pytest.mark.parametrize("claim", KNOWN)
def test_both_verifiers_agree(claim: str) -> None:
    headline = theorem(claim).headline
    seen: Counter[str] = Counter()
    for instance in cases():
        verdict = decide(headline, instance).verdict
        assert independent.decide(claim, SHALLOW_RELU.dump(instance)) == verdict, repr(instance)
        seen[verdict] += 1
    assert seen["holds"] >= 20
    assert seen["vacuous"] >= 20


def test_false_claims_are_violated_in_both() -> None:
    """With a step size claimed smaller than it is, neither can be talked into the bound."""
    instance = TWO_ATOMS.first()
    net = independent.read(SHALLOW_RELU.dump(instance))
    z = independent.preactivations(net)
    terms = independent.norm_terms(net, z)
    assert independent.sum_against(terms, Fraction(225, 32)) == 0
    assert independent.sum_against(terms, Fraction(225, 32) - Fraction(1, 10**40)) == 1
    assert independent.eigenvalue_against(independent.kernel(net, z), Fraction(241, 16)) == 0
    assert independent.eigenvalue_against(independent.kernel(net, z), Fraction(241, 16) - Fraction(1, 10**40)) == 1


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([[1]], 1),
        ([[0]], 0),
        ([[-1]], -1),
        ([[1, 1], [1, 1]], 0),
        ([[0, 1], [1, 0]], -1),
        ([[0, 0], [0, 1]], 0),
        ([[2, -1, 0], [-1, 2, -1], [0, -1, 2]], 1),
        ([[1, -1, 0], [-1, 2, -1], [0, -1, 1]], 0),
        ([[1, 2], [2, 1]], -1),
        ([[1, 0, 0], [0, 0, 0], [0, 0, -1]], -1),
    ],
)
def test_definiteness(matrix: list[list[int]], expected: int) -> None:
    rows = [[Fraction(v, 7) for v in row] for row in matrix]
    assert independent.definite(rows) == expected


def test_sums_of_square_roots_are_compared_exactly() -> None:
    one = Fraction(1)
    assert independent.sum_against([(one, Fraction(2)), (one, Fraction(8)), (-3 * one, Fraction(2))], Fraction(0)) == 0
    assert independent.sum_against([(one, Fraction(9, 4)), (one, Fraction(1, 4))], Fraction(2)) == 0
    assert independent.sum_against([(one, Fraction(10**40))], Fraction(10**20)) == 0
    assert independent.sum_against([(one, Fraction(10**40 + 1))], Fraction(10**20)) == 1
    assert independent.sum_against([(one, Fraction(10**40 - 1))], Fraction(10**20)) == -1


def test_it_rests_on_the_standard_library_alone() -> None:
    source = Path(independent.__file__).read_text("utf-8")
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).split(".")[0])
    assert names <= set(sys.stdlib_module_names)


def written(folder: Path, document: object) -> str:
    path = folder / "file.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_as_a_script_it_decides_an_instance_and_a_witness(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tight = SHALLOW_RELU.dump(TWO_ATOMS.first())
    assert independent.main([written(tmp_path, tight)]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{claim}  holds" for claim in independent.CLAIMS]
    named = {"claim": {"theorem": "weighted-l1", "part": "claim", "id": "weighted-l1"}, "instance": tight}
    assert independent.main([written(tmp_path, named)]) == 0
    assert capsys.readouterr().out == "weighted-l1  holds\n"


@pytest.mark.parametrize(
    "document",
    [{}, [], {"model": "shallow-relu"}, {"claim": {"theorem": "t", "part": "link", "id": "merge"}, "instance": {}}],
)
def test_as_a_script_it_refuses_the_rest_in_one_line(
    document: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert independent.main([written(tmp_path, document)]) == 2
    said = capsys.readouterr()
    assert len((said.out + said.err).splitlines()) in (1, len(independent.CLAIMS))
    assert independent.main([]) == 2
    assert independent.main([str(tmp_path / "absent.json")]) == 2
