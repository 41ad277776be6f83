# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no promise of compatibility.

"""The runner of modules that work on the host's own files and need no AWS."""

from __future__ import annotations

import contextlib
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ._runner import Runner, sentences


@contextlib.contextmanager
def host_run(argument_spec: t.Mapping[str, t.Any], **settings: t.Any) -> t.Iterator[Runner]:
    module = AnsibleModule(argument_spec=dict(argument_spec), supports_check_mode=True, **settings)
    with sentences(module):
        yield Runner(module)
