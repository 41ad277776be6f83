# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Private CA: permissions of ACM, resource-based policies, tags."""

from __future__ import annotations

from . import acm_pca_rules as rules
from .acm_pca_lookup import AuthorityLookup
from .acm_pca_store import Authority, Output, Permission
from .calls import Call
from .clock import utc
from .context import Handler
from .errors import AwsError

# "At this time, the only valid principal is acm.amazonaws.com" (API model, CreatePermissionRequest).
PRINCIPAL = "acm.amazonaws.com"


class Access:
    """The operations; each takes the call and returns the members of its output."""

    def __init__(self, find: AuthorityLookup) -> None:
        self._find = find

    def operations(self) -> dict[str, Handler]:
        return {
            "CreatePermission": self.create_permission,
            "DeletePermission": self.delete_permission,
            "ListPermissions": self.list_permissions,
            "PutPolicy": self.put_policy,
            "GetPolicy": self.get_policy,
            "DeletePolicy": self.delete_policy,
            "TagCertificateAuthority": self.tag,
            "UntagCertificateAuthority": self.untag,
            "ListTags": self.list_tags,
        }

    def _usable(self, call: Call) -> Authority:
        authority = self._find.authority(call)
        if authority.status in ("CREATING", "DELETED", "FAILED"):
            raise rules.wrong_state(authority, "to have permissions")
        return authority

    def create_permission(self, call: Call) -> Output:
        authority, given = self._usable(call), call.parameters
        principal = given["Principal"]
        if principal != PRINCIPAL:
            raise AwsError("ValidationException", f"{principal} is not a valid principal: only {PRINCIPAL} is.")
        if given.get("SourceAccount", authority.account) != authority.account:
            raise AwsError("ValidationException", "The source account must be that of the certificate authority.")
        if principal in authority.permissions:
            message = f"The permission for {principal} on {authority.arn} already exists."
            raise AwsError("PermissionAlreadyExistsException", message)
        authority.permissions[principal] = Permission(
            principal, authority.account, sorted(set(given["Actions"])), self._find.now
        )
        return {}

    def delete_permission(self, call: Call) -> Output:
        authority, principal = self._usable(call), call.parameters["Principal"]
        if authority.permissions.pop(principal, None) is None:
            raise AwsError("ResourceNotFoundException", f"There is no permission for {principal} on {authority.arn}.")
        return {}

    def list_permissions(self, call: Call) -> Output:
        authority = self._usable(call)
        shown = [
            {
                "CertificateAuthorityArn": authority.arn,
                "CreatedAt": utc(permission.created_at),
                "Principal": permission.principal,
                "SourceAccount": permission.source_account,
                "Actions": permission.actions,
            }
            for permission in authority.permissions.values()
        ]
        return self._find.page(call, "Permissions", shown)

    def put_policy(self, call: Call) -> Output:
        authority = self._usable(call)
        rules.check_policy(call.parameters["Policy"])
        authority.policy = call.parameters["Policy"]
        return {}

    def get_policy(self, call: Call) -> Output:
        authority = self._usable(call)
        if authority.policy is None:
            raise AwsError("ResourceNotFoundException", f"There is no policy attached to {authority.arn}.")
        return {"Policy": authority.policy}

    def delete_policy(self, call: Call) -> Output:
        self._usable(call).policy = None
        return {}

    def tag(self, call: Call) -> Output:
        authority = self._usable(call)
        authority.tags = rules.merged_tags(authority.tags, call.parameters["Tags"])
        return {}

    def untag(self, call: Call) -> Output:
        """Without a value the key goes, with a value only that pair (API model)."""
        authority = self._usable(call)
        gone = {
            tag["Key"]
            for tag in call.parameters["Tags"]
            if tag.get("Value") is None or authority.tags.get(tag["Key"]) == tag["Value"]
        }
        authority.tags = {key: value for key, value in authority.tags.items() if key not in gone}
        return {}

    def list_tags(self, call: Call) -> Output:
        tags = self._find.authority(call).tags
        return self._find.page(call, "Tags", [{"Key": key, "Value": value} for key, value in sorted(tags.items())])
