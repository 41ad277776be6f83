# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all unit tests share: the collection's import path, and hypothesis with a fixed seed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

HERE = Path(__file__).resolve().parent


def _make_importable() -> None:
    try:
        if importlib.util.find_spec("ansible_collections.tlsops.certificates") is not None:
            return
    except ModuleNotFoundError:
        pass
    repository = HERE.parents[1]
    # Either the link tree that `make` lays out, or a checkout at ansible_collections/tlsops/certificates.
    for root in (repository / ".cache" / "collections", repository.parents[2]):
        if (root / "ansible_collections" / "tlsops" / "certificates").is_dir():
            sys.path.insert(0, str(root))
            return


_make_importable()
sys.path.insert(0, str(HERE))  # fake_clock

# The same examples in every run: a red test must be red again when it is looked at.
settings.register_profile(
    "tlsops",
    derandomize=True,
    deadline=None,
    max_examples=100,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tlsops")
