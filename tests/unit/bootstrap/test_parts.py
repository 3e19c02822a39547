"""What the parts say of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.bootstrap.parts import load_perimeter, perimeter_part
from assistant.settings import load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSISTANT_PERIMETER", raising=False)
    return tmp_path


def test_without_a_policy_file_it_says_that_the_default_is_in_force_and_where_to_write_one(folder: Path) -> None:
    settings = load_settings()
    part = perimeter_part(settings, load_perimeter(settings))
    assert part.well
    assert part.detail.startswith("The default policy is in force")
    assert str(folder / "perimeter.yaml") in part.detail
    assert "ASSISTANT_PERIMETER" in part.detail


def test_with_a_policy_file_it_says_which_and_how_much_is_in_it(folder: Path) -> None:
    (folder / "perimeter.yaml").write_text("version: 1\ntopics:\n- name: lamps\n  examples: [what lamps are there]\n")
    settings = load_settings()
    part = perimeter_part(settings, load_perimeter(settings))
    assert (part.where, part.detail) == ("perimeter.yaml", "1 topics")
