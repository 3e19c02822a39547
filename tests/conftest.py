"""What all tests share: a Hypothesis profile, and an environment that no setting of the developer's leaks into."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("assistant", deadline=None, max_examples=100)
settings.load_profile("assistant")

for name in [name for name in os.environ if name.startswith(("ASSISTANT_", "LANGFUSE_", "CHAINLIT_", "OPENAI_"))]:
    del os.environ[name]
os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--parts",
        choices=("embedded", "services"),
        default="embedded",
        help="what the tests of the whole run on: the embedded parts, or Redis, PostgreSQL and a qdrant-client index",
    )


def pytest_configure(config: pytest.Config) -> None:
    os.environ["TEST_PARTS"] = config.getoption("--parts")
