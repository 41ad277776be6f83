# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file as a step of a plan: what the diff shows of it, and what is there afterwards."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.tlsops.certificates.plugins.module_utils._file_changes import FileChange, file_change
from ansible_collections.tlsops.certificates.plugins.module_utils._files import Rights

CASES: dict[str, tuple[FileChange, Any, Any]] = {
    "a new text": (FileChange("f", None, "a\nb\n", Rights()), None, ["a", "b"]),
    "another text": (FileChange("f", "a\nb\n", "a\nc\n", Rights(), rights_differ=True), ["a", "b"], ["a", "c"]),
    "one that goes": (FileChange("f", "a\n", None, Rights()), ["a"], None),
    "other rights": (FileChange("f", "a\n", "a\n", Rights(0o640), True), "(other rights)", "(mode 0640)"),
    "a program": (FileChange("f", None, b"", Rights()), None, "SHA-256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b9"),
    "a secret": (
        FileChange("f", "old", "new", Rights(), secret=True),
        "(the content before, which isn't shown)",
        "(other content, which isn't shown)",
    ),
}


@pytest.mark.parametrize(("change", "before", "after"), CASES.values(), ids=CASES)
def test_the_diff_shows(change: FileChange, before: Any, after: Any) -> None:
    assert change.changed
    assert change.before() == before
    assert change.after() == after if not isinstance(change.new, bytes) else change.after().startswith(after)


def test_content_and_rights_are_brought_about_and_then_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    for content, mode in (("a", 0o640), ("b", 0o640), ("b", 0o600)):
        change = file_change(str(path), content, Rights(mode))
        assert change.changed
        change.carry_out()
        assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == (content, mode)
        assert not file_change(str(path), content, Rights(mode)).changed
    # Without rights it keeps those that it has.
    assert not file_change(str(path), "b").changed
