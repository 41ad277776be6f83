# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The key that DNS updates are signed with (TSIG, RFC 8945): from options, or from a file as BIND has it."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
import typing as t

from ._errors import InvalidInput
from ._names import InvalidName, normalise

ALGORITHMS = ("hmac-sha256", "hmac-sha512", "hmac-sha384", "hmac-sha224", "hmac-sha1", "hmac-md5")
KEY_ARGUMENTS: dict[str, t.Any] = {
    "key_name": {"type": "str", "no_log": False},
    "key_algorithm": {"type": "str", "choices": list(ALGORITHMS), "no_log": False},
    "key_secret": {"type": "str", "no_log": True},
    "key_file": {"type": "path", "no_log": False},
}
DEFAULT_ALGORITHM = "hmac-sha256"

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|#[^\n]*", re.DOTALL)
_KEY = re.compile(r'\bkey\s+"?([^\s"{;]+)"?\s*\{([^}]*)\}')
_STATEMENT = re.compile(r'\b(algorithm|secret)\s+"?([^\s";]+)"?\s*;')


@dataclasses.dataclass(frozen=True)
class TsigKey:
    """``secret`` is in base64. It is kept out of what Python shows of the key."""

    name: str
    algorithm: str
    secret: str = dataclasses.field(repr=False)


def parse_key(params: t.Mapping[str, t.Any], read: t.Callable[[str], str | None]) -> TsigKey | None:
    """None: updates aren't signed. ``read`` gives a file's text. Raises InvalidInput, which never has the secret."""
    name, secret, path = params["key_name"], params["key_secret"], params["key_file"]
    if path:
        if name or secret or params["key_algorithm"]:
            raise InvalidInput(["key_file has the whole key: leave out key_name, key_algorithm and key_secret"])
        try:
            return _from_file(path, read(path))
        except OSError as error:
            raise InvalidInput([f"key_file {path} can't be read: {error.strerror}"]) from error
    if bool(name) != bool(secret):
        raise InvalidInput(["key_name and key_secret belong together"])
    if not name:
        return None
    return _checked(name, params["key_algorithm"] or DEFAULT_ALGORITHM, secret, "key_secret")


def _from_file(path: str, text: str | None) -> TsigKey:
    if text is None:
        raise InvalidInput([f"key_file {path} doesn't exist"])
    keys = _KEY.findall(_COMMENT.sub("", text))
    if len(keys) != 1:
        found = f"{len(keys)} keys" if keys else "no key"
        raise InvalidInput([f"key_file {path} has {found}, and one is needed, as tsig-keygen writes it"])
    name, body = keys[0]
    said = dict(_STATEMENT.findall(body))
    if set(said) != {"algorithm", "secret"}:
        raise InvalidInput([f"the key in key_file {path} needs an algorithm and a secret"])
    algorithm = said["algorithm"].lower()
    if algorithm not in ALGORITHMS:
        raise InvalidInput([f"key_file {path}: its algorithm is none of {', '.join(ALGORITHMS)}"])
    return _checked(name, algorithm, said["secret"], f"the secret in key_file {path}")


def _checked(name: str, algorithm: str, secret: str, source: str) -> TsigKey:
    try:
        decoded = base64.b64decode(secret, validate=True)
        form = normalise(name)
    except InvalidName as error:
        raise InvalidInput([f"key_name: {error}"]) from error
    except (binascii.Error, ValueError):
        decoded, form = b"", ""
    if not decoded:
        raise InvalidInput([f"{source} isn't base64, which tsig-keygen writes"])
    return TsigKey(form, algorithm, secret)
