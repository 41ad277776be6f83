# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What an answer of a Puppet CA means.

The status alone doesn't say it. A 404 is "not signed yet", "no such certificate" or "this is no CA", and a 400 may well
be good news. The texts are those of Puppet Server 7.9.5, newer ones have the same.
"""

from __future__ import annotations

import dataclasses
import enum
import re
import typing as t


class Meaning(enum.Enum):
    """``UNEXPECTED`` is what no rule knows."""

    TLS_REJECTED = "tls_rejected"
    FORBIDDEN = "forbidden"
    WRONG_ENDPOINT = "wrong_endpoint"
    BAD_NAME = "bad_name"
    BAD_REQUEST = "bad_request"
    CERT_PRESENT = "cert_present"
    CERT_ABSENT = "cert_absent"
    CSR_PRESENT = "csr_present"
    CSR_ABSENT = "csr_absent"
    CSR_ACCEPTED = "csr_accepted"
    CSR_EXISTS_REQUESTED = "csr_exists_requested"
    CSR_EXISTS_SIGNED = "csr_exists_signed"
    CSR_EXISTS_REVOKED = "csr_exists_revoked"
    AUTOSIGN_POLICY_REFUSED = "autosign_policy_refused"
    BAD_CSR = "bad_csr"
    STATUS = "status"
    STATUS_ABSENT = "status_absent"
    STATUS_CHANGED = "status_changed"
    STATUS_LIST = "status_list"
    NO_SUCH_NAME = "no_such_name"
    NOTHING_TO_SIGN = "nothing_to_sign"
    NOTHING_TO_REVOKE = "nothing_to_revoke"
    POLICY_SAN = "policy_san"
    POLICY_AUTH_EXT = "policy_auth_ext"
    POLICY_EXT = "policy_ext"
    BAD_CSR_SIGNATURE = "bad_csr_signature"
    BAD_TTL = "bad_ttl"
    CA_BROKEN = "ca_broken"
    RACE = "race"
    DELETED = "deleted"
    CLEANED = "cleaned"
    CLEANED_PARTLY = "cleaned_partly"
    CRL = "crl"
    CRL_NOT_MODIFIED = "crl_not_modified"
    CRL_UPLOADED = "crl_uploaded"
    CRL_REFUSED = "crl_refused"
    EXPIRATIONS = "expirations"
    RENEWED = "renewed"
    SERVER_STATUS = "server_status"
    THROTTLED = "throttled"
    UNEXPECTED = "unexpected"


@dataclasses.dataclass(frozen=True)
class Answer:
    """``status`` None: the TLS handshake failed. ``date`` and ``last_modified`` are the headers."""

    status: int | None
    body: str = ""
    content_type: str = ""
    date: str = ""
    last_modified: str = ""


@dataclasses.dataclass(frozen=True)
class _Rule:
    """``*`` stands for every endpoint or method; the patterns are searched for."""

    endpoint: str
    method: str
    status: int
    meaning: Meaning
    body: str = ""
    content_type: str = ""


_NO_CERTIFICATE = r"^Could not find certificate \S+$"
_NO_REQUEST = r"^Could not find certificate_request \S+$"
_REFUSED_BY_POLICY = (
    "contains extra subject alternative names|contains an authorization extension"
    "|^Found extensions that are not permitted"
)
_BAD_NAME = (
    r"^Certificate names must be lower case\.$|^Subject hostname format is invalid$"
    r'|^Instance name ".*" does not match requested key ".*"$'
)
_NOT_ONE_CSR = (
    r"^Internal Server Error: (java\.lang\.(IndexOutOfBounds|ClassCast|IllegalArgument)Exception|org\.bouncycastle\.)"
)
_BAD_STATUS_REQUEST = (
    r"^Request body is not JSON\.$|^Missing required parameter|^State .* invalid;|must be an integer, not "
)
_BAD_CLEAN_REQUEST = (
    r"^Missing required key: 'certnames'|^Request body is not JSON\.$|^Async mode is not currently supported\.$"
)
_CRL_REFUSED = (
    r"^Could not determine newest CRL\.$|^No valid CRLs submitted\.$"
    r"|^One or more submitted CRLs do not have an authority key identifier\.$"
)
_CERTIFICATE, _REQUEST = "certificate", "certificate_request"
_STATUS, _STATUSES = "certificate_status", "certificate_statuses"
_CRLS = "certificate_revocation_list"

#: The first that fits counts.
_RULES = (
    _Rule("*", "*", 403, Meaning.FORBIDDEN),
    _Rule("*", "*", 400, Meaning.BAD_NAME, r"^Invalid relative path"),
    _Rule("*", "*", 404, Meaning.WRONG_ENDPOINT, content_type=r"^text/html"),
    _Rule("*", "*", 404, Meaning.WRONG_ENDPOINT, r"^$"),
    # The same page, for those who want a text or JSON.
    _Rule("*", "*", 404, Meaning.WRONG_ENDPOINT, r"^HTTP ERROR 404 ", r"^text/plain"),
    _Rule("*", "*", 404, Meaning.WRONG_ENDPOINT, r'"url":"/puppet-ca/', r"^application/json"),
    _Rule("*", "*", 429, Meaning.THROTTLED),
    _Rule(_CERTIFICATE, "GET", 200, Meaning.CERT_PRESENT, r"^-----BEGIN CERTIFICATE-----"),
    _Rule(_CERTIFICATE, "GET", 404, Meaning.CERT_ABSENT, _NO_CERTIFICATE, r"^text/plain"),
    _Rule(_REQUEST, "GET", 200, Meaning.CSR_PRESENT, r"^-----BEGIN (NEW )?CERTIFICATE REQUEST-----"),
    _Rule(_REQUEST, "GET", 404, Meaning.CSR_ABSENT, _NO_REQUEST, r"^text/plain"),
    _Rule(_REQUEST, "PUT", 200, Meaning.CSR_ACCEPTED, r"^$"),
    _Rule(_REQUEST, "PUT", 400, Meaning.CSR_EXISTS_REQUESTED, "already has a requested certificate; "),
    _Rule(_REQUEST, "PUT", 400, Meaning.CSR_EXISTS_SIGNED, "already has a signed certificate; "),
    _Rule(_REQUEST, "PUT", 400, Meaning.CSR_EXISTS_REVOKED, "already has a revoked certificate; "),
    _Rule(_REQUEST, "PUT", 400, Meaning.BAD_NAME, _BAD_NAME),
    _Rule(_REQUEST, "PUT", 400, Meaning.AUTOSIGN_POLICY_REFUSED, _REFUSED_BY_POLICY),
    _Rule(_REQUEST, "PUT", 500, Meaning.BAD_CSR, _NOT_ONE_CSR),
    _Rule(_REQUEST, "DELETE", 204, Meaning.DELETED),
    _Rule(_REQUEST, "DELETE", 404, Meaning.CSR_ABSENT, r"^No certificate request for "),
    _Rule(_STATUS, "GET", 200, Meaning.STATUS, r"^\{"),
    _Rule(_STATUS, "GET", 404, Meaning.STATUS_ABSENT, r"^Resource not found\.$"),
    _Rule(_STATUS, "GET", 406, Meaning.BAD_REQUEST),
    _Rule(_STATUS, "PUT", 204, Meaning.STATUS_CHANGED),
    _Rule(_STATUS, "PUT", 400, Meaning.BAD_REQUEST, _BAD_STATUS_REQUEST),
    _Rule(_STATUS, "PUT", 415, Meaning.BAD_REQUEST),
    _Rule(_STATUS, "PUT", 404, Meaning.NO_SUCH_NAME, r"^Invalid certificate subject\.$"),
    # openvox-ca
    _Rule(_STATUS, "PUT", 404, Meaning.NOTHING_TO_SIGN, r"^CSR not found$"),
    _Rule(_STATUS, "PUT", 409, Meaning.NOTHING_TO_SIGN, r"^Cannot sign certificate .* without a certificate request$"),
    _Rule(
        _STATUS, "PUT", 409, Meaning.NOTHING_TO_REVOKE, r"^Cannot revoke certificate .* without a signed certificate$"
    ),
    _Rule(_STATUS, "PUT", 409, Meaning.POLICY_SAN, "contains extra subject alternative names"),
    _Rule(_STATUS, "PUT", 409, Meaning.POLICY_AUTH_EXT, "contains an authorization extension"),
    _Rule(_STATUS, "PUT", 409, Meaning.POLICY_EXT, r"^Found extensions that are not permitted"),
    _Rule(_STATUS, "PUT", 409, Meaning.BAD_CSR_SIGNATURE, "does not correspond to the signing key$"),
    _Rule(_STATUS, "PUT", 500, Meaning.BAD_TTL, r"java\.lang\.ArithmeticException"),
    _Rule(_STATUS, "PUT", 500, Meaning.CA_BROKEN, "The PEM stream must contain exactly one object$"),
    _Rule(_STATUS, "PUT", 500, Meaning.RACE, "FileNotFoundException"),
    _Rule(_STATUS, "DELETE", 204, Meaning.DELETED),
    _Rule(_STATUS, "DELETE", 404, Meaning.STATUS_ABSENT, r"^Resource not found\.$"),
    _Rule(_STATUSES, "GET", 200, Meaning.STATUS_LIST, r"^\["),
    _Rule(_STATUSES, "GET", 400, Meaning.BAD_REQUEST),
    _Rule("clean", "PUT", 200, Meaning.CLEANED, r"^Successfully cleaned all certs\.$"),
    _Rule("clean", "PUT", 200, Meaning.CLEANED_PARTLY, r"^The following certs do not exist and cannot be revoked: \["),
    _Rule("clean", "PUT", 400, Meaning.BAD_REQUEST, _BAD_CLEAN_REQUEST),
    _Rule(_CRLS, "GET", 200, Meaning.CRL, r"^-----BEGIN X509 CRL-----"),
    _Rule(_CRLS, "GET", 304, Meaning.CRL_NOT_MODIFIED),
    _Rule(_CRLS, "PUT", 200, Meaning.CRL_UPLOADED, r"^Successfully updated CRLs\.$"),
    _Rule(_CRLS, "PUT", 400, Meaning.CRL_REFUSED, _CRL_REFUSED),
    _Rule("expirations", "GET", 200, Meaning.EXPIRATIONS, r"^\{"),
    _Rule("certificate_renewal", "POST", 200, Meaning.RENEWED, r"^-----BEGIN CERTIFICATE-----"),
    _Rule("status-service", "GET", 200, Meaning.SERVER_STATUS),
    _Rule("status-service", "GET", 404, Meaning.WRONG_ENDPOINT, r"^not found: ca$"),
)


def classify(endpoint: str, method: str, answer: Answer) -> Meaning:
    """``endpoint`` is the first part of the path below /puppet-ca/v1, or ``status-service``."""
    if answer.status is None:
        return Meaning.TLS_REJECTED
    for rule in _RULES:
        if rule.endpoint in ("*", endpoint) and rule.method in ("*", method) and _fits(rule, answer):
            return rule.meaning
    return Meaning.UNEXPECTED


def _fits(rule: _Rule, answer: Answer) -> bool:
    return (
        rule.status == answer.status
        and re.search(rule.content_type, answer.content_type) is not None
        and re.search(rule.body, answer.body.rstrip("\n")) is not None
    )


#: Somebody else was faster, maybe: what is there now decides.
OVERTAKEN = frozenset({Meaning.NOTHING_TO_SIGN, Meaning.RACE})
#: The CA's own policy says no. The request stays, and blocks its name until it is deleted.
REFUSED_BY_POLICY = frozenset(
    {
        Meaning.POLICY_SAN,
        Meaning.POLICY_AUTH_EXT,
        Meaning.POLICY_EXT,
        Meaning.BAD_CSR_SIGNATURE,
        Meaning.AUTOSIGN_POLICY_REFUSED,
    }
)

_AUTH_CONF = (
    "the CA's auth.conf doesn't allow it. As shipped it asks for a client certificate with the extension pp_cli_auth "
    "for this, which the one of the CA server itself has"
)
_ADVICE: t.Mapping[Meaning, str] = {
    Meaning.FORBIDDEN: _AUTH_CONF,
    Meaning.WRONG_ENDPOINT: (
        "there is no Puppet CA at this address: it is another server or port, or the CA service of this Puppet Server "
        "is disabled (services.d/ca.cfg). Check ca_url"
    ),
    Meaning.BAD_NAME: "the CA refuses the certname",
    Meaning.BAD_CSR: "the CA couldn't read the certificate signing request",
    Meaning.AUTOSIGN_POLICY_REFUSED: "it refused to autosign, and the request blocks the name until it is removed",
    Meaning.POLICY_SAN: "the CA signs no alternative names (allow-subject-alt-names in its ca.conf)",
    Meaning.POLICY_AUTH_EXT: "the CA signs no authorization extensions (allow-authorization-extensions in its ca.conf)",
    Meaning.POLICY_EXT: "the CA never signs these extensions: request again without them",
    Meaning.BAD_CSR_SIGNATURE: "the request is broken, or was tampered with: reject it",
    Meaning.BAD_TTL: "cert_ttl is too large for the CA",
    Meaning.CA_BROKEN: "the CA can't read its own key (ca_key.pem), as after importing an EC key",
    Meaning.THROTTLED: "the CA asks for fewer requests: run again later",
}
_SHOWN = 300


def explain(meaning: Meaning, answer: Answer) -> str:
    """What to say of an answer that ends the task: what it means, and the CA's own words."""
    words = " ".join(answer.body.split())
    if meaning is Meaning.WRONG_ENDPOINT or answer.content_type.startswith("text/html") or not words:
        words = f"HTTP {answer.status}"
    else:
        words = f"HTTP {answer.status}: {words[:_SHOWN]}"
    advice = _ADVICE.get(meaning)
    return f"{advice} ({words})" if advice else f"the CA answered {words}"
