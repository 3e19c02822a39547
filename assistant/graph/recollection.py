"""Older turns found again: a prepared index for each conversation in use, over what the stores hold of it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import numpy as np

from assistant.memory.contents import Memory, Utterance
from assistant.memory.intake import utterances_of
from assistant.memory.recall import RecallIndex, RecallPolicy, parts, recall
from assistant.memory.taint import holds
from assistant.ports import Embedder, Stores, UtteranceVectors, Vector
from assistant.values import Caller, Said, Turn

_Value = TypeVar("_Value")

HELD = 128  # conversations
LOADED = 2_000  # turns of one; older ones live on in the summary only
EMBEDDED = 20  # turns at a time


@dataclass(slots=True)
class _Prepared:
    """A conversation's index, up to and with the turn `upto`, of the conversation that began then, made after
    `deletions` deletions.

    `whole` until a turn's vectors were missing.
    """

    begun_at: datetime | None
    deletions: int
    index: RecallIndex = field(default_factory=RecallIndex)
    upto: str = ""
    whole: bool = True


class Recollection:
    """One for all conversations of a process. Keeps the indexes of the `held` used last."""

    def __init__(self, stores: Stores, embedder: Embedder, *, held: int = HELD) -> None:
        self._stores = stores
        self._embedder = embedder
        self._held = held
        self._prepared: OrderedDict[tuple[str, str], _Prepared] = OrderedDict()
        self._embedded: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def find(
        self, turn: Turn, question: str, vector: Vector, *, memory: Memory, policy: RecallPolicy
    ) -> list[Utterance]:
        """What was said before the window and bears on the question, in order of time, within the policy's tokens.

        Of the caller's other conversations too if they chose so; never of another user's. What rests on a document
        that changed, went, or may no longer be read by the caller is left out.
        """
        found: list[Utterance] = []
        if memory.get("folded"):
            index = await self._of_thread(turn, memory)
            found = await asyncio.to_thread(recall, index, question, vector, policy=policy)
        if await self._stores.preferences.recalls_across(turn.caller.id):
            others = await self._others(turn)
            found = await asyncio.to_thread(recall, others, question, vector, policy=policy) + found
        return await self._fresh(found, turn.caller)

    async def remember(self, turn: Turn) -> None:
        """Store the vectors of this conversation's turns that have none yet."""
        thread_id, user_id = turn.thread_id, turn.caller.id
        after = self._embedded.get((user_id, thread_id), "")
        said = await self._said(user_id, thread_id, after)
        stored = await self._stores.recollections.of_thread(user_id, thread_id, self._embedder.name, after=after)
        done = {entry.turn for entry in stored}
        missing = [each for each in said if each.trace_id not in done]
        for start in range(0, len(missing), EMBEDDED):
            utterances = [each for one in missing[start : start + EMBEDDED] for each in utterances_of(one)]
            entries = await self._embed(utterances)
            await self._stores.recollections.save(user_id, thread_id, self._embedder.name, entries)
        prepared = self._prepared.get((user_id, thread_id))
        if missing and prepared is not None and not prepared.whole:
            del self._prepared[user_id, thread_id]
        if said:
            _put(self._embedded, (user_id, thread_id), said[-1].trace_id, self._held)

    def forget(self, caller: Caller, thread_id: str) -> None:
        """Drop what is held of a conversation in this process."""
        self._prepared.pop((caller.id, thread_id), None)
        self._embedded.pop((caller.id, thread_id), None)

    async def _said(self, user_id: str, thread_id: str, after: str) -> list[Said]:
        said = await self._stores.transcripts.of_thread(user_id, thread_id, after=after, limit=LOADED)
        return [each for each in said if each.status != "running"]

    async def _embed(self, said: Sequence[Utterance]) -> list[UtteranceVectors]:
        pieces = [parts(each.text) for each in said]
        vectors = iter(await self._embedder.encode([piece for each in pieces for piece in each]))
        return [
            UtteranceVectors(each.turn, each.speaker, np.asarray([next(vectors) for _ in mine], dtype=np.float32))
            for each, mine in zip(said, pieces, strict=True)
            if mine
        ]

    async def _of_thread(self, turn: Turn, memory: Memory) -> RecallIndex:
        """The index of all turns that left the window. Turns whose vectors are still to come are found by words."""
        key, deletions = (turn.caller.id, turn.thread_id), memory.get("deletions", 0)
        thread = await self._stores.threads.get(turn.thread_id)
        begun_at = thread.created_at if thread else None  # an id that was forgotten may be used again
        prepared = self._prepared.pop(key, None)  # until it is whole again: what stops this must not leave a part
        if prepared is None or (prepared.begun_at, prepared.deletions) != (begun_at, deletions):
            prepared = _Prepared(begun_at, deletions)
        window = {each["turn"] for each in memory.get("window", [])}
        left = [each for each in await self._said(*key, prepared.upto) if each.trace_id not in window]
        if left:
            stored = await self._stores.recollections.of_thread(*key, self._embedder.name, after=prepared.upto)
            await asyncio.to_thread(_extend, prepared, left, stored)
        _put(self._prepared, key, prepared, self._held)
        return prepared.index

    async def _others(self, turn: Turn) -> RecallIndex:
        user_id, thread_id = turn.caller.id, turn.thread_id
        said = await self._stores.transcripts.of_user(user_id, excluding=thread_id)
        stored = await self._stores.recollections.of_user(user_id, self._embedder.name, excluding=thread_id)
        prepared = _Prepared(None, 0)
        over = [each for each in said if each.status != "running"]
        await asyncio.to_thread(_extend, prepared, over, stored)
        return prepared.index

    async def _fresh(self, found: Sequence[Utterance], caller: Caller) -> list[Utterance]:
        ids = {document for each in found for document in each.documents}
        current = await self._stores.documents.current(ids, caller.groups) if ids else {}
        return [each for each in found if holds(each.documents, current)]


def _extend(prepared: _Prepared, said: Sequence[Said], stored: Sequence[UtteranceVectors]) -> None:
    vectors = {(entry.turn, entry.speaker): entry.vectors for entry in stored}
    utterances = [each for one in said for each in utterances_of(one)]
    found = [vectors.get((each.turn, each.speaker)) for each in utterances]
    prepared.index.extend(utterances, found)
    prepared.upto = said[-1].trace_id if said else prepared.upto
    missing = [each for each, vector in zip(utterances, found, strict=True) if vector is None and parts(each.text)]
    prepared.whole = prepared.whole and not missing


def _put(held: OrderedDict[tuple[str, str], _Value], key: tuple[str, str], value: _Value, size: int) -> None:
    held[key] = value
    held.move_to_end(key)
    while len(held) > size:
        held.popitem(last=False)
