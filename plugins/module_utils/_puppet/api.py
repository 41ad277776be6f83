# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The calls to a Puppet CA, a function each. What an answer can mean beside success is in its return value."""

from __future__ import annotations

import json
import typing as t

from .answers import OVERTAKEN, REFUSED_BY_POLICY, Answer, Meaning
from .client import Client

_TEXT = {"Content-Type": "text/plain"}
_JSON = {"Content-Type": "application/json"}
#: The name under which the CA's own things are.
_CA = "ca"


def get_ca_certificates(client: Client) -> str:
    meaning, answer = client.call("GET", "certificate", _CA)
    if meaning is not Meaning.CERT_PRESENT:
        raise client.refusal(meaning, answer, "send its CA's certificates")
    return answer.body


def get_certificate(client: Client, certname: str) -> str | None:
    """None: there is none, signed or not. Also a revoked certificate is sent."""
    meaning, answer = client.call("GET", "certificate", certname)
    if meaning is Meaning.CERT_ABSENT:
        return None
    if meaning is not Meaning.CERT_PRESENT:
        raise client.refusal(meaning, answer, f"send the certificate of {certname}")
    return answer.body


def get_request(client: Client, certname: str) -> tuple[bool, str | None]:
    """Whether pending requests are shown at all (openvox-ca shows them to administrators), and the one of this name."""
    meaning, answer = client.call("GET", "certificate_request", certname, admin=client.is_admin)
    if meaning is Meaning.FORBIDDEN and not client.is_admin:
        return False, None
    if meaning is Meaning.CSR_ABSENT:
        return True, None
    if meaning is not Meaning.CSR_PRESENT:
        raise client.refusal(meaning, answer, f"send the request of {certname}")
    return True, answer.body


def put_request(client: Client, certname: str, csr: str) -> None:
    """Whether it is there afterwards has to be looked up: others may submit, too, and the answer doesn't say whose "
    "it is."""
    meaning, answer = client.call("PUT", "certificate_request", certname, body=csr, headers=_TEXT)
    there = (Meaning.CSR_ACCEPTED, Meaning.CSR_EXISTS_REQUESTED, Meaning.CSR_EXISTS_SIGNED)
    if meaning not in there:
        raise client.refusal(meaning, answer, f"take the request of {certname}")


def sign(client: Client, certname: str, cert_ttl: int | None = None) -> str | None:
    """Why the CA's policy refuses; None when it has signed, or there is nothing to sign (any more)."""
    wanted = {"desired_state": "signed", **({"cert_ttl": cert_ttl} if cert_ttl else {})}
    meaning, answer = _put_status(client, certname, wanted)
    if meaning in REFUSED_BY_POLICY:
        return client.refusal(meaning, answer, f"sign the request of {certname}").message
    if meaning is not Meaning.STATUS_CHANGED and meaning not in OVERTAKEN and meaning is not Meaning.NO_SUCH_NAME:
        raise client.refusal(meaning, answer, f"sign the request of {certname}")
    return None


def revoke(client: Client, certname: str) -> bool:
    """False: there is no certificate to revoke, maybe a request."""
    meaning, answer = _put_status(client, certname, {"desired_state": "revoked"})
    if meaning in (Meaning.NOTHING_TO_REVOKE, Meaning.NO_SUCH_NAME):
        return False
    if meaning is not Meaning.STATUS_CHANGED:
        raise client.refusal(meaning, answer, f"revoke the certificate of {certname}")
    return True


def _put_status(client: Client, certname: str, wanted: t.Mapping[str, t.Any]) -> tuple[Meaning, Answer]:
    body = json.dumps(wanted)
    return client.call("PUT", "certificate_status", certname, body=body, headers=_JSON, admin=True)


def delete(client: Client, certname: str) -> bool:
    """Certificate and request of the name are forgotten, without being revoked. False: there was nothing."""
    meaning, answer = client.call("DELETE", "certificate_status", certname, admin=True)
    if meaning is Meaning.STATUS_ABSENT:
        return False
    if meaning is not Meaning.DELETED:
        raise client.refusal(meaning, answer, f"delete what it has of {certname}")
    return True


def get_statuses(client: Client) -> list[dict[str, t.Any]]:
    """``name`` and ``state`` of each; what else is in them differs between the CAs."""
    meaning, answer = client.call("GET", "certificate_statuses", "all", admin=True)
    try:
        listed = json.loads(answer.body) if meaning is Meaning.STATUS_LIST else None
    except ValueError:
        listed = None
    if listed is None:
        raise client.refusal(meaning, answer, "list its certificates and requests")
    return t.cast("list[dict[str, t.Any]]", listed)


def get_crls(client: Client, since: str | None = None) -> str | None:
    """None: not modified since the HTTP date."""
    headers = {"If-Modified-Since": since} if since else {}
    meaning, answer = client.call("GET", "certificate_revocation_list", _CA, headers=headers)
    if meaning is Meaning.CRL_NOT_MODIFIED:
        return None
    if meaning is not Meaning.CRL:
        raise client.refusal(meaning, answer, "send its certificate revocation lists")
    return answer.body


def renew(client: Client) -> str | None:
    """A new certificate for the one that the client has; None: this CA doesn't renew."""
    meaning, answer = client.call("POST", "certificate_renewal", body="", headers=_TEXT, admin=True)
    if meaning in (Meaning.FORBIDDEN, Meaning.WRONG_ENDPOINT):
        return None
    if meaning is not Meaning.RENEWED:
        raise client.refusal(meaning, answer, "renew the certificate")
    return answer.body
