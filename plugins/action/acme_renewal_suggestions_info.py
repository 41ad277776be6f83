# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..module_utils._errors import TlsopsError
from ..plugin_utils._acme_answers import end_at_failures
from ..plugin_utils._acme_ordering import NO_CRYPTO, Account, environment_of
from ..plugin_utils._renewal_suggestions import Suggestions, look

ARGUMENTS: dict[str, t.Any] = {
    "certificates": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "certificate": {"type": "str", "required": True},
        },
    },
    "acme_directory": {"type": "str", "required": True},
    "validate_certs": {"type": "bool", "default": True},
    "request_timeout": {"type": "int", "default": 10},
    "journal": {"type": "path"},
    "at_once": {"type": "int", "default": 10},
    "timeout": {"type": "int", "default": 60},
}


class ActionModule(ActionBase):
    """Runs on the controller, whatever the task is delegated to: what was said before is there."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: t.Any = None, task_vars: t.Any = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _checked, options = self.validate_argument_spec(ARGUMENTS)
        account = Account(
            directory=options["acme_directory"],
            options={key: options[key] for key in ("validate_certs", "request_timeout")},
            environment=environment_of(self),
            at_once=options["at_once"],
            timeout=options["timeout"],
            prepare=end_at_failures,
        )
        now = datetime.datetime.now(datetime.timezone.utc)
        try:
            found = look(
                options["certificates"],
                Suggestions(options["journal"], keeps=not self._task.check_mode),
                lambda asked: account.run("community.crypto.acme_ari_info", asked),
                now,
            )
        except TlsopsError as error:
            raise AnsibleActionFail(error.message, result=error.details) from None
        except ImportError:
            raise AnsibleActionFail(NO_CRYPTO) from None
        due = [each["name"] for each in found if each["due"]]
        return {**result, "changed": False, "certificates": found, "due": due}
