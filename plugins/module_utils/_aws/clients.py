# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The clients of a run, made from one session.

amazon.aws makes a session for each client, and each reads botocore's descriptions of the service and of all endpoints
again: a tenth of a second, which a run over all Regions pays more than thirty times.
"""

from __future__ import annotations

import threading
import typing as t

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError
except ImportError:
    pass  # AnsibleAWSModule says what is missing.

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info

if t.TYPE_CHECKING:
    from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule


class Clients:
    """What ``Access`` needs of a module: the Region, and clients. Safe to use from several threads."""

    def __init__(self, module: AnsibleAWSModule) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._user_agent: str | None = None
        self._connection: tuple[str | None, str | None, dict[str, t.Any]] = (None, None, {})
        self._sessions: dict[str | None, t.Any] = {}

    @property
    def region(self) -> str | None:
        """Of the task, from its option, the environment or the profile."""
        return t.cast("str | None", self._module.region)

    def client(self, service: str, **parameters: t.Any) -> t.Any:
        """The first one is amazon.aws's, and so is what is wrong with one."""
        with self._lock:
            if self._user_agent is None:
                made = self._module.client(service, **parameters)
                said = made.meta.config.user_agent or ""
                self._user_agent = said.rpartition(" Botocore/")[0] or said  # botocore adds itself
                self._connection = get_aws_connection_info(self._module)
                return made
            try:
                return self._of_session(service, parameters)
            except (ValueError, BotoCoreError):
                return self._module.client(service, **parameters)

    def _of_session(self, service: str, parameters: t.Mapping[str, t.Any]) -> t.Any:
        region, endpoint, connection = self._connection
        given = {"region": region, **connection, **parameters}
        profile, region = given.pop("profile_name", None), given.pop("region")
        config = Config(user_agent=self._user_agent).merge(given.pop("config", None) or Config())
        config = config.merge(given.pop("aws_config", None) or Config())
        if profile not in self._sessions:
            self._sessions[profile] = boto3.session.Session(profile_name=profile)
        session = self._sessions[profile]
        return session.client(service, region_name=region, endpoint_url=endpoint, config=config, **given)
