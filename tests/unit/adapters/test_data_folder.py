from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.adapters.data_folder import check_space, hold_data_folder
from assistant.errors import ConfigurationError, DataFolderInUseError, StorageFullError

HOLDER = """
import sys
from pathlib import Path
from assistant.adapters.data_folder import hold_data_folder
with hold_data_folder(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    with hold_data_folder(tmp_path / "a" / "data") as folder:
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_second_holder_is_told_who_holds_it_and_the_way_out(tmp_path: Path) -> None:
    with (
        hold_data_folder(tmp_path),
        pytest.raises(DataFolderInUseError, match=rf"{tmp_path}.*process {os.getpid()} \(.+ASSISTANT_DATA_DIR"),
        hold_data_folder(tmp_path),
    ):
        pass


def test_a_killed_holder_leaves_the_folder_free(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(DataFolderInUseError, match=f"process {holder.pid} "), hold_data_folder(tmp_path):
            pass
        holder.kill()
        holder.wait(10)
        with hold_data_folder(tmp_path):
            assert (tmp_path / "lock").read_text().startswith(f"{os.getpid()} ")


def test_a_released_folder_can_be_held_again(tmp_path: Path) -> None:
    for _ in range(2):
        with hold_data_folder(tmp_path):
            pass


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"file.*ASSISTANT_DATA_DIR"), hold_data_folder(tmp_path / "file"):
        pass


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(ConfigurationError, match="/proc/assistant"), hold_data_folder(Path("/proc/assistant")):
        pass


def test_a_full_disk_is_said_when_the_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to("/dev/full")
    with pytest.raises(StorageFullError, match=str(tmp_path)), hold_data_folder(tmp_path):
        pass


def test_too_little_space_is_refused_with_the_figures(tmp_path: Path) -> None:
    check_space(tmp_path, floor_mb=0)
    with pytest.raises(StorageFullError, match=rf"{tmp_path} has \d+ MB left"):
        check_space(tmp_path, floor_mb=1e12)
