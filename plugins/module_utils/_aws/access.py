# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The one way to call AWS: paced, retried, with errors in words.

botocore's own retries are switched off. They know nothing of the published rates, and they take
``LimitExceededException`` (a used-up quota) for throttling.
"""

from __future__ import annotations

import dataclasses
import threading
import typing as t
import urllib.parse

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass  # AnsibleAWSModule says what is missing.

from .._errors import UncertainError
from .._pace import Buckets, Clock, Deadline
from .._threads import WORKERS
from . import sts
from .errors import EXPIRED_CODES, THROTTLING_CODES, code_of, is_transient, service_error

if t.TYPE_CHECKING:
    from .clients import Clients

_THROTTLED_FOR_AT_MOST = 300.0  # seconds of one call's life spent on "slower"
_TRANSIENT_ATTEMPTS = 4
_FIRST_BACKOFF = 0.5  # seconds, doubled each time
_LONGEST_BACKOFF = 20.0
_RENEW_BEFORE = 300.0  # seconds left of an assumed role's session


@dataclasses.dataclass(frozen=True)
class Role:
    """A role to assume before a call, typically in the account that owns the hosted zones."""

    arn: str
    external_id: str | None = None


class Access:
    """AWS as one set of credentials sees it. Safe to use from several threads."""

    def __init__(self, clients: Clients, clock: Clock, buckets: Buckets, role: Role | None = None) -> None:
        self._maker = clients
        self._clock = clock
        self._buckets = buckets
        self._role = role
        self._clients: dict[tuple[str, str | None], t.Any] = {}
        self._session: sts.Session | None = None
        self._lock = threading.RLock()
        self._own = self

    @property
    def clock(self) -> Clock:
        return self._clock

    @property
    def region(self) -> str | None:
        """The Region of the task, from its option, the environment or the profile."""
        return self._maker.region

    def all_regions(self, service: str) -> list[str]:
        """Every Region of the partition in which botocore knows the service, enabled for the account or not."""
        session = boto3.session.Session()
        partition = session.get_partition_for_region(self.region or "us-east-1")
        return sorted(session.get_available_regions(service, partition_name=partition))

    def as_role(self, role: Role | None) -> Access:
        """The same with an assumed role's credentials, which are renewed for as long as the run lasts."""
        if role is None:
            return self
        access = Access(self._maker, self._clock, self._buckets, role)
        access._own = self
        return access

    def call(
        self,
        service: str,
        operation: str,
        parameters: t.Mapping[str, t.Any],
        *,
        region: str | None = None,
        about: str = "",
        change_tokens: float = 0,
        repeatable: bool = True,
    ) -> dict[str, t.Any]:
        """One API call, in its turn. Raises ServiceError; ``about`` begins its sentence.

        ``change_tokens`` is what the call costs of Route 53's change throughput.

        Throttling is waited out for up to five minutes, broken connections and AWS's internal errors are tried four
        times. Every change made through this class can be repeated without harm (tokens, UPSERT, "not found" on
        delete), or isn't ``repeatable``: then it may have been made when UncertainError is raised.
        """
        bucket = {"account": self._role.arn if self._role else "", "region": region or ""}
        throttled = Deadline(self._clock, _THROTTLED_FOR_AT_MOST)
        backoff, attempts = _FIRST_BACKOFF, 0
        renewed = False
        while True:
            self._buckets.acquire(service, operation, changes=change_tokens, **bucket)
            try:
                client = self._client(service, region)
                return t.cast("dict[str, t.Any]", self._invoke(client, operation, parameters))
            except (ClientError, BotoCoreError) as error:
                code = code_of(error)
                attempts += 1
                if code in EXPIRED_CODES and self._role and not renewed:
                    renewed = True
                    self._forget_session()
                    continue
                retry = (
                    not throttled.passed()
                    if code in THROTTLING_CODES
                    else is_transient(error) and attempts < _TRANSIENT_ATTEMPTS
                )
                if is_transient(error) and not repeatable and code not in THROTTLING_CODES:
                    raise UncertainError.of(service_error(error, service, operation, region, about)) from error
                if not retry:
                    raise service_error(error, service, operation, region, about) from error
            if code in THROTTLING_CODES and self._buckets.bucket(service, operation, **bucket):
                self._buckets.penalise(service, operation, backoff, **bucket)
            else:
                self._clock.sleep(backoff)
            backoff = min(backoff * 2, _LONGEST_BACKOFF)

    def pages(
        self,
        service: str,
        operation: str,
        parameters: t.Mapping[str, t.Any],
        *,
        result_key: str,
        region: str | None = None,
        about: str = "",
    ) -> t.Iterator[dict[str, t.Any]]:
        """All pages of an operation that pages by ``NextToken``/``PaginationToken``."""
        token_key = "PaginationToken" if service == "resourcegroupstaggingapi" else "NextToken"
        paging: dict[str, str] = {}
        while True:
            page = self.call(service, operation, {**parameters, **paging}, region=region, about=about)
            yield from page.get(result_key) or []
            if not page.get(token_key):
                return
            paging = {token_key: page[token_key]}

    def knows(self, service: str, operation: str, member: str, region: str | None = None) -> bool:
        """Whether the installed botocore knows this member of the operation's input; AWS is newer than many of them."""
        shape = self._client(service, region).meta.service_model.operation_model(operation).input_shape
        return shape is not None and member in shape.members

    def offers(self, service: str, operation: str, region: str | None = None) -> bool:
        """Whether the installed botocore knows the operation at all."""
        return operation in self._client(service, region).meta.method_to_api_mapping.values()

    def calls_aws(self, service: str) -> bool:
        """Whether the calls go to AWS, and not to something that speaks like it (``endpoint_url``)."""
        host = urllib.parse.urlsplit(str(self._client(service, None).meta.endpoint_url)).hostname or ""
        return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))

    def throttled(self, service: str) -> int:
        """How often the service has asked this run to slow down."""
        return self._buckets.penalties[service]

    @staticmethod
    def _invoke(client: t.Any, operation: str, parameters: t.Mapping[str, t.Any]) -> t.Any:
        method = next(name for name, api_name in client.meta.method_to_api_mapping.items() if api_name == operation)
        return getattr(client, method)(**parameters)

    def _client(self, service: str, region: str | None) -> t.Any:
        with self._lock:
            if self._role and (self._session is None or self._session.left() < _RENEW_BEFORE):
                self._session = sts.assume_role(self._own, self._role)
                self._clients.clear()
            key = (service, region)
            if key not in self._clients:
                self._clients[key] = self._maker.client(service, **self._client_parameters(region))
            return self._clients[key]

    def _client_parameters(self, region: str | None) -> dict[str, t.Any]:
        config = Config(
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=WORKERS,
            connect_timeout=10,
            read_timeout=30,
        )
        parameters: dict[str, t.Any] = {"config": config}
        if region:
            parameters["region"] = region
        if self._session:
            parameters.update(self._session.client_parameters(), profile_name=None)
        return parameters

    def _forget_session(self) -> None:
        with self._lock:
            self._session = None
            self._clients.clear()
