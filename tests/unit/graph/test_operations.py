"""Single questions to a model: what of its reply counts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from langchain_core.messages import BaseMessage

from assistant.graph import operations
from assistant.perimeter.policy import Topic
from assistant.ports import ModelChunk
from tests.graph.world import POLICY, make_world


class Replying:
    """`ports.LanguageModel` with one reply to everything."""

    name = "replying"

    def __init__(self, reply: str) -> None:
        self.reply = reply

    async def stream(self, messages: Sequence[BaseMessage], tools: Sequence[object] = ()) -> AsyncIterator[ModelChunk]:
        yield ModelChunk(text=self.reply)


@pytest.mark.parametrize(
    ("reply", "named"),
    [
        ("Legal Advice", "Legal Advice"), ("legal advice.", "Legal Advice"), ("STRASSE", "Straße"), ("None", "none"),
        ("law", None), ("", None),
    ],
)  # fmt: skip
async def test_a_topic_is_known_however_its_capitals_are_written(reply: str, named: str | None):
    topics = (Topic("Legal Advice", "law", examples=("can I sue",)), Topic("Straße", "road", examples=("which road",)))
    world = await make_world(policy=replace(POLICY, topics=topics), models={"classify": Replying(reply)})
    assert await operations.classify(world.can, "can I sue you") == named
