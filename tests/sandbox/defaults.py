# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a call goes that names neither account nor Region."""

from __future__ import annotations

DEFAULT_ACCOUNT = "111111111111"
DEFAULT_REGION = "eu-west-1"
