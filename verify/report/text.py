"""Text on its way into HTML, SVG and MathML."""

from __future__ import annotations

import html
import re

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def escaped(text: object) -> str:
    """``str(text)`` that shows as it is written, in elements and in quoted attributes.

    What XML cannot hold (control characters, halves of surrogate pairs) becomes U+FFFD.
    """
    return html.escape(_NOT_IN_XML.sub("\ufffd", str(text)), quote=True)


def power_of_ten(exponent: int) -> str:
    """10 to a whole power, in superscripts: "10⁻³"."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)
