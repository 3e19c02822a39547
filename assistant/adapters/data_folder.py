"""The folder that holds everything embedded: one process at a time, with room left on its disk."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import AssistantError, ConfigurationError, DataFolderInUseError, StorageFullError

PART = "data folder"
LOCK_NAME = "lock"
WAY_OUT = "or set ASSISTANT_DATA_DIR to another folder"


@contextmanager
def hold_data_folder(folder: Path) -> Iterator[Path]:
    """Create `folder` (mode 0700) if need be and hold its lock; yields its absolute path.

    The lock is the kernel's: it goes with the process, so a killed one leaves nothing to clean up.
    Raises: DataFolderInUseError, ConfigurationError (it can't be written), StorageFullError.
    """
    folder = make_data_folder(folder)
    with _named(folder):
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with _named(folder):
            _lock(descriptor, folder)
            holder = f"{os.getpid()} {Path(sys.argv[0]).name or 'python'}\n".encode()
            os.pwrite(descriptor, holder, 0)
            os.ftruncate(descriptor, len(holder))
        yield folder
    finally:
        os.close(descriptor)


def make_data_folder(folder: Path) -> Path:
    """Create `folder` (mode 0700) if need be and return its absolute path. Raises as `hold_data_folder` does."""
    folder = folder.expanduser().absolute()
    with _named(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return folder


def check_space(folder: Path, floor_mb: float) -> None:
    """Raise StorageFullError when the disk of `folder` has fewer than `floor_mb` MB left for us. Takes microseconds."""
    with _named(folder):
        disk = os.statvfs(folder)
    free_mb = disk.f_bavail * disk.f_frsize / 1_000_000
    if free_mb < floor_mb:
        raise StorageFullError(
            PART, f"{folder} has {free_mb:.0f} MB left and needs {floor_mb:.0f}; make room on its disk"
        )


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        pid, _, name = os.pread(descriptor, 200, 0).decode(errors="replace").strip().partition(" ")
        holder = f"process {pid} ({name})" if pid else "another process"
        raise DataFolderInUseError(f"{folder} is in use by {holder}: stop it, {WAY_OUT}") from exc


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """Turn the operating system's errors into ours, naming the folder."""
    try:
        yield
    except OSError as exc:
        raise _error(folder, exc) from exc


def _error(folder: Path, exc: OSError) -> AssistantError:
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFullError(PART, f"the disk of {folder} is full; make room, {WAY_OUT}")
    return ConfigurationError(
        f"the data folder {folder} can't be used ({exc.strerror}): make it a folder this user may write, {WAY_OUT}"
    )
