# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One sandbox, put together."""

from __future__ import annotations

import importlib
from typing import Any

from . import acm_pca, cloudfront, cloudfront_tenant_service, elbv2
from .acm import Acm, CertificateStore
from .acm_updates import AcmUpdates
from .context import Context
from .control import Control
from .credentials import Credentials
from .endpoint import Endpoint
from .issuance import Checker
from .secrets_manager import SecretsManager
from .server import HttpServer, MotoFallback
from .settings import Settings
from .sts import Sts
from .tagging import Tagging


class Application:
    """Server, name servers and ACM's checker of one sandbox in this process."""

    def __init__(self, settings: Settings | None = None, port: int = 0, dns_port: int = 0) -> None:
        self.context = Context(settings=settings or Settings())
        self.credentials = Credentials(self.context.clock)
        self.store = CertificateStore()
        moto = MotoFallback()
        self.context.on_reset.append(moto.reset)
        self.endpoint = Endpoint(self.context, self.credentials, moto)
        self.endpoint.authorizer.tags_of = self._tags_of
        acm = Acm(self.context, self.store)
        acm.install()
        AcmUpdates(self.context, self.store, acm).install()
        Sts(self.context, self.credentials).install()
        SecretsManager(self.context).install()
        tagging = Tagging(self.context, self.store)
        tagging.install()
        self.authorities = acm_pca.install(self.context, self.store)
        self.elbv2 = elbv2.install(self.context, self.store)
        self.cloudfront = cloudfront.install(self.context, self.store)
        tagging.global_resources = self.cloudfront.resources
        tenants = cloudfront_tenant_service.install(self.context, self.cloudfront)
        Control(self.context, self.endpoint, self.credentials, self.store).install()
        self._name_servers = self._install_dns(dns_port)
        self.checker = Checker(self.context, self.store, tenants.managed.proves)
        self.http = HttpServer(self.context, self.endpoint.answer, port)

    def _install_dns(self, dns_port: int) -> Any:
        route53 = importlib.import_module("sandbox.route53")
        name_servers = importlib.import_module("sandbox.name_servers")
        route53.install(self.context)
        return name_servers.start(self.context, dns_port)

    def _tags_of(self, arn: str) -> dict[str, str] | None:
        certificate = self.store.certificates.get(arn)
        if certificate is not None:
            return certificate.tags
        tags = self.authorities.tags_of(arn)
        tags = self.elbv2.store.tags_of(arn) if tags is None else tags
        return self.cloudfront.tags_of(arn) if tags is None else tags

    def start(self) -> None:
        self.checker.start()
        self.http.start()

    def stop(self) -> None:
        self.http.stop()
        self.checker.stop()
        self._name_servers.stop()

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.http.port}"

    @property
    def dns_address(self) -> str:
        return str(self._name_servers.address)
