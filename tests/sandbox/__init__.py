# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An AWS that says no: STS, ACM, Route 53 and Resource Groups Tagging on loopback, with real DNS behind them.

Stock moto issues every certificate after a minute, whatever the DNS says. Here ACM issues only what it could
resolve itself, and every rule of AWS that a certificate's life depends on is enforced. Being kinder than AWS is a bug.
"""
