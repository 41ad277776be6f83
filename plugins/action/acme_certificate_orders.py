# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..module_utils._acme_orders import (
    ORDER_ARGUMENTS,
    RETRY_AFTER,
    RETURNED_ARGUMENTS,
    failure_of,
    order_result,
    pauses,
    wanted_orders,
)
from ..module_utils._acme_orders import all_records as records_of
from ..module_utils._errors import TlsopsError, parse_all
from ..plugin_utils._acme_ordering import NO_CRYPTO, Account, close, environment_of, issue, leftovers, place
from ..plugin_utils._order_journal import OrderJournal

ARGUMENTS: dict[str, t.Any] = {
    "state": {"type": "str", "choices": ["placed", "issued", "closed"], "default": "placed"},
    "orders": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {**ORDER_ARGUMENTS, **RETURNED_ARGUMENTS},
    },
    "acme_directory": {"type": "str", "required": True},
    "account_key_src": {"type": "path"},
    "account_key_content": {"type": "str", "no_log": True},
    "account_key_passphrase": {"type": "str", "no_log": True},
    "account_uri": {"type": "str"},
    "validate_certs": {"type": "bool", "default": True},
    "request_timeout": {"type": "int", "default": 10},
    "preferred_chain": {"type": "str"},
    "journal": {"type": "path"},
    "leftovers": {"type": "list", "elements": "dict", "default": []},
    "cleaned": {"type": "bool", "default": True},
    "at_once": {"type": "int", "default": 10},
    "timeout": {"type": "int", "default": 600},
    "retry_after": {"type": "list", "elements": "str", "default": RETRY_AFTER},
    "on_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
}
_ACCOUNT_OPTIONS = ("account_key_src", "account_key_content", "account_key_passphrase", "account_uri")

Result = dict[str, t.Any]


class ActionModule(ActionBase):
    """Runs on the controller, whatever the task is delegated to: the account key is there."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: t.Any = None, task_vars: t.Any = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        _checked, options = self.validate_argument_spec(ARGUMENTS, mutually_exclusive=[_ACCOUNT_OPTIONS[:2]])
        try:
            result.update(self._carried_out(options))
        except TlsopsError as error:
            raise AnsibleActionFail(error.message, result=error.details) from None
        except ImportError:
            raise AnsibleActionFail(NO_CRYPTO) from None
        failure = failure_of(result["orders"])
        result["failure"] = failure
        if failure and options["on_failure"] == "fail":
            result.update(failed=True, msg=failure)
        return result

    def _carried_out(self, options: Result) -> Result:
        now = datetime.datetime.now(datetime.timezone.utc)
        orders, after_failures = parse_all(
            lambda: wanted_orders(options["orders"], options["acme_directory"]),
            lambda: pauses(options["retry_after"]),
        )
        journal = OrderJournal(options["journal"])
        account = self._account(options)
        results, gone, changed = [order_result(order) for order in orders], [], False
        if options["state"] == "placed":
            gone = leftovers(orders, journal, now)
            changed = bool(orders)
            if not self._task.check_mode:
                orders = place(account, orders, journal, after_failures, now)
                gone = leftovers(orders, journal, now)
                changed = any(order.uri and not order.resumed for order in orders)
                results = [order_result(order) for order in orders]
        elif options["state"] == "issued":
            changed = any(order.uri and not order.problem for order in orders)
            if not self._task.check_mode:
                results, changed = issue(account, orders, journal, now)
        elif not self._task.check_mode:
            close(orders, options["leftovers"], journal, options["cleaned"])
        return {"changed": changed, "orders": results, "records": records_of(orders), "leftovers": gone}

    def _account(self, options: Result) -> Account:
        common = {key: options[key] for key in (*_ACCOUNT_OPTIONS, "validate_certs", "request_timeout")}
        return Account(
            directory=options["acme_directory"],
            options={key: value for key, value in common.items() if value is not None},
            environment=environment_of(self),
            at_once=options["at_once"],
            timeout=options["timeout"],
            preferred_chain=options["preferred_chain"],
        )
