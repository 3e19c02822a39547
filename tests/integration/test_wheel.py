"""The built wheel carries all it needs and serves from any folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def environment(unpacked: Path, tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(unpacked), "ASSISTANT_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "200"}


@pytest.fixture
def address(environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    cwd = tmp_path / "elsewhere"
    cwd.mkdir()
    serving = subprocess.Popen(
        [sys.executable, "-m", "assistant", "serve", "--port", "0"],
        cwd=cwd,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert serving.stderr is not None
    try:
        said = ""
        for line in serving.stderr:
            said += line
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield found.group()
                break
        else:
            pytest.fail(said)
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(timeout=60) == 0
        assert list(cwd.iterdir()) == []
    finally:
        serving.kill()
        serving.stderr.close()
        serving.wait()


def test_what_is_not_code_travels_in_the_wheel(unpacked: Path) -> None:
    carried = {path.relative_to(unpacked / "assistant").as_posix() for path in (unpacked / "assistant").rglob("*")}
    assert {
        "ui/root/public/elements/Sources.jsx",
        "ui/root/.chainlit/config.toml",
        "ui/root/chainlit.md",
        "ui/templates/document.html",
        "graph/prompts/answer.md",
        "memory/vocabulary/LICENSE",
        "memory/vocabulary/fb374d419588a4632f3f557e76b4b70aebbca790",
        "adapters/migrations/env.py",
    } <= carried


@pytest.mark.slow
def test_the_wheel_serves_the_chat_from_any_folder_and_writes_nothing_there(address: str) -> None:
    with httpx.Client(base_url=address, follow_redirects=True) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert "text/html" in page.headers["content-type"]
        assert client.get("/public/elements/Sources.jsx").status_code == 200
        assert client.get("/health").status_code == 200
        parts = client.get("/healthz").json()
    assert "redis" in str(parts)
