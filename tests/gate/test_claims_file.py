"""Claims files: what they mean, and that every mistake is told with file, line, key and the nearest name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from flint import fmpq
from safetensors.numpy import save_file

from refutable.theorems.catalogue import domain, theorem
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide
from refutable.verify.gate.adjusted import AdjustedClaim
from refutable.verify.gate.claims_file import ClaimsError, find_claims, read_claims
from refutable.verify.gate.entries import ClaimsFile, Entry, Evidence
from refutable.verify.paths import ClaimPath
from refutable.verify.userclaims import building
from refutable.verify.userclaims.paths import ExpressionClaim, FileClaim

FORMAT = 'format = "refutable-claims/1"\n'
ONE = '[[claim]]\nid = "one"\ntheorem = "weighted-l1"\n'
OWN = 'import refutable\npath = refutable.claim("stability_norm <= 1/step_size - 1")\n'
INSTANCE = json.dumps(domain("shallow-relu").dump(two_atoms()))
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files of a repository; gives the path of the last one."""
    (tmp_path / ".git").mkdir()

    def write(text: str, name: str = "claims.toml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write


def read(write: Write, text: str) -> ClaimsFile:
    return read_claims(write(FORMAT + text))


def only(write: Write, text: str) -> Entry:
    [entry] = read(write, text).entries
    return entry


def refused(write: Write, text: str, head: str = FORMAT) -> list[str]:
    """The problems, without the file's name."""
    path = write(head + text)
    with pytest.raises(ClaimsError) as caught:
        read_claims(path)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{path}:") for line in lines)
    return [line.removeprefix(f"{path}:").strip() for line in lines]


def test_a_theorem_is_claimed_with_its_own_constants(write: Write) -> None:
    entry = only(write, '[[claim]]\nid = "one"\ntheorem = "weighted-l1"\nconstants = { offset = "1/2" }\n')
    assert entry.ref == ClaimPath("weighted-l1", "claim", "weighted-l1")
    assert (entry.theorem, entry.changed, entry.source) == ("weighted-l1", False, "weighted-l1")
    assert (entry.line, entry.expected, entry.evidence) == (2, "holds", Evidence())
    assert entry.lines == {"id": 3, "theorem": 4, "constants": 5}


@pytest.mark.parametrize("written", ["0.6", '"3/5"', '"0.6"', "6e-1", "0.6_0"])
def test_other_constants_make_another_claim_with_decimals_taken_as_written(write: Write, written: str) -> None:
    entry = only(write, ONE + f"constants.offset = {written}")
    assert isinstance(entry.ref, AdjustedClaim)
    assert (entry.ref.constants, entry.changed, entry.theorem) == ((("offset", "3/5"),), True, "weighted-l1")


def test_an_expression_is_claimed_of_a_domain_with_assumptions(write: Write) -> None:
    text = '[[claim]]\nid = "own"\nexpression = """\nloss\n  <= 1"""\n'
    entry = only(write, text)
    assert entry.ref == ExpressionClaim("loss <= 1", "shallow-relu", ("minimum",))
    entry = only(write, text + 'domain = "shallow-relu-density"\nassumes = []\n')
    assert entry.ref == ExpressionClaim("loss <= 1", "shallow-relu-density", ())


def test_what_a_claim_does_not_say_stands_in_the_defaults(write: Write) -> None:
    defaults = '[defaults]\nevidence = { drawn = 200, hunt = 2 }\nallow = ["vacuous"]\n'
    own = "evidence = { drawn = 0, trained = 8, hunt = 0.5 }\nallow = []\n"
    first, second = read(write, defaults + ONE + ONE.replace("one", "two") + own).entries
    assert (first.evidence, first.allow) == (Evidence(drawn=200, hunt=2), {"vacuous"})
    assert (second.evidence, second.allow) == (Evidence(drawn=0, trained=8, hunt=0.5), frozenset())


def test_thresholds_are_exact(write: Write) -> None:
    assert only(write, ONE + "tightness = 0.9").tightness == fmpq(9, 10)


def test_all_false_variants_are_written_out(write: Write) -> None:
    known = tuple(mutant.id for mutant in all_mutants(theorem("weighted-l1")))
    assert only(write, ONE + 'mutants = "all"').mutants == known
    assert only(write, ONE + f'mutants = ["{known[-1]}"]').mutants == known[-1:]
    assert only(write, ONE + 'constants.offset = 1\nmutants = "all"').mutants == ("right-side-1e-3",)
    assert only(write, ONE + 'constants.offset = 1\nmutants = ["right-side-1e-12"]').mutants == ("right-side-1e-12",)


def test_a_refuted_claim_has_a_reason(write: Write) -> None:
    entry = only(write, ONE + 'status = "refuted"\nreason = "forgets w2"')
    assert (entry.expected, entry.reason) == ("refuted", "forgets w2")


def test_the_same_stands_in_a_pyproject(write: Write) -> None:
    text = '[project]\nname = "x"\n[[tool.refutable.claim]]\nid = "one"\ntheorem = "weighted-l1"\ntightness = 2\n'
    path = write(text, "pyproject.toml")
    with pytest.raises(ClaimsError, match=r"pyproject\.toml:6: claim 'one', key 'tightness': must be above 0"):
        read_claims(path)
    path = write(text.replace("= 2", "= 1"), "pyproject.toml")
    assert find_claims(path.parent) == path
    [entry] = read_claims(path).entries
    assert (entry.id, entry.line, entry.tightness) == ("one", 3, 1)
    assert entry.lines == {"id": 4, "theorem": 5, "tightness": 6}


def test_a_claims_file_is_found_before_a_pyproject(write: Write) -> None:
    folder = write("[project]\n", "pyproject.toml").parent
    with pytest.raises(ClaimsError, match=r"no claims\.toml here, and no pyproject\.toml with a table"):
        find_claims(folder)
    with pytest.raises(ClaimsError, match=r"has no table \[tool\.refutable\]"):
        read_claims(folder / "pyproject.toml")
    assert find_claims(write(FORMAT).parent) == folder / "claims.toml"


def test_the_root_is_the_repository(write: Write, tmp_path: Path) -> None:
    path = write(FORMAT + ONE, "paper/claims/claims.toml")
    assert read_claims(path).root == tmp_path.resolve()
    write("", "paper/pyproject.toml")
    assert read_claims(path).root == tmp_path.resolve() / "paper"


def test_instances_are_found_by_patterns_relative_to_the_file(write: Write, tmp_path: Path) -> None:
    for name in ("a/1.json", "a/2.json", "a/x.txt", "a/b/3.json", "a/.hidden.json", ".git/4.json", "0.json"):
        write(INSTANCE, name)
    write(INSTANCE, "p/5.json")

    def found(pattern: str) -> list[str]:
        path = write(FORMAT + ONE + f'instances = ["{pattern}"]', "p/claims.toml")
        [entry] = read_claims(path).entries
        return [str(one.relative_to(tmp_path.resolve())) for one in entry.instances]

    assert found("../a/*.json") == ["a/1.json", "a/2.json"]
    assert found("../**/*.json") == ["0.json", "a/1.json", "a/2.json", "a/b/3.json", "p/5.json"]
    assert found("../a/**") == ["a/1.json", "a/2.json", "a/b/3.json", "a/x.txt"]
    assert found("../?/[13].json") == ["a/1.json"]
    assert found("../a/.h*.json") == ["a/.hidden.json"]
    assert found("5.json") == ["p/5.json"]


NETWORK = '[[network]]\nid = "{}"\nweights = "w.safetensors"\ndata = "d.csv"\nstep_size = "0.1"\nloss = "mse"\n'


def test_networks_are_tried_on_what_is_about_them(write: Write) -> None:
    folder = write(3 * "1,2\n" + 6 * "3,4\n", "d.csv").parent  # a batch of 8 is of 8 data at least
    arrays = {name: np.ones(shape, np.float32) for name, shape in {"w1": (2, 1), "b1": 2, "w2": 2, "b2": 1}.items()}
    save_file(arrays, folder / "w.safetensors")
    claims = (
        ONE
        + '[[claim]]\nid = "delay"\ntheorem = "delayed-stability"\n'
        + ONE.replace("one", "not")
        + "networks = []\n"
        + ONE.replace("one", "second")
        + 'networks = ["b"]\n'
        + ONE.replace("one", "false")
        + 'status = "refuted"\nreason = "no"\n'
    )
    file = read(write, NETWORK.format("a") + NETWORK.format("b") + "batch_size = 8\n" + claims)
    lines = {entry.id: [network.line for network in entry.networks] for entry in file.entries}
    assert lines == {"one": [2, 8], "delay": [], "not": [], "second": [8], "false": []}
    network = file.entries[3].networks[0]
    assert (network.weights, network.data) == (folder.resolve() / "w.safetensors", folder.resolve() / "d.csv")
    assert (network.step_size, network.loss, network.batch_size) == (fmpq(1, 10), "mse", 8)


@pytest.mark.parametrize("written", ["bounds.py:path", "bounds:path", "sub.deep:path", "packed:path", "bounds.py"])
def test_a_claim_in_python_is_found_in_the_repository_and_its_src(write: Write, written: str, tmp_path: Path) -> None:
    write(OWN, "bounds.py")
    write(OWN, "src/sub/deep.py")
    write(OWN, "packed/__init__.py")
    entry = only(write, f'[[claim]]\nid = "own"\npython = "{written}"')
    assert isinstance(entry.ref, FileClaim)
    assert (entry.ref.name, entry.ref.folder, entry.source) == ("path", tmp_path.resolve(), written)
    assert not entry.ref.file.is_absolute()
    assert decide(entry.ref.resolve(), two_atoms()).verdict == "violated"
    assert entry.ref.digest() == FileClaim(entry.ref.path, "path", "").digest()


def test_a_claim_in_python_imports_what_is_beside_it_and_in_its_repository(write: Write) -> None:
    write("HALF = '1/2'\n", "rp_numbers/__init__.py")
    write("STEP = 'step_size'\n", "src/rp_paper/names.py")
    write("", "src/rp_paper/__init__.py")
    write("ONE = '1'\n", "src/rp_paper/rp_sibling.py")
    lines = [
        "import refutable",
        "from rp_numbers import HALF",
        "from .names import STEP",
        "from rp_paper import names",
        "import rp_sibling",
        "mine = refutable.claim(f'stability_norm <= {rp_sibling.ONE}/{STEP} - {HALF}')",
    ]
    write("\n".join(lines), "src/rp_paper/bounds.py")
    entry = only(write, '[[claim]]\nid = "own"\npython = "rp_paper.bounds:mine"')
    assert entry.ref.resolve().statement == "stability_norm <= 1/step_size - 1/2"


def test_without_leave_no_python_is_run(write: Write, tmp_path: Path) -> None:
    write(OWN + f"open({str(tmp_path / 'canary')!r}, 'w')\n", "bounds.py")
    path = write(FORMAT + '[[claim]]\nid = "own"\npython = "bounds.py:path"')
    [entry] = read_claims(path, code=False).entries
    assert entry.refused == "claim 'own' is Python code and --no-code refuses to run it"
    assert not (tmp_path / "canary").exists()
    read_claims(path)
    assert (tmp_path / "canary").exists()


@pytest.mark.parametrize("mistake", ["tightness = 3", 'assumes = ["minimum"]', 'mutants = ["swapped"]'])
def test_no_python_is_run_of_a_file_with_any_mistake(write: Write, tmp_path: Path, mistake: str) -> None:
    write(OWN + f"open({str(tmp_path / 'canary')!r}, 'w')\n", "bounds.py")
    python = '[[claim]]\nid = "own"\npython = "bounds.py:path"\n'
    refused(write, python + ONE + mistake)
    assert not (tmp_path / "canary").exists()


def test_python_that_fails_is_told_with_both_lines(write: Write) -> None:
    write("import refutable\n1/0\n", "broken.py")
    write(OWN, "bounds.py")
    claims = '[[claim]]\nid = "a"\npython = "broken.py:x"\n[[claim]]\nid = "b"\npython = "bounds.py:paht"\n'
    first, second = refused(write, claims)
    assert first.startswith("4: claim 'a', key 'python': ")
    assert first.endswith("broken.py, line 2: ZeroDivisionError: division by zero")
    assert second.startswith("7: claim 'b', key 'python': ")
    assert "unknown claim 'paht' here; did you mean path?" in second


OWNED = '[[claim]]\nid = "own"\nexpression = "loss <= 1"\n'
MISTAKES = {
    "theorem": ('[[claim]]\nid = "a"\ntheorem = "weighted-l2"', "4: claim 'a', key 'theorem': there is no theorem 'we"),
    "nearest": ('[[claim]]\nid = "a"\ntheorem = "weighted-l2"', "did you mean weighted-l1"),
    "key": (ONE + "tightnes = 1", "5: claim 'one', key 'tightnes': there is no such key in [[claim]]; did you mean ti"),
    "top": ("[[claims]]\n", "2: key 'claims': there is no such key in claims.toml; did you mean claim?"),
    "nothing": ("", "1: holds no claim"),
    "empty list": ("claim = []", "1: holds no claim"),
    "single brackets": ('[claim]\nid = "a"', "2: key 'claim': must be an array of tables, got a table; write [[claim]"),
    "no id": ('[[claim]]\ntheorem = "weighted-l1"', "2: claim 1: the key 'id' is missing"),
    "id": ('[[claim]]\nid = "A b"\ntheorem = "weighted-l1"', "3: claim 'A b', key 'id': 'A b' is no id; ids have up t"),
    "twice": (ONE + "\n" + ONE, "7: claim 'one', key 'id': line 2 has a claim of that id"),
    "no claim": ('[[claim]]\nid = "a"', "2: claim 'a': says no claim: write one of the keys theorem, expression, pyth"),
    "two claims": (ONE + 'expression = "loss <= 1"', "5: claim 'one', key 'expression': stands beside 'theorem'"),
    "constant": (ONE + "[claim.constants]\nofset = 1", "6: claim 'one', key 'constants.ofset': weighted-l1 has no con"),
    "near constant": (ONE + "constants.ofset = 1", "did you mean offset?"),
    "number": (ONE + 'constants.offset = "x"', "5: claim 'one', key 'constants.offset': 'x' is not a finite number"),
    "infinite": (ONE + "constants.offset = inf", "5: claim 'one', key 'constants.offset': 'inf' is not a finite numbe"),
    "date": (ONE + "constants.offset = 1979-05-27", "key 'constants.offset': must be a number, got a date"),
    "misplaced": (OWNED + "constants.offset = 1", "5: claim 'own', key 'constants': goes with 'theorem' alone"),
    "domain there": (ONE + 'domain = "quadratic"', "5: claim 'one', key 'domain': goes with 'expression' alone"),
    "domain": (OWNED + 'domain = "quadratc"', "5: claim 'own', key 'domain': 'quadratc' is none of quadratic,"),
    "assumption": (OWNED + 'assumes = ["interpolatin"]', "5: claim 'own', key 'assumes': unknown assumption 'interpol"),
    "near assumption": (OWNED + 'assumes = ["interpolatin"]', "did you mean interpolating"),
    "expression": (OWNED.replace("loss", "los"), "4: claim 'own', key 'expression': unknown name 'los' in shallow-rel"),
    "type": (OWNED.replace('"loss <= 1"', "3"), "4: claim 'own', key 'expression': must be a string, got the number 3"),
    "status": (ONE + 'status = "refutd"', "5: claim 'one', key 'status': 'refutd' is none of holds, refuted; did you"),
    "reason": (ONE + 'status = "refuted"', "5: claim 'one', key 'status': a refuted claim needs a 'reason'"),
    "tight false": (ONE + 'status = "refuted"\nreason = "x"\ntightness = 1', "7: claim 'one', key 'tightness': makes"),
    "dead false": (ONE + 'status = "refuted"\nreason = "x"\nmutants = "all"', "7: claim 'one', key 'mutants': makes n"),
    "mutant": (ONE + 'mutants = ["no-rot"]', "5: claim 'one', key 'mutants': the theorem has no false variant 'no-rot"),
    "own mutant": (OWNED + 'mutants = ["right-side-2"]', "5: claim 'own', key 'mutants': 'right-side-2' is no false"),
    "word": (ONE + 'mutants = "al"', "5: claim 'one', key 'mutants': must be \"all\" or a list of ids, got 'al'"),
    "evidence": (ONE + "[claim.evidence]\ndrown = 1", "6: claim 'one', key 'evidence.drown': there is no such key in"),
    "negative": (ONE + "evidence.drawn = -1", "5: claim 'one', key 'evidence.drawn': must be between 0 and"),
    "half": (ONE + "evidence.drawn = 1.5", "5: claim 'one', key 'evidence.drawn': must be a whole number, got the num"),
    "truth": (ONE + "evidence.hunt = true", "5: claim 'one', key 'evidence.hunt': must be a number of seconds, got tr"),
    "allow": (ONE + 'allow = [\n"suspect",\n"refuted"]', "7: claim 'one', key 'allow': 'refuted' is none of undecided"),
    "brackets": (ONE + 'allow = "suspect"', "5: claim 'one', key 'allow': must be a list of strings, got 'suspect'; p"),
    "network": (NETWORK.format("ours") + ONE + 'networks = ["our"]', "11: claim 'one', key 'networks': there is no [["),
    "no network": (ONE + 'networks = ["our"]', "key 'networks': there is no [[network]] 'our'; there are none"),
    "other domain": (
        NETWORK.format("ours") + ONE.replace("weighted-l1", "delayed-stability") + 'networks = ["ours"]',
        "11: claim 'one', key 'networks': the claim is about delayed-iteration",
    ),
    "networks twice": (NETWORK.format("a") + NETWORK.format("a") + ONE, "9: network 'a', key 'id': another network is"),
    "loss": (NETWORK.format("a").replace('loss = "mse"', ""), "2: network 'a': the key 'loss' is missing"),
    "step": (NETWORK.format("a").replace('"0.1"', "-0.1"), "6: network 'a', key 'step_size': must be > 0"),
    "pickle": (NETWORK.format("a").replace("w.safetensors", "w.pt"), "4: network 'a', key 'weights': 'w.pt': files th"),
    "kind": (NETWORK.format("a").replace("d.csv", "d.txt"), "5: network 'a', key 'data': 'd.txt' is neither of .saf"),
    "no file": (NETWORK.format("a").replace("w.safe", "v.safe"), "4: network 'a', key 'weights': there is no file 'v."),
    "near file": (NETWORK.format("a").replace("w.safe", "v.safe"), "did you mean w.safetensors?"),
    "no match": (ONE + 'instances = [\n"*.jsn"]', "6: claim 'one', key 'instances': '*.jsn' matches no file under"),
    "folder": (ONE + 'instances = [".git"]', "5: claim 'one', key 'instances': '.git' is a folder; name a file in it"),
    "module": ('[[claim]]\nid = "a"\npython = "b.c:d"', "4: claim 'a', key 'python': there is no module 'b.c' in"),
    "no name": ('[[claim]]\nid = "a"\npython = "b.c"', "4: claim 'a', key 'python': 'b.c' names no claim; write FILE."),
    "odd name": ('[[claim]]\nid = "a"\npython = "b:c.d"', "4: claim 'a', key 'python': 'c.d' is no name in a file"),
    "odd module": ('[[claim]]\nid = "a"\npython = "../b:c"', "4: claim 'a', key 'python': '../b' is neither a file no"),
    "no python": ('[[claim]]\nid = "a"\npython = "b.py:c"', "4: claim 'a', key 'python': there is no file 'b.py'"),
    "defaults": ("[defaults]\nevidence = 3\n" + ONE, "3: defaults, key 'evidence': must be a table, got the number 3"),
    "in defaults": ("[defaults.evidence]\nhunt = -1\n" + ONE, "3: defaults, key 'evidence.hunt': must be between 0 an"),
    "control": (ONE + 'reason = "\\u001b[31m"', "5: claim 'one', key 'reason': holds the control character '\\x1b'"),
    "no TOML": (ONE + "x = = 3", "5: not TOML: Invalid value at column 5"),
    "key twice": (ONE + 'id = "two"\n', "5: not TOML: Cannot overwrite a value at column 11"),
    "unfinished": (ONE + 'x = "', "5: not TOML: Unterminated string"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_line_its_key_and_the_nearest_name(write: Write, name: str) -> None:
    write("", "w.safetensors"), write("", "d.csv")
    text, expected = MISTAKES[name]
    assert any(expected in problem for problem in refused(write, text))


def test_every_mistake_is_told_at_once_in_order(write: Write) -> None:
    problems = refused(write, ONE + 'tightness = 7\n[[claim]]\nid = "b"\ntheorem = "x"\n[[claim]]\nid = "B"\n')
    assert [problem.split(":")[0] for problem in problems] == ["5", "8", "9", "10"]
    many = refused(write, "".join(f'[[claim]]\nid = "c{i}"\ntheorem = "x"\n' for i in range(50)))
    assert (len(many), many[-1]) == (21, "and 30 more")
    many = refused(write, "".join(f'[[claim]]\nid = "c{i}"\ntheorem = "x"\n' for i in range(900)))
    assert (len(many), many[-1]) == (21, "and at least 480 more")


@pytest.mark.parametrize("head", ["", 'format = "refutable-claims/2"\n', "format = 1\n"])
def test_the_format_must_be_said(write: Write, head: str) -> None:
    [problem] = refused(write, ONE, head)
    assert '"refutable-claims/1"' in problem
    assert problem.startswith("1: key 'format': is " if head else "1: the key 'format' is missing")


def test_lines_are_right_where_windows_wrote_the_file(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (FORMAT + ONE + "tightness = 3\n").replace("\n", "\r\n").encode())
    with pytest.raises(ClaimsError, match=r"claims\.toml:5: claim 'one', key 'tightness'"):
        read_claims(path)


def test_an_expression_is_parsed_once(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = building.parse
    monkeypatch.setattr(building, "parse", lambda written: parsed.append(written) or parse(written))
    claims = [f'[[claim]]\nid = "c{i}"\nexpression = "loss <= {i}"\n' for i in range(1, 4)]
    assert len(read(write, "".join(claims)).entries) == 3
    assert parsed == ["loss <= 1", "loss <= 2", "loss <= 3"]
