"""Gate documents made by hand, as a gate writes them: every verdict, several files, texts that mean harm."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

HOSTILE = "a | b `tick` ```fence``` <script>alert(1)</script> [link](https://evil.example) \x1b[31mred\x1b[0m\nnext\r\t"
"""What a claims file may hold where people write."""

INSTANCE = {
    "format": "refutable-instance/1",
    "model": "shallow-relu",
    "network": {"w1": [[5], [-5]], "b1": [0, 0], "w2": [3, 3], "b2": 0},
    "data": {"x": [["-3/4"], ["3/4"]], "y": None},
    "step_size": "32/241",
    "batch_size": None,
}
TIGHT = {"lower": "999/1000", "upper": "999/1000", "touching": False, "text": "1 - 1.0e-3"}


def counterexample(**changes: Any) -> Document:
    """One with a witness file."""
    found = {
        "described": ["f(x) = 3 relu(5 x) + 3 relu(-5 x)", "x = -3/4, 3/4", "eta = 32/241"],
        "comparison": "~0.17 > 0",
        "assumptions": [{"id": "univariate", "verdict": "holds"}, {"id": "minimum", "verdict": "holds"}],
        "method": "drawn with --refutable-seed 0, reduced in 41 decisions: no reduction of it is still a violation",
        "minimal": True,
        "file": "refutable-witnesses/folklore-0123abcd.json",
        "instance": INSTANCE,
        "replay": "refutable replay refutable-witnesses/folklore-0123abcd.json",
    }
    return found | changes


def item(kind: str, holds: int = 0, **changes: Any) -> Document:
    """An item that passed."""
    return {
        "kind": kind,
        "passed": True,
        "verdict": "held",
        "strength": "exact",
        "counts": {"holds": holds, "violated": 0, "vacuous": 0, "undecided": 0, "agrees": 0},
        "tightness": None,
        "seconds": 0.8,
        "problems": [],
        "notes": [],
        "killed": None,
        "counterexample": None,
    } | changes


def claim(id: str, *items: Document, **changes: Any) -> Document:
    """A theorem of the catalogue that held."""
    return {
        "file": "claims.toml",
        "root": "/home/somebody/secret/paper",
        "line": 12,
        "id": id,
        "statement": "lambda_max >= 1 + 2 ||f||",
        "latex": "",
        "source": "weighted-l1",
        "theorem": "weighted-l1",
        "changed": False,
        "constants": {"offset": "1/2"},
        "domain": "shallow-relu",
        "assumes": ["univariate", "minimum"],
        "digest": "00ff",
        "paper": "Mulayoff, Michaeli, Soudry 2021, Theorem 1",
        "expected": "holds",
        "reason": "",
        "as_claimed": True,
        "verdict": "held",
        "tightness": TIGHT,
        "thresholds": {"tightness": None, "mutants": [], "baseline": None},
        "allow": [],
        "link": "",
        "kinds": [one["kind"] for one in items],
        "missing": [],
        "items": list(items),
        "problems": [],
    } | changes


def own(id: str, *items: Document, **changes: Any) -> Document:
    """A claim of the user's own."""
    mine = {"source": "sharpness >= 2", "theorem": "", "constants": {}, "paper": "", "tightness": None}
    return claim(id, *items, **(mine | changes))


def failing(id: str, verdict: str, *items: Document, **changes: Any) -> Document:
    """An own claim that is not as claimed, and why."""
    why = {"as_claimed": False, "verdict": verdict, "problems": [f"{id}: it is {verdict}"]}
    return own(id, *items, **(why | changes))


def gate(*claims: Document) -> Document:
    """The document of a gate with these claims."""
    return {
        "format": "refutable-gate/1",
        "info": {
            "profile": "refutable-ci",
            "seed": 0,
            "device": "auto",
            "code": True,
            "started": "2026-11-21T12:00:00Z",
            "seconds": 12.3,
            "versions": {"refutable": "0.3.0", "python": "3.11.2"},
            "command": "refutable gate claims.toml",
        },
        "complete": not any(one["missing"] for one in claims),
        "as_claimed": all(one["as_claimed"] for one in claims),
        "counts": {"claims": len(claims), "as_claimed": sum(one["as_claimed"] for one in claims)},
        "claims": list(claims),
    }


def green() -> Document:
    """Everything is as claimed."""
    strict = {"tightness": "9/10", "mutants": ["swapped", "right-side-1e-3"], "baseline": None}
    return gate(
        claim(
            "stability-bound", item("drawn", 200), item("constructed", 12), item("mutants", killed=2), thresholds=strict
        ),
        own("path-norm", item("drawn", 50, verdict="not refuted"), item("hunt", 9), verdict="not refuted", line=20),
        own("folklore", item("refutation", verdict="refuted", counterexample=counterexample()), **listed(), line=31),
        own("scarce", item("drawn", verdict="vacuous"), verdict="vacuous", allow=["vacuous"], line=40),
    )


def listed() -> Document:
    """What makes a claim one that is listed as refuted."""
    return {"expected": "refuted", "reason": "forgets the output weights", "verdict": "refuted"}


def red() -> Document:
    """Every verdict, two files, one claim of the same id in both."""
    found = item("drawn", 119, passed=False, verdict="refuted", counterexample=counterexample())
    survivor = item("mutants", passed=False, verdict="weak", killed=1)
    two = {"tightness": None, "mutants": ["swapped", "forgotten"], "baseline": None}
    return gate(
        *green()["claims"],
        failing(
            "refuted-one", "refuted", found, problems=["refuted: drawn\n    nothing told of the instance"], line=50
        ),
        failing("undecided-one", "undecided", item("drawn", passed=False, verdict="undecided"), file="b/claims.toml"),
        failing("suspect-one", "suspect", item("hunt", passed=False, verdict="suspect"), file="b/claims.toml"),
        failing("vacuous-one", "vacuous", item("drawn", passed=False, verdict="vacuous"), file="b/claims.toml"),
        failing("untried-one", "untried", file="b/claims.toml"),
        failing("error-one", "error", item("instances", passed=False, verdict="error", problems=["no file x.json"])),
        failing("weak-one", "weak", survivor, thresholds=two, file="b/claims.toml"),
        failing("folklore", "not refuted", expected="refuted", reason="so they say", file="b/claims.toml", line=3),
        failing("loose", "held", item("tightness", passed=False), file="b/claims.toml"),
    )


def hostile() -> Document:
    """Whatever people may write in a claims file, and very long expressions."""
    long = " + ".join(f"{n}*x{n}" for n in range(3000))
    bad = counterexample(described=[HOSTILE, long], method=HOSTILE, file="a b/$(rm -rf).json", replay=None)
    mean = failing(
        "mean", "refuted", item("drawn", passed=False, verdict="refuted", counterexample=bad, notes=[HOSTILE])
    )
    mean |= {"statement": HOSTILE, "source": HOSTILE, "file": "sub dir/é|`.toml", "problems": [HOSTILE]}
    wide = failing("i" * 300, "undecided", statement=long, source=long, problems=[long])
    fine = own(
        "fine", reason=HOSTILE, statement=HOSTILE, paper=HOSTILE, **{"expected": "refuted", "verdict": "refuted"}
    )
    return gate(mean, wide, fine)
