# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""TXT values as Route 53 writes them, and the text they stand for."""

from __future__ import annotations

import re

# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#TXTFormat: one or more strings in
# double quotes of up to 255 characters, `"` and `\` escaped by `\`, octets that are no printable ASCII as `\ooo`.

_TXT_STRING = r'"(?:[^"\\]|\\[0-7]{3}|\\[^0-7])*"'
_QUOTED_TXT = re.compile(rf"\s*{_TXT_STRING}(?:\s*{_TXT_STRING})*\s*", re.DOTALL)
_TXT_PIECE = re.compile(_TXT_STRING, re.DOTALL)
_TXT_ESCAPE = re.compile(rb"\\([0-7]{3})|\\(.)", re.DOTALL)


def quote_txt(text: str) -> str:
    """A text of any length as the value of a TXT record."""
    octets = text.encode("utf-8", "surrogateescape")
    pieces = [octets[start : start + 255] for start in range(0, len(octets), 255)] or [b""]
    return " ".join('"' + "".join(map(_character, piece)) + '"' for piece in pieces)


def unquote_txt(value: str) -> str:
    """The text that a TXT record's value stands for, its strings joined. A value that is not quoted is the text."""
    if not _QUOTED_TXT.fullmatch(value):
        return value
    return b"".join(map(_octets, _TXT_PIECE.findall(value))).decode("utf-8", "surrogateescape")


def _character(octet: int) -> str:
    character = chr(octet)
    if character in '"\\':
        return "\\" + character
    return character if 0x20 <= octet < 0x7F else f"\\{octet:03o}"


def _octets(quoted: str) -> bytes:
    raw = quoted[1:-1].encode("utf-8", "surrogateescape")
    return _TXT_ESCAPE.sub(lambda found: bytes([int(found[1], 8) & 0xFF]) if found[1] else found[2], raw)
