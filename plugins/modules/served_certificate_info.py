#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: served_certificate_info
short_description: Show the certificates that servers show, and wait until they are the right ones
version_added: 0.1.0
description:
  - Begins a TLS handshake with each server and reads the certificate that it shows, all side by side.
  - With a fingerprint it is known whether a server has taken a new certificate. A renewed certificate that is in its file but not
    served is the classic of forgotten reloads.
  - Whom the certificate is from doesn't matter here, so roots needn't be trusted by the host that looks.
options:
  endpoints:
    description:
      - The servers to look at.
    type: list
    elements: dict
    required: true
    suboptions:
      endpoint:
        description:
          - Host and port, such as V(www.example.com:443). Without a port it is 443. An IPv6 address stands in brackets.
        type: str
        required: true
      server_name:
        description:
          - The name that is asked for (SNI). Without it, the host of O(endpoints[].endpoint), if that is a name.
        type: str
      fingerprint:
        description:
          - SHA-256 fingerprint of the certificate that should be served. Without it, any valid one will do.
        type: str
  wait:
    description:
      - Wait until all serve what they should.
    type: bool
    default: true
  wait_timeout:
    description:
      - For how many seconds to wait.
    type: int
    default: 60
  poll_interval:
    description:
      - Seconds between looks.
    type: int
    default: 2
  timeout:
    description:
      - Seconds that a server may take for one handshake.
    type: int
    default: 10
  renew_before:
    description:
      - How long before their end the certificates are renewed, such as V(30d), for RV(endpoints[].alert). Without it, they are taken to be
        renewed when a third of their lifetime is left, or half of one under ten days.
    type: str
  on_failure:
    description:
      - What to do if a server doesn't serve what it should.
    type: str
    choices:
      fail: The task fails, and says of each what is wrong.
      report: The task is fine, and RV(failure) says it.
    default: fail
attributes:
  check_mode:
    support: full
    description: Only reads, so it does the same in C(check_mode).
  diff_mode:
    support: N/A
    description: Changes nothing, so there is nothing to show with C(--diff).
requirements:
  - python >= 3.10
  - cryptography >= 3.4
notes:
  - C(serves another certificate) mostly means that the server wasn't reloaded, or that it reads another file. With several servers
    behind one address, look at each of them.
  - C(the TLS handshake failed) also means that what listens there doesn't speak TLS, or asks for a certificate of the client first.
  - Protocols that begin without TLS (STARTTLS) can't be looked at.
seealso:
  - module: tlsops.certificates.certificate_files
  - module: tlsops.certificates.kept_certificate_info
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Look at the certificate that should be served
  tlsops.certificates.kept_certificate_info:
    directories: ["{{ kept_certificate }}"]
  register: kept

- name: Wait until the server shows it
  tlsops.certificates.served_certificate_info:
    endpoints:
      - endpoint: "{{ served_endpoint }}"
        server_name: kept.example.com
        fingerprint: "{{ kept.certificates[0].fingerprint }}"
    wait_timeout: 30
"""

RETURN = r"""
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["'www.example.com:x' isn't a host and a port, such as www.example.com:443"]
failure:
  description: What is wrong, in one text; null if nothing is.
  returned: always
  type: str
  sample: "www.example.com:443: the connection was refused."
endpoints:
  description: One record for each server, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    endpoint:
      description: Host and port.
      type: str
      returned: always
      sample: www.example.com:443
    server_name:
      description: The name that was asked for; null if none was.
      type: str
      returned: always
      sample: www.example.com
    expected_fingerprint:
      description: SHA-256 fingerprint of the certificate that should be served; null if it wasn't given.
      type: str
      returned: always
      sample: 3f1e9ab7
    fingerprint:
      description: SHA-256 fingerprint of the certificate that is served; null if none was seen.
      type: str
      returned: always
      sample: 3f1e9ab7
    serial_number:
      description: Serial number of the certificate that is served, in hexadecimal.
      type: str
      returned: always
      sample: 0123456789abcdef
    subject_alternative_names:
      description: Its names, each with its kind.
      type: list
      elements: str
      returned: always
      sample: ["DNS:www.example.com"]
    issuer:
      description: Who has signed it.
      type: str
      returned: always
      sample: CN=YE1,O=Let's Encrypt,C=US
    not_before:
      description: Start of its validity, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2026-11-22T12:00:00+00:00"
    not_after:
      description: End of its validity, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2027-02-20T12:00:00+00:00"
    phase:
      description: V(Attached), V(Attaching) while another one is served, or V(Failed).
      type: str
      returned: always
      sample: Attached
    ready:
      description: Whether what should be served is served.
      type: bool
      returned: always
      sample: true
    reason:
      description: One word for programs, V(Served), V(AnotherServed), V(Unreachable), V(TimedOut), V(HandshakeFailed), V(Expired) or V(NotYetValid).
      type: str
      returned: always
      sample: Served
    message:
      description: One sentence for people.
      type: str
      returned: always
      sample: www.example.com:443 serves the wanted certificate, valid until 2027-02-20.
    alert:
      description:
        - Whether it is a worry that it is still served, as its renewal is late. V(none), V(warning) when three tenths of the time between its
          renewal and its end have passed, or V(critical) when a tenth of its lifetime is left (a fifth of one under ten days); null where
          no certificate was seen.
      type: str
      returned: always
      sample: none
"""

import typing as t

from ..module_utils._errors import InvalidInput
from ..module_utils._expiry_alerts import WATCH_ARGUMENTS, watched_policy
from ..module_utils._flows import handshakes
from ..module_utils._host_module import host_run
from ..module_utils._module_result import Result
from ..module_utils._pace import SystemClock
from ..module_utils._served import endpoints, failure_sentence, record
from ..module_utils._x509 import require_cryptography

_ENDPOINT: dict[str, t.Any] = {
    "endpoint": {"type": "str", "required": True},
    "server_name": {"type": "str"},
    "fingerprint": {"type": "str"},
}
ARGUMENTS: dict[str, t.Any] = {
    "endpoints": {"type": "list", "elements": "dict", "required": True, "options": _ENDPOINT},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 60},
    "poll_interval": {"type": "int", "default": 2},
    "timeout": {"type": "int", "default": 10},
    **WATCH_ARGUMENTS,
    "on_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
}


def check_seconds(params: t.Mapping[str, t.Any]) -> None:
    """Raises InvalidInput."""
    faults = [f"{name} must be above 0" for name in ("wait_timeout", "poll_interval", "timeout") if params[name] <= 0]
    if faults:
        raise InvalidInput(faults)


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        params = run.params
        wanted, policy, dummy = run.parse(
            lambda: endpoints(params["endpoints"]), lambda: watched_policy(params), lambda: check_seconds(params)
        )
        seen = handshakes.wait(
            wanted,
            SystemClock(),
            lambda: run.now,
            wait_timeout=params["wait_timeout"] if params["wait"] else None,
            poll_interval=params["poll_interval"],
            timeout=params["timeout"],
        )
        records = [record(*each, policy, run.now) for each in zip(wanted, seen, strict=True)]
        failure = failure_sentence(records)
        fails = failure if params["on_failure"] == "fail" else None
        run.finish(Result(False, {"failure": failure, "endpoints": records}, failure=fails))


if __name__ == "__main__":
    main()
