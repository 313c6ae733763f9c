"""Claims in a Python file: found by name, run once, mistakes told by file and line."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
import torch
from flint import fmpq

import refutable
from refutable.theorems.claims import Claim
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.views import View
from refutable.verify.decide import decide
from refutable.verify.reading import ReadError
from refutable.verify.shrink import size, smallest
from refutable.verify.userclaims.assumptions import assumption
from refutable.verify.userclaims.paths import (
    ExpressionClaim,
    FileClaim,
    file_claim,
    from_argument,
    from_document,
    names_a_file,
)

EXAMPLES = Path(__file__).parents[2] / "examples" / "hunting"
GOOD = 'import refutable\nmine = refutable.claim("stability_norm <= 1/step_size - 1")\n'
FUNCTION = """import refutable

@refutable.claim(assumes=())
def mine(view):
    {body}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str, name: str = "mybound.py") -> Path:
    path = Path(name)
    path.write_text(text, "utf-8")
    return path


def refused(text: str, name: str = "") -> str:
    with pytest.raises(ReadError) as caught:
        file_claim(write(text), name)
    message = str(caught.value)
    assert "\n" not in message
    return message


def body(line: str) -> str:
    return FUNCTION.format(body=line)


def test_the_only_claim_needs_no_name(folder: Path) -> None:
    ref = file_claim(write(GOOD))
    claim = ref.resolve()
    assert (ref.name, ref.label, str(ref), claim.id) == ("mine", "mybound-mine", "mybound.py:mine", "mine")
    assert decide(claim, two_atoms()).verdict == "violated"


def test_of_several_one_must_be_named(folder: Path) -> None:
    text = GOOD + 'other = refutable.claim("loss <= 1")\n'
    assert "several claims, mine, other; name one: mybound.py:NAME" in refused(text)
    assert from_argument("mybound.py:other").resolve().statement == "loss <= 1"
    assert file_claim(write(text + "claim = mine\n")).name == "claim"


def test_a_function_is_a_claim(folder: Path) -> None:
    ref = file_claim(write(body('"Two words."\n    return [refutable.Check(view["loss"], ">", 3)]')))
    claim = ref.resolve()
    assert (claim.id, claim.statement, claim.assumes) == ("mine", "Two words.", ())
    outcome = decide(claim, two_atoms())
    assert (outcome.verdict, outcome.operators) == ("violated", ("<",))


def test_a_generator_and_an_assumption_of_ones_own(folder: Path) -> None:
    text = (
        "from refutable import Check, claim\nfrom refutable.theorems.claims import Assumption\n"
        'few = Assumption("few", "at most one datum", lambda view: [Check(len(view["x"]), "<=", 1)])\n'
        '@claim(assumes=[few, "stable"], id="mine-1")\ndef mine(view):\n    yield Check(view["loss"], "<=", 3)\n'
    )
    claim = file_claim(write(text)).resolve()
    assert (claim.id, [a.id for a in claim.assumes]) == ("mine-1", ["few", "stable"])
    assert decide(claim, two_atoms()).verdict == "vacuous"


MISTAKES = {
    "import refutable\nx = (": ("mybound.py, line 2: SyntaxError", ""),
    "import refutable\n\n1/0\n": ("mybound.py, line 3: ZeroDivisionError: division by zero", ""),
    "import refutable\ndef f():\n    return missing\nf()\n": ("line 3: NameError: name 'missing'", ""),
    "import refutable\nraise SystemExit(0)\n": ("mybound.py, line 2: SystemExit: 0", ""),
    "import refutable_nothing\n": ("line 1: ModuleNotFoundError", ""),
    'import refutable\nm = refutable.claim("sharpnes <= 1")\n': ("mybound.py, line 2: unknown name 'sharpnes'", ""),
    'import refutable\nm = refutable.claim("n <= 1", assumes=["stabel"])\n': (
        "line 2: unknown assumption 'stabel'",
        "",
    ),
    'import refutable\nm = refutable.claim("n <= 1", domain="x")\n': ("line 2: unknown domain 'x'", ""),
    "import refutable\nm = refutable.claim(3)\n": (
        "line 2: a claim is an expression or a function of a view, not int",
        "",
    ),
    "import refutable\nraise ValueError('two\\nlines')\n": ("line 2: ValueError: two lines", ""),
    "import refutable\n": ("defines no claim; write mine =", ""),
    "print(1)\n": ("does not import refutable; it was not run", ""),
    GOOD: ("unknown claim 'main' here; did you mean mine?", "main"),
    GOOD + "n = 'n <= 3'\n": ("n is a text, not a claim; wrap it: refutable.claim('...')", "n"),
    GOOD + "def f(view): pass\n": ("f is a function, not a claim; put @refutable.claim above it", "f"),
    GOOD + "n = 3\n": ("n is of type int, not a claim", "n"),
    body("return view['sharpnes']"): ("claim mine fails: mybound.py, line 5: KeyError: sharpnes; the view has no", ""),
    body("return view['loss'] <= 1"): ("TypeError: 'bool' object is not iterable; return refutable.Check(", ""),
    body("return refutable.Check(0.5 * view['loss'], '<=', 1)"): ("line 5: TypeError: unsupported operand", ""),
    body("return refutable.Check(view['loss'], '<=', 0.5)"): ("write view.ops.ratio(1, 2) for 1/2", ""),
    body("return refutable.Check(view['loss'], '!=', 1)"): ("Check compares by", ""),
    body("return 'loss <= 1'"): ("the function gave str", ""),
    body("return []"): ("claim mine fails: mybound.py: TypeError: the function concludes nothing", ""),
    body("import numpy as np\n    return refutable.Check(view['loss'], '<=', np.float32(1))"): (
        "a side of the comparison is of type float32, no exact number; floats are not exact, write view.ops.ratio(",
        "",
    ),
    body("import decimal\n    return refutable.Check(view['loss'], '<=', decimal.Decimal(1))"): ("of type Decimal", ""),
    body("import flint\n    return refutable.Check(view['loss'], '<=', flint.arb(1))"): ("of type arb", ""),
    body("return refutable.Check(view['w2'], '<=', [1, 2])"): ("of type list", ""),
}


@pytest.mark.parametrize("text", MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_told_in_one_line(folder: Path, text: str) -> None:
    said, name = MISTAKES[text]
    message = refused(text, name)
    assert message.startswith("mybound.py")
    assert said in message
    assert not any(module.startswith("_refutable_claims") and said in module for module in sys.modules)


def test_files_that_cannot_be_read(folder: Path) -> None:
    for path, said in ((Path("none.py"), "none.py: No such file"), (folder, "this is a folder")):
        with pytest.raises(ReadError, match=said):
            file_claim(path)
    Path("bytes.py").write_bytes(b"import refutable\nx = '\xff'\n")
    with pytest.raises(ReadError, match=r"bytes.py"):
        file_claim(Path("bytes.py"))
    Path("zero.py").write_bytes(b"import refutable\x00\n")
    with pytest.raises(ReadError, match=r"zero.py"):
        file_claim(Path("zero.py"))


def test_a_failure_on_some_instances_only_is_undecided_and_placed(folder: Path) -> None:
    picky = "return refutable.Check(view['w2'][9] if view['step_size'] == 1 else view['w2'][0], '<=', 100)"
    claim = file_claim(write(body(picky))).resolve()
    assert decide(claim, two_atoms()).verdict == "holds"
    outcome = decide(claim, two_atoms().replace(step_size=fmpq(1)))
    assert outcome.verdict == "undecided"
    assert "mybound.py, line 5: IndexError" in outcome.reason


def test_a_function_for_exact_numbers_alone_has_no_float_version(folder: Path) -> None:
    claim = file_claim(write(body("return refutable.Check(int(view['step_size'] > 1), '<=', 100)"))).resolve()
    assert decide(claim, two_atoms()).verdict == "holds"
    numbers = {"step_size": torch.ones(3, dtype=torch.float64)}
    with pytest.raises(TypeError, match=r"does not run on float batches: mybound\.py, line 5"):
        claim.concludes(View(claim.domain, TorchOps(), numbers))
    with pytest.raises(NotCertified):
        claim.concludes(View(claim.domain, CertifiedOps(3), {"step_size": CertifiedArray(torch.ones(3).numpy())}))


def test_a_formula_that_fails_ends_no_shrinking() -> None:
    """Formulas of claims that no file's loader has wrapped."""
    base = two_atoms()

    def concludes(view: View) -> list[refutable.Check]:
        if view["step_size"] != base["step_size"]:
            raise RuntimeError("odd")
        return [refutable.Check(1 + view["loss"], "<=", 0)]

    claim = Claim("odd", refutable.claim("loss <= 1").domain, "", (), concludes)
    found = smallest(claim, base, 40)
    assert found.instance["step_size"] == base["step_size"]
    assert size(found.instance) < size(base)


def test_fractions_are_exact_in_every_arithmetic(folder: Path) -> None:
    line = "from fractions import Fraction\n    return refutable.Check(view['step_size'], '<=', Fraction(1, 3))"
    claim = file_claim(write(body(line))).resolve()
    third = two_atoms().replace(step_size=fmpq(1, 3))
    assert [decide(claim, one).verdict for one in (third, third.replace(step_size=fmpq(1, 2)))] == ["holds", "violated"]
    assert decide(claim, third).touching
    [check] = claim.concludes(View(claim.domain, TorchOps(), {"step_size": torch.ones(3, dtype=torch.float64)}))
    assert float(check.right) == 1 / 3


def test_mistakes_in_an_assumption_of_ones_own_are_told(folder: Path) -> None:
    text = (
        "from refutable import Check, claim\nfrom refutable.theorems.claims import Assumption\n"
        "def few(view):\n    raise KeyError('nothing')\n"
        'mine = claim("loss <= 3", assumes=[Assumption("few", "few", few, enforce=few), "stable"])\n'
    )
    claim = file_claim(write(text)).resolve()
    outcome = decide(claim, two_atoms())
    assert outcome.verdict == "undecided"
    assert "mybound.py, line 4: KeyError" in outcome.reason
    numbers = {"step_size": torch.ones(3, dtype=torch.float64)}
    few, stable = claim.assumes
    assert few.enforce is not None
    for function in (few.checks, few.enforce):
        with pytest.raises(TypeError, match=r"float batches: mybound\.py, line 4: KeyError"):
            function(View(claim.domain, TorchOps(), numbers))
    assert stable is assumption("shallow-relu", "stable")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_no_claim_file(folder: Path) -> None:
    os.mkfifo("pipe.py")
    with pytest.raises(ReadError, match=r"pipe\.py: this is no regular file"):
        file_claim(Path("pipe.py"))


def test_a_file_is_run_once_for_each_content(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(GOOD + "print('running')\n")
    for _ in range(3):
        file_claim(path)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "running\n")
    write(GOOD.replace("- 1", "- 2") + "print('running')\n")
    assert file_claim(path).resolve().statement.endswith("- 2")
    assert not list(folder.rglob("*.pyc"))


def test_a_file_may_use_its_neighbours(folder: Path) -> None:
    write("STEPS = 7\n", "neighbour_of_mybound.py")
    before = list(sys.path)
    claim = file_claim(
        write('import refutable, neighbour_of_mybound as n\nm = refutable.claim(f"n <= {n.STEPS}")\n')
    ).resolve()
    assert claim.statement == "n <= 7"
    assert sys.path == before
    assert "neighbour_of_mybound" not in sys.modules


def test_what_names_a_file() -> None:
    assert [names_a_file(w) for w in ("a.py", "a.py:b", "C:\\a.py:b", "./a/b.py:")] == [True] * 4
    assert [names_a_file(w) for w in ("weighted-l1", "n <= 2", "a.py:b c", "a.txt:b", "a.pyx", "")] == [False] * 6
    with pytest.raises(ReadError, match="names no claim file"):
        from_argument("weighted-l1")


def test_references_survive_a_document(folder: Path) -> None:
    refs = [
        file_claim(write(GOOD)),
        ExpressionClaim("loss  ≤ 1/2", "shallow-relu", ("minimum", "univariate")),
        ExpressionClaim("gain <= 2", "delayed-iteration", ()),
    ]
    for ref in refs:
        document = json.loads(json.dumps(ref.document()))
        again = from_document(document)
        assert again == ref
        assert again.document() == document
        assert (again.label, again.digest(), str(again)) == (ref.label, ref.digest(), str(ref))
        assert isinstance(again.resolve(), Claim)
        assert again.resolve().statement == ref.resolve().statement
    assert len({ref.digest() for ref in refs}) == 3


@pytest.mark.parametrize("key", ["expression", "domain", "assumes"])
def test_the_digest_of_an_expression_sees_all_of_it(key: str) -> None:
    document = ExpressionClaim("loss <= 1", "shallow-relu", ()).document()
    changed = {"expression": "loss <= 2", "domain": "shallow-relu-density", "assumes": ["stable"]}[key]
    assert from_document(document).digest() != from_document(document | {key: changed}).digest()


def test_an_edited_file_is_noticed(folder: Path) -> None:
    taken = file_claim(write(GOOD))
    recorded = from_document(taken.document())
    assert isinstance(recorded, FileClaim)
    assert not recorded.changed()
    write(GOOD.replace("- 1", "- 3"))
    assert recorded.changed()
    assert recorded.digest() != taken.digest() == taken.sha256
    assert recorded.resolve().statement.endswith("- 3")
    assert taken.resolve().statement.endswith("- 1")  # a run goes on with what it began with
    elsewhere = FileClaim(taken.file, taken.name, "0" * 64, pinned=True)
    with pytest.raises(ReadError, match="edited while it was in use"):
        elsewhere.resolve()


def test_a_relative_file_is_looked_for_beside_the_witness_first(folder: Path) -> None:
    (folder / "there").mkdir()
    recorded = FileClaim(Path("mybound.py"), "mine", "0" * 64, "s")
    write(GOOD)
    assert recorded.beside(folder / "there").resolve().statement.endswith("- 1")
    write(GOOD.replace("- 1", "- 5"), "there/mybound.py")
    assert recorded.beside(folder / "there").resolve().statement.endswith("- 5")
    assert recorded.beside(folder / "there").document() == recorded.document()
    with pytest.raises(ReadError, match="No such file"):
        FileClaim(Path("gone.py"), "mine", "0" * 64, "s").beside(folder).resolve()


SENSELESS = [
    {},
    {"file": "a.py", "name": "x"},
    {"file": 3, "name": "x", "sha256": "0" * 64, "statement": ""},
    {"file": "a.py", "name": "x.y", "sha256": "0" * 64, "statement": ""},
    {"file": "a.py", "name": "x", "sha256": "short", "statement": ""},
    {"expression": "__import__('os')", "domain": "shallow-relu", "assumes": []},
    {"expression": "n <= 2", "domain": "nowhere", "assumes": []},
    {"expression": "n <= 2", "domain": "shallow-relu", "assumes": "stable"},
    {"expression": "n <= 2", "domain": "shallow-relu", "assumes": [1]},
]


@pytest.mark.parametrize("document", SENSELESS, ids=range(len(SENSELESS)))
def test_senseless_documents_are_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        from_document(document)


def test_the_public_names() -> None:
    claim = refutable.claim("loss <= 1/2", id="mine", statement="the loss is small", assumes="stable")
    assert (claim.id, claim.statement, [a.id for a in claim.assumes]) == ("mine", "the loss is small", ["stable"])
    bare = refutable.claim(lambda view: refutable.Check(view["loss"], "<=", 1))
    assert decide(bare, two_atoms()).verdict == "holds"


EXPECTED = {
    "constant.py": ("violated", "vacuous"),
    "output_bias.py": ("holds", "violated"),
    "own_bounds.py:path": ("violated", "vacuous"),
    "own_bounds.py:weights": ("violated", "vacuous"),
    "own_bounds.py:proved": ("holds", "vacuous"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_examples_say_what_is_said_of_them(name: str) -> None:
    claim = from_argument(f"{EXAMPLES}/{name}").resolve()
    found = tuple(decide(claim, instance).verdict for instance in (two_atoms(), frozen_two_atoms("b2")))
    assert found == EXPECTED[name]
    assert name.partition(":")[0] in (EXAMPLES / "README.md").read_text("utf-8")


@pytest.mark.parametrize("absolute", [False, True])
def test_a_file_sent_with_its_witness_is_found_by_its_bare_name(folder: Path, absolute: bool) -> None:
    """Wherever the claim's file was when it was hunted, a colleague puts it beside the witness."""
    (folder / "sub").mkdir()
    (folder / "ship").mkdir()
    given = folder / "sub" / "mine.py" if absolute else Path("sub/mine.py")
    given.write_text(GOOD, "utf-8")
    known = file_claim(given)
    document = known.document()
    given.rename(folder / "ship" / "mine.py")
    found = from_document(document)
    assert isinstance(found, FileClaim)
    moved = found.beside(folder / "ship")
    assert moved.path == folder / "ship" / "mine.py"
    assert not moved.changed()
    assert moved.resolve().statement == document["statement"]


def test_a_draft_that_fails_does_not_block_the_others(folder: Path) -> None:
    draft = "@refutable.claim(assumes=())\ndef draft(view):\n    return view.ops.no_such_operation(1)\n"
    path = write(GOOD + draft)
    assert file_claim(path, "mine").resolve().statement == "stability_norm <= 1/step_size - 1"
    with pytest.raises(ReadError, match="claim draft fails"):
        file_claim(path, "draft").resolve()
