# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudFront's tenants, put together with its distributions."""

from __future__ import annotations

from collections.abc import Iterator

from .cloudfront import SERVICE, CloudFront, Tagged
from .cloudfront_associations import Associations
from .cloudfront_tenant_control import TenantControl
from .cloudfront_tenants import Tenants
from .context import Context


def install(context: Context, cloudfront: CloudFront) -> Tenants:
    """Answer the operations in this context."""
    tenants = Tenants(context, cloudfront)
    for part in (tenants, tenants.groups, Associations(context, cloudfront, tenants)):
        context.register(SERVICE, part.operations())

    def resources() -> Iterator[Tagged]:
        yield from tenants.tenants.values()
        yield from tenants.groups.groups.values()

    def make_group(account: str) -> None:
        if context.settings.default_connection_group == "distribution":
            tenants.groups.make_default(account)

    cloudfront.other_holders = tenants.holders
    cloudfront.other_resources = resources
    cloudfront.has_tenants = tenants.uses
    cloudfront.on_multi_tenant = make_group
    control = TenantControl(context, tenants)
    context.control |= {
        "tenants": control.tenants,
        "connection_groups": control.connection_groups,
        "tokens": control.tokens,
    }
    context.on_reset.append(tenants.reset)
    return tenants
