# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""What is looked at before a request is signed. The CA itself looks at neither the key nor whose it is."""

from __future__ import annotations

import dataclasses
import fnmatch
import ipaddress
import typing as t

from .._errors import InvalidInput
from .._names import covers
from .._subject_names import alternative_name
from .._x509 import weakness
from .certnames import cert_ttl_faults, certname_faults
from .csr import AUTHORIZATION_ARC, SHORT_NAMES, Asked, short_name
from .trust import fingerprint

_WILD = frozenset("*?[")


@dataclasses.dataclass(frozen=True)
class Policy:
    """``keys`` by certname, ``any_owner`` those of no name in particular; without either ``any_key`` must be said.

    ``alternative`` are names that all may have, ``own_alternative`` those of one certname.
    """

    keys: t.Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    any_owner: frozenset[str] = frozenset()
    any_key: bool = False
    alternative: tuple[str, ...] = ()
    own_alternative: t.Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    authorization: frozenset[str] = frozenset()

    def expects(self, certname: str, asked: Asked) -> bool:
        """By the key, or by the request as a whole, whose fingerprint ``puppet agent --fingerprint`` shows."""
        expected = self.any_owner | self.keys.get(certname, frozenset())
        return self.any_key or not expected.isdisjoint((asked.public_key, asked.fingerprint))


def policy(options: t.Mapping[str, t.Any]) -> Policy:
    """Raises InvalidInput with every fault."""
    faults = cert_ttl_faults(options["cert_ttl"]) if options.get("cert_ttl") is not None else []
    keys, any_owner = _expected(options.get("expected_fingerprints"), faults)
    authorization = [SHORT_NAMES.get(each, each) for each in options.get("allowed_extensions") or []]
    faults += [
        f"allowed_extensions: {each} isn't an authorization extension (such as pp_auth_role, or an OID below "
        f"{AUTHORIZATION_ARC})"
        for each in authorization
        if not each.startswith(f"{AUTHORIZATION_ARC}.")
    ]
    own_alternative, alternative = _alternatives(options.get("allowed_alt_names"), faults)
    if options.get("any_key") and (keys or any_owner):
        faults.append("any_key and expected_fingerprints exclude each other")
    if options["state"] == "signed" and not options.get("any_key") and options.get("expected_fingerprints") is None:
        faults.append(
            "expected_fingerprints is needed, so that only requests with your nodes' keys are signed (any_key: true "
            "signs "
            "whoever asks)"
        )
    if faults:
        raise InvalidInput(faults)
    return Policy(keys, any_owner, bool(options.get("any_key")), alternative, own_alternative, frozenset(authorization))


def _expected(given: t.Any, faults: list[str]) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """A mapping has one or several for each certname; a list or a text is for all of them."""
    if given is None:
        return {}, frozenset()
    if isinstance(given, t.Mapping):
        return {str(name): _fingerprints(each, faults) for name, each in given.items()}, frozenset()
    return {}, _fingerprints(given, faults)


def _fingerprints(given: t.Any, faults: list[str]) -> frozenset[str]:
    found = set()
    for text in given if isinstance(given, (list, tuple)) else str(given).replace(",", "\n").splitlines():
        try:
            found.add(fingerprint(str(text)))
        except ValueError as error:
            faults.append(f"expected_fingerprints: {error}")
    return frozenset(found)


def _alternatives(given: t.Any, faults: list[str]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """As with the keys: a mapping has those of each certname."""
    if isinstance(given, t.Mapping):
        return {str(name): _alternatives(each, faults)[1] for name, each in given.items()}, ()
    texts = given if isinstance(given, (list, tuple)) else str(given or "").replace(",", " ").split()
    return {}, tuple(_alternative(str(each), faults) for each in texts)


def _alternative(text: str, faults: list[str]) -> str:
    """``IP:`` with a network, or a name, of which ``*.`` in front stands for one label."""
    kind, colon, value = text.partition(":")
    try:
        if "/" in text and "://" not in text:
            return f"IP:{ipaddress.ip_network(value if colon and kind.upper() == 'IP' else text)}"
        return alternative_name(text)
    except ValueError as error:
        faults.append(f"allowed_alt_names: {error}")
        return ""


def refusals(certname: str, asked: Asked, policy: Policy) -> list[str]:
    """Why a pending request isn't signed, each in words that follow "the request"."""
    found = []
    if asked.common_name != certname:
        found.append(f"is for {asked.common_name or 'no name'}")
    if not policy.expects(certname, asked):
        found.append(f"has the key {asked.public_key}, which isn't one of expected_fingerprints: somebody else's")
    if weak := weakness(asked.key_algorithm):
        found.append(f"has a key that isn't good enough ({weak})")
    own = f"DNS:{certname}"
    allowed = (*policy.alternative, *policy.own_alternative.get(certname, ()))
    names = [name for name in asked.names.alternative if name != own and not _allowed(name, allowed)]
    if names:
        found.append(f"has the alternative names {', '.join(names)}, which allowed_alt_names doesn't have")
    extensions = [
        oid for oid in asked.extensions if oid.startswith(f"{AUTHORIZATION_ARC}.") and oid not in policy.authorization
    ]
    if extensions:
        listed = ", ".join(map(short_name, extensions))
        found.append(f"has the authorization extensions {listed}, which allowed_extensions doesn't have")
    return found


def _allowed(name: str, patterns: t.Iterable[str]) -> bool:
    kind, dummy, value = name.partition(":")
    for pattern in patterns:
        pattern_kind, dummy, wanted = pattern.partition(":")
        if pattern == name:
            return True
        if kind == pattern_kind == "DNS" and covers(wanted, value):
            return True
        if kind == pattern_kind == "IP" and ipaddress.ip_address(value) in ipaddress.ip_network(wanted):
            return True
    return False


def is_pattern(certname: str) -> bool:
    return not _WILD.isdisjoint(certname)


def matching(wanted: t.Sequence[str], present: t.Iterable[str]) -> list[str]:
    """The names that are asked for: those given as they are, and those present that match a pattern."""
    found = dict.fromkeys(each for each in wanted if not is_pattern(each))
    patterns = [each for each in wanted if is_pattern(each)]
    found |= dict.fromkeys(
        name for name in sorted(present) if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    )
    return list(found)


def requested_names(options: t.Mapping[str, t.Any]) -> tuple[str, ...]:
    """Names that no CA should sign can still be cleaned, if they fit in a URL. Raises InvalidInput with every fault."""
    names = [each.strip() for each in options["certnames"]]
    faults = [] if names else ["certnames is empty: name what is meant, or a pattern"]
    for name in names:
        if options["state"] == "signed" and not is_pattern(name):
            faults += certname_faults(name)
        elif not name or "/" in name or " " in name or name in (".", "..", "ca"):
            faults.append(f"certnames: {name!r} isn't a certname")
    if faults:
        raise InvalidInput(faults)
    return tuple(names)
