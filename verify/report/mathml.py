"""LaTeX as MathML; formulas that cannot be read stay LaTeX."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

from refutable.verify.report.markup import Markup, element
from refutable.verify.report.text import escaped

LONGEST = 4000
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_ELEMENTS = re.compile(
    "math|mrow|mi|mn|mo|ms|mtext|mspace|mfrac|msqrt|mroot|msub|msup|msubsup|munder|mover|munderover|mtable|mtr|mtd|"
    "mstyle|mpadded|mphantom|menclose"
)
_ATTRIBUTES = re.compile(
    "display|displaystyle|scriptlevel|mathvariant|stretchy|fence|form|separator|lspace|rspace|width|height|depth|"
    "linethickness|accent|minsize|maxsize|columnalign"
)
_SPACES = dict.fromkeys("|‖∥", "0") | dict.fromkeys("⪰⪯∼~⟹", "0.28em")
"""Room on both sides of signs that browsers space wrongly: bars that may open or close, relations they do not know."""


class _NotMath(ValueError):
    """Something that is no plain MathML."""


@lru_cache(maxsize=4096)
def formula(latex: str) -> Markup:
    """A formula on a line of its own: MathML, or the LaTeX as code where that cannot be converted."""
    try:
        if len(latex) > LONGEST:
            raise _NotMath
        tree = ElementTree.fromstring(convert(latex, display="block"))
        return _serialised(tree)
    except Exception:  # the converter fails in many ways on what is no LaTeX
        return element("code", latex)


def _serialised(node: ElementTree.Element) -> Markup:
    """The tree with known elements and attributes alone: a formula can hold neither links nor scripts."""
    name = node.tag.removeprefix(_NAMESPACE)
    if not _ELEMENTS.fullmatch(name):
        raise _NotMath(name)
    known = {k: v for k, v in node.attrib.items() if _ATTRIBUTES.fullmatch(k)}
    if name == "mo" and node.text in _SPACES:
        known |= {"lspace": _SPACES[node.text], "rspace": _SPACES[node.text]}
    attributes = "".join(f' {k}="{escaped(v)}"' for k, v in known.items())
    inside = escaped(node.text or "") + "".join(_serialised(child) + escaped(child.tail or "") for child in node)
    if "\\" in inside:  # a command the converter did not know
        raise _NotMath(inside)
    return Markup(f"<{name}{attributes}>{inside}</{name}>")
