# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors a handler answers with."""

from __future__ import annotations

from typing import Any


class AwsError(Exception):
    """An error of the AWS API. The code is the one on the wire; the wire format is the server's affair.

    `attributes` are further members of the error's shape in the service model, such as the `messages` of
    Route 53's InvalidChangeBatch.
    """

    def __init__(self, code: str, message: str, status: int = 400, **attributes: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.attributes = attributes
