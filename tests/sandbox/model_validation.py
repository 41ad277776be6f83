# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks the service's front makes from its model, before the operation sees the call.

botocore checks lengths and required members on the client's side, but never patterns; AWS does all of them.
The message follows AWS's ("1 validation error detected: Value '…' at '…' failed to satisfy constraint: …").
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from botocore.model import Shape

from .errors import AwsError
from .wire import operation_model

# The code each service answers with. Sources: the models' declared errors, Common Errors pages.
# CloudFront: aws-cli#6275.
CODES = {
    "acm": "ValidationException",
    "acm-pca": "ValidationException",
    "tagging": "InvalidParameterException",
    "sts": "ValidationError",
    "elasticloadbalancing": "ValidationError",
    "cloudfront": "MalformedXML",
}
DEFAULT_CODE = "InvalidInput"


def validate(parameters: dict[str, Any], signing_name: str, action: str) -> None:
    """Raise the service's validation error when the parameters break the model."""
    shape = operation_model(signing_name, action).input_shape
    if shape is None:
        return
    faults = list(_faults(parameters, shape, ""))
    if faults:
        noun = "error" if len(faults) == 1 else "errors"
        raise AwsError(
            CODES.get(signing_name, DEFAULT_CODE),
            f"{len(faults)} validation {noun} detected: {'; '.join(faults)}",
        )


_TYPES = {"structure": dict, "list": list, "string": str, "integer": int, "long": int, "boolean": bool}


def _faults(value: Any, shape: Shape, path: str) -> Any:
    wanted = _TYPES.get(shape.type_name)
    if wanted is not None and not isinstance(value, wanted):
        # JSON leaves it to the sender what it sends; AWS's deserialiser does not.
        raise AwsError("SerializationException", f"{path or 'The body'} is no {shape.type_name}")
    if shape.type_name == "structure":
        for name in shape.required_members:
            if value.get(name) is None:
                yield _fault(None, _join(path, name), "Member must not be null")
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _faults(value[name], member, _join(path, name))
    elif shape.type_name == "list":
        yield from _length_faults(value, len(value), shape, path)
        for index, item in enumerate(value, 1):
            yield from _faults(item, shape.member, f"{path}.{index}.member")
    else:
        yield from _scalar_faults(value, shape, path)


def _scalar_faults(value: Any, shape: Shape, path: str) -> Any:
    if shape.type_name == "string":
        yield from _length_faults(value, len(value), shape, path)
        yield from _string_faults(value, shape, path)
    elif shape.type_name == "blob":
        # AWS names the buffer, not what is in it.
        yield from _length_faults("java.nio.HeapByteBuffer", len(value), shape, path)
    elif shape.type_name in ("integer", "long"):
        yield from _range_faults(value, shape, path)


def _string_faults(value: str, shape: Shape, path: str) -> Any:
    allowed = getattr(shape, "enum", [])
    if allowed and value not in allowed:
        yield _fault(value, path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")
    pattern = shape._shape_model.get("pattern")
    if pattern and _compiled(pattern).fullmatch(value) is None:
        yield _fault(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _length_faults(value: Any, length: int, shape: Shape, path: str) -> Any:
    if length > shape.metadata.get("max", length):
        yield _fault(value, path, f"Member must have length less than or equal to {shape.metadata['max']}")
    if length < shape.metadata.get("min", length):
        yield _fault(value, path, f"Member must have length greater than or equal to {shape.metadata['min']}")


def _range_faults(value: int, shape: Shape, path: str) -> Any:
    if value > shape.metadata.get("max", value):
        yield _fault(value, path, f"Member must have value less than or equal to {shape.metadata['max']}")
    if value < shape.metadata.get("min", value):
        yield _fault(value, path, f"Member must have value greater than or equal to {shape.metadata['min']}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The model's Java expression as Python's; Unicode classes become their nearest relatives."""
    text = re.sub(r"\\p\{[LN]\w*\}", r"\\w", pattern)
    text = re.sub(r"\\p\{[ZS]\w*\}", r"\\s", text)
    text = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda match: re.escape(chr(int(match[1], 16))), text)
    text = text.replace(r"\u10000-\u10FFFF", "\U00010000-\U0010ffff")
    try:
        return re.compile(text)
    except re.error:
        return re.compile(r".*", re.DOTALL)


def _join(path: str, name: str) -> str:
    name = name[:1].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _fault(value: Any, path: str, constraint: str) -> str:
    if isinstance(value, list):
        shown = f"'[{', '.join(map(str, value))}]'"
    else:
        shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"
