# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP in, parsed calls out, and back: the AWS protocols, after botocore's service models.

Parsers and serialisers are moto's, which work from the models; errors are written here, because AWS answers
codes that no model declares (ThrottlingException, ExpiredToken...).
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.datastructures import Headers, MultiDict

from .errors import AwsError

# Signing name -> (IAM prefix, botocore's name). Sources: `endpointPrefix`/`signingName` of the models, and the
# Service Authorization Reference for the prefixes.
SERVICES = {
    "acm": ("acm", "acm"),
    "route53": ("route53", "route53"),
    "sts": ("sts", "sts"),
    "tagging": ("tag", "resourcegroupstaggingapi"),
    "cloudfront": ("cloudfront", "cloudfront"),
    "elasticloadbalancing": ("elasticloadbalancing", "elbv2"),
    "acm-pca": ("acm-pca", "acm-pca"),
    "secretsmanager": ("secretsmanager", "secretsmanager"),
    "monitoring": ("cloudwatch", "cloudwatch"),
}
# With an overridden endpoint botocore signs for the client's Region; a global service must not take it from there.
GLOBAL_SERVICES = frozenset({"route53", "cloudfront"})
GLOBAL_REGION = "aws-global"
# Of the errors, where the model has none for the service; those of the services' API references' examples.
NAMESPACES = {
    "route53": "https://route53.amazonaws.com/doc/2013-04-01/",
    "cloudfront": "http://cloudfront.amazonaws.com/doc/2020-05-31/",
}


@dataclass
class Request:
    """One HTTP request; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Scope:
    """What the Authorization header says."""

    access_key: str
    region: str
    signing_name: str

    @property
    def service(self) -> str:
        return SERVICES.get(self.signing_name, (self.signing_name, ""))[0]


def scope_of(request: Request) -> Scope | None:
    """The credential scope of a SigV4 request (`Credential=key/date/region/service/aws4_request`)."""
    header = request.headers.get("authorization", "")
    match = re.search(r"Credential=([^/,\s]+)/\d+/([^/]*)/([^/]+)/aws4_request", header)
    if match is None:
        return None
    access_key, region, signing_name = match.groups()
    return Scope(access_key, GLOBAL_REGION if signing_name in GLOBAL_SERVICES else region, signing_name)


@cache
def service_model(signing_name: str) -> ServiceModel:
    return get_service_model(SERVICES[signing_name][1])


@cache
def operation_model(signing_name: str, action: str) -> OperationModel:
    return service_model(signing_name).operation_model(action)


@cache
def _routes(signing_name: str) -> list[tuple[str, re.Pattern[str], frozenset[tuple[str, str]], str]]:
    """Method, path, fixed query and operation of a REST service; fewer variables first, and then more of a query
    (CreateDistributionWithTags is CreateDistribution with `?WithTags`)."""
    model = service_model(signing_name)
    routes = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, dummy, query = http["requestUri"].partition("?")
        path = path.rstrip("/")
        pattern = re.sub(r"\\{(\w+)(\\\+)?\\}", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", re.escape(path))
        fixed = frozenset(parse_qsl(query, keep_blank_values=True))
        routes.append((path.count("{"), -len(fixed), http["method"], re.compile(pattern + "/?"), fixed, name))
    routes.sort(key=lambda route: route[:2])
    return [(method, pattern, fixed, name) for _count, _length, method, pattern, fixed, name in routes]


def action_of(request: Request, signing_name: str) -> tuple[str, dict[str, str]]:
    """The operation's name and the variables of the path; the name is empty when it is none of the service's."""
    target = request.headers.get("x-amz-target")
    if target:
        return target.rpartition(".")[2], {}
    if signing_name not in SERVICES:
        return "", {}
    if protocol_of(signing_name) == "query":
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        return form.get("Action", ""), {}
    query = set(parse_qsl(request.query, keep_blank_values=True))
    for method, pattern, fixed, name in _routes(signing_name):
        match = pattern.fullmatch(request.path)
        if match and method == request.method and fixed <= query:
            return name, {key: unquote(value) for key, value in match.groupdict().items()}
    return "", {}


def parse(request: Request, signing_name: str, action: str, variables: dict[str, str]) -> dict[str, Any]:
    """The parameters of the call, named as in boto3."""
    protocol = protocol_of(signing_name)
    values = MultiDict(parse_qsl(request.query, keep_blank_values=True))
    if protocol == "query":
        values.update(dict(parse_qsl(request.body.decode("utf-8"), keep_blank_values=True)))
    parser = PROTOCOL_PARSERS[protocol](operation_model(signing_name, action))
    try:
        parsed = parser.parse(
            {
                "method": request.method,
                "values": values,
                "headers": Headers(list(request.headers.items())),
                "body": request.body,
                "url_params": variables,
                "url_path": request.path,
            }
        )
    except Exception as error:
        raise AwsError("SerializationException", f"Could not parse the request: {error}") from error
    return {name: value for name, value in (parsed or {}).items() if value is not None}


def serialize(result: dict[str, Any], signing_name: str, action: str) -> Response:
    """The answer in the service's wire format."""
    model = service_model(signing_name)
    protocol = protocol_of(signing_name)
    answer = get_serializer_class(model.service_name, protocol)(operation_model(signing_name, action)).serialize(result)
    body = answer["body"]
    headers = {name: str(value) for name, value in answer["headers"].items()}
    if protocol == "json":
        headers["Content-Type"] = f"application/x-amz-json-{model.metadata.get('jsonVersion', '1.1')}"
    headers["x-amzn-RequestId"] = str(uuid.uuid4())
    return Response(answer["status_code"], headers, body.encode() if isinstance(body, str) else body)


@cache
def protocol_of(signing_name: str) -> str:
    """The protocol botocore speaks to the service: the first it knows of those in the model (it cannot do CBOR for
    services that have JSON too). Services we have no model of are taken for JSON."""
    if signing_name not in SERVICES:
        return "json"
    model = service_model(signing_name)
    offered = model.metadata.get("protocols", [model.protocol])
    return next(protocol for protocol in ("json", "rest-json", "rest-xml", "query") if protocol in offered)


def serialize_error(error: AwsError, signing_name: str) -> Response:
    """The error in the service's wire format.

    Route 53's InvalidChangeBatch comes as an ErrorResponse too: botocore finds no code in the older form, whose
    root is the error itself.
    """
    request_id = str(uuid.uuid4())
    headers = {"x-amzn-RequestId": request_id}
    if protocol_of(signing_name) == "json":
        headers |= {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": error.code}
        body = json.dumps({"__type": error.code, "message": error.message, **error.attributes})
        return Response(error.status, headers, body.encode())
    headers["Content-Type"] = "text/xml"
    namespace = service_model(signing_name).metadata.get("xmlNamespace", "")
    namespace = namespace or NAMESPACES.get(signing_name, "")
    fault = "Sender" if error.status < 500 else "Receiver"
    messages = "".join(f"<Message>{escape(text)}</Message>" for text in error.attributes.get("messages", []))
    if error.attributes.get("legacy_form"):
        body = (
            f'<?xml version="1.0"?>\n<{error.code} xmlns="{namespace}"><Messages>{messages}</Messages>'
            f"<RequestId>{request_id}</RequestId></{error.code}>"
        )
        return Response(error.status, headers, body.encode())
    body = (
        f'<?xml version="1.0"?>\n<ErrorResponse xmlns="{namespace}"><Error><Type>{fault}</Type>'
        f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        f"{f'<messages>{messages}</messages>' if messages else ''}</Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return Response(error.status, headers, body.encode())
