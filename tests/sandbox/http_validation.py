# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ACM's HTTP validation: a real request to the host that the sandbox's DNS gives.

Source: ACM guide, "HTTP validation": the file or a redirect to ACM's, over plain HTTP on port 80 (`http_port` here).
"""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from .resolution import Resolver

TIMEOUT = 2.0
LONGEST_BODY = 4096
REDIRECTS = frozenset({301, 302, 303, 307, 308})


def is_served(resolver: Resolver, source: str, target: str, token: str, port: int) -> bool:
    """Whether the web server of the URL leads to the target, or answers with the token itself."""
    url = urlsplit(source)
    hosts = resolver.resolve(url.netloc, "A").values
    # The sandbox never leaves loopback: a server elsewhere does not answer.
    return any(_answers(host, port, url.netloc, url.path, target, token) for host in hosts if host.startswith("127."))


def _answers(host: str, port: int, name: str, path: str, target: str, token: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        connection.request("GET", path, headers={"Host": name, "User-Agent": "Amazon ACM"})
        answer = connection.getresponse()
        if answer.status in REDIRECTS:
            return answer.getheader("Location") == target
        body = answer.read(LONGEST_BODY)
        return answer.status == 200 and body.strip() == token.encode()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
