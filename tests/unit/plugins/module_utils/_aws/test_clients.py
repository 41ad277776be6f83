# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run makes many clients, and reads what botocore knows of a service once."""

from __future__ import annotations

from typing import Any

import botocore.loaders
import pytest
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.tlsops.certificates.plugins.module_utils._aws.clients import Clients
from botocore.config import Config
from botocore.exceptions import BotoCoreError


class Module:
    """amazon.aws's module, as far as it makes clients."""

    region = "eu-west-1"
    client = AnsibleAWSModule.client

    def __init__(self, **params: Any) -> None:
        keys = {"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "s", "region": self.region, "validate_certs": True}
        self.params = {**keys, **params}
        self._name = "acm_dns_certificate"

    def fail_json(self, msg: str, **more: Any) -> None:
        raise RuntimeError(msg)


def settings(client: Any) -> tuple[Any, ...]:
    config, credentials = client.meta.config, client._request_signer._credentials
    shown = (config.connect_timeout, config.user_agent, config.retries, config.proxies)
    return (*shown, client.meta.endpoint_url, client.meta.region_name, credentials.access_key, credentials.token)


@pytest.mark.parametrize(
    "params", [{}, {"endpoint_url": "http://127.0.0.1:9", "aws_config": {"proxies": {"http": "p"}}}]
)
@pytest.mark.parametrize("given", [{}, {"region": "us-east-1"}, {"aws_access_key_id": "A", "aws_session_token": "t"}])
def test_a_later_client_is_as_amazon_aws_makes_it(params: dict[str, Any], given: dict[str, Any]) -> None:
    module = Module(**params)
    clients = Clients(module)  # type: ignore[arg-type]
    given = {"config": Config(connect_timeout=7), **given}
    clients.client("acm", **given)
    assert settings(clients.client("acm", **given)) == settings(module.client("acm", **given))


def test_what_is_wrong_with_a_client_amazon_aws_says() -> None:
    module = Module()
    clients = Clients(module)  # type: ignore[arg-type]
    clients.client("acm")
    with pytest.raises((RuntimeError, BotoCoreError)):
        clients.client("nonsense")


def test_the_clients_of_all_regions_read_the_models_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for the client that amazon.aws makes, and once for all the others."""
    read: list[str] = []
    load = botocore.loaders.JSONFileLoader.load_file

    def counted(self: Any, path: str) -> Any:
        read.append(path)
        return load(self, path)

    monkeypatch.setattr(botocore.loaders.JSONFileLoader, "load_file", counted)
    clients = Clients(Module())  # type: ignore[arg-type]
    for region in ("eu-west-1", "us-east-1", "us-west-2", "sa-east-1"):
        clients.client("acm", region=region)
    assert len([path for path in read if "/botocore/data/acm/" in path and path.endswith("/service-2")]) == 2
