"""How files refer to a user's claim: a Python file with a name in it, or an expression that stands for itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refutable.theorems.claims import Claim
from refutable.theorems.instances import canonical_json
from refutable.verify.userclaims.assumptions import expanded
from refutable.verify.userclaims.building import expression_claim
from refutable.verify.userclaims.files import FileClaim, file_claim, from_argument, names_a_file
from refutable.verify.userclaims.grammar import normal
from refutable.verify.userclaims.loading import digest_of

__all__ = ["ExpressionClaim", "FileClaim", "file_claim", "from_argument", "from_document", "names_a_file"]


@dataclass(frozen=True)
class ExpressionClaim:
    """A claim that an expression states; needs no file.

    Attributes:
        expression: with single blanks.
        domain: id of the domain it is about.
        assumes: ids of assumptions; short names such as "minimum" are written out.
    """

    expression: str
    domain: str
    assumes: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", normal(self.expression))
        object.__setattr__(self, "assumes", expanded(self.assumes))

    @property
    def label(self) -> str:
        """Stem of witness files."""
        return "expression"

    def resolve(self) -> Claim:
        """The claim. Raises ReadError: the expression, the domain or an assumption makes no sense."""
        return expression_claim(self.expression, self.domain, self.assumes)

    def document(self) -> dict[str, Any]:
        """The claim's entry in a witness."""
        return {"expression": self.expression, "domain": self.domain, "assumes": list(self.assumes)}

    def digest(self) -> str:
        """SHA-256 of the document: expression, domain, assumptions."""
        return digest_of(canonical_json(self.document()).encode())

    def __str__(self) -> str:
        return self.expression


def from_document(doc: Mapping[str, Any]) -> FileClaim | ExpressionClaim:
    """The reference in a witness's entry. A file is not looked for before it is resolved.

    Raises:
        ValueError: not the entry of a user's claim, or an expression that makes no sense.
    """
    if set(doc) == {"file", "name", "sha256", "statement"} and all(isinstance(v, str) for v in doc.values()):
        if not doc["name"].isidentifier() or not re.fullmatch(r"[0-9a-f]{64}", doc["sha256"]) or not doc["file"]:
            raise ValueError("file, name or sha256 of the claim makes no sense")
        return FileClaim(Path(doc["file"]), doc["name"], doc["sha256"], doc["statement"])
    if set(doc) == {"expression", "domain", "assumes"}:
        assumes = doc["assumes"]
        texts = [doc["expression"], doc["domain"], *(assumes if isinstance(assumes, list) else [None])]
        if not all(isinstance(value, str) for value in texts):
            raise ValueError("expression, domain or assumes of the claim is no text")
        found = ExpressionClaim(doc["expression"], doc["domain"], tuple(assumes))
        found.resolve()
        return found
    raise ValueError("the claim is neither in a file nor an expression")
