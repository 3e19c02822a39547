"""Cost: what a long conversation costs in prompt tokens, waiting, time of our own and bytes.

Every contestant has the same messages, replies of exactly the same length from a stand-in model, the same system
prompt and the same budget. Ours runs whole turns on a real Redis and SQLite; peers run without any store.

`overhead_ms` is a whole turn up to the end of its reply without models and embedder, of all contestants alike: ours
has checks, retrieval and records in it that peers don't have. `memory_ms` is what of it memory takes, and its part of
what goes on right after the reply: loading and saving the checkpoint, restoring, recalling, assembling, taking the
turn in with its pins. `after_reply_ms` is until all is settled. `never_summarised_turns` are evicted turns that no
summary in use was made of, `without_a_line` those it was made of that had no line in it. A turn is blocked when its
reply began only after a summariser's call had come to its own end; `summary_waited_ms` is how long one was still
running after the message came, also where it was given up. `state_bytes` is without traces: the tracer keeps nothing,
but in a run of its own, the product's, whose spans are `trace_bytes`.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any

from assistant.memory.tokens import count_message
from benchmarks.context_data import Dialogue, percentiles, quantile, read_dialogues, replies, user_messages
from benchmarks.context_ours import Ours, Pause, answerable, open_ours
from benchmarks.context_peers import COST_PEERS, SUMMARY_TOKENS, Append, Meter, converse
from benchmarks.context_savers import sqlite_saver_bytes

REPLY_TOKENS = 300
SIZES_AT = (10, 50, 200, 1_000)  # turns after which bytes are taken
SAVER_NODES = (1, 9)  # nodes a turn passes, one checkpoint each; ours passes nine where it answers
_HURRIED_SUMMARY_S = 0.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `context.py cost` beside those that all have."""
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--budget", type=int, default=4_000, help="tokens of a prompt")
    parser.add_argument("--long", type=int, default=1_000, help="turns of the conversation whose bytes are taken")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """The figures of a conversation of `--turns` turns, `--limit` at most."""
    dialogues = read_dialogues(arguments.data)
    turns = min(arguments.turns, arguments.limit or arguments.turns)
    long = max(turns, min(arguments.long, arguments.limit or arguments.long))
    messages = user_messages(dialogues, long, fits=answerable)
    talk = list(itertools.islice(replies(dialogues, REPLY_TOKENS, arguments.seed), long))
    figures = asyncio.run(_ours(messages, talk, turns, arguments.budget))
    system = figures.pop("system")
    append = _peer("append everything", messages[:turns], talk, dialogues, system, arguments)
    everything = append["cumulative_prompt_tokens"]
    for one in (figures, *figures["variants"].values()):
        one["ratio_to_append_everything"] = round(one["cumulative_prompt_tokens"] / everything, 4)
    figures["recount_ms"] = _recount_ms([text for turn in zip(messages[:turns], talk, strict=False) for text in turn])
    if arguments.peers:
        peers = {name: _peer(name, messages[:turns], talk, dialogues, system, arguments) for name in COST_PEERS}
        for one in peers.values():
            one["ratio_to_append_everything"] = round(one["cumulative_prompt_tokens"] / everything, 4)
        figures["peers"] = peers | _savers(messages[:turns], talk)
    return figures


async def _ours(messages: Sequence[str], talk: Sequence[str], turns: int, budget: int) -> dict[str, Any]:
    """With a model that summarises, by rules, with users in a hurry, and with the product's own traces."""
    async with open_ours(iter(talk), budget=budget, summarises=True) as ours:
        figures = await _conversation(ours, messages[:turns], talk, budget)
        figures["system"] = ours.meter.calls[0].texts[0]
    async with open_ours(iter(talk), budget=budget, summarises=False) as ours:
        by_rules = await _conversation(ours, messages[:turns], talk, budget)
        by_rules["checkpoint_bytes"] |= await _goes_on(ours, messages, turns)
    hurried = {
        "no pause between turns": await _hurried(messages[:turns], talk, budget, "none"),
        "next message as a summary is written": await _hurried(messages[:turns], talk, budget, "folding"),
    }
    async with open_ours(iter(talk), budget=budget, summarises=True, traces=True) as ours:
        for message in messages[:turns]:
            await ours.take(message)
        figures["trace_bytes"] = await ours.trace_bytes()
    return figures | {"variants": {"by rules": by_rules, **hurried}}


async def _hurried(messages: Sequence[str], talk: Sequence[str], budget: int, pause: Pause) -> dict[str, Any]:
    """With a model that takes its time to summarise, and a user who doesn't wait for it."""
    async with open_ours(iter(talk), budget=budget, summarises=True, summary_s=_HURRIED_SUMMARY_S) as ours:
        return await _conversation(ours, messages, talk, budget, pause=pause)


async def _conversation(
    ours: Ours, messages: Sequence[str], talk: Sequence[str], budget: int, *, pause: Pause = "settled"
) -> dict[str, Any]:
    empty_sql = ours.sql_bytes()
    sizes: dict[str, int] = {}
    for turn, message in enumerate(messages, start=1):
        await ours.take(message, pause=pause)
        if turn in SIZES_AT:
            sizes[str(turn)] = await ours.redis_bytes()
    window = len((await ours.memory()).get("window", []))
    await ours.conversations.drain(timeout_s=30)
    figures = ours.meter.figures(budget)
    figures["replies_altered"] = sum(said != reply for (_, said), reply in zip(ours.meter.said, talk, strict=False))
    figures["lost_turns"] = await ours.lost_turns()
    figures["turns_in_window"] = window
    figures["prompt_tokens_by_section"] = {name: round(n / len(messages), 1) for name, n in ours.sections.items()}
    figures["never_summarised_turns"] = ours.never_summarised()
    figures["without_a_line"] = ours.without_a_line()
    if ours.summariser:
        waited = ours.summariser.waited()
        figures["blocked_turns"] = sum(blocked for _, blocked in waited)
        figures["given_up_summaries"] = len(ours.summariser.calls) - ours.summariser.finished
        figures["summary_waited_ms"] = {
            "p50": round(quantile([ms for ms, _ in waited], 0.5), 2),
            "max": round(max(ms for ms, _ in waited), 2),
        }
    figures["after_reply_ms"] = percentiles(ours.settle_ms)
    figures |= ours.watch.figures()
    figures["checkpoint_bytes"] = sizes
    figures["state_bytes"] = await ours.redis_bytes() + ours.sql_bytes() - empty_sql
    return figures


async def _goes_on(ours: Ours, messages: Sequence[str], turns: int) -> dict[str, int]:
    """Bytes of the checkpoints as the conversation goes on to the last of the messages."""
    sizes = {}
    for turn, message in enumerate(messages[turns:], start=turns + 1):
        await ours.take(message)
        if turn in SIZES_AT:
            sizes[str(turn)] = await ours.redis_bytes()
    return sizes


def _peer(
    name: str,
    messages: Sequence[str],
    talk: Sequence[str],
    dialogues: Sequence[Dialogue],
    system: str,
    arguments: argparse.Namespace,
) -> dict[str, Any]:
    make = Append if name == "append everything" else COST_PEERS[name]
    summaries: Iterator[str] = replies(dialogues, SUMMARY_TOKENS, arguments.seed + 1)
    meter: Meter = converse(make, messages, iter(talk), summaries, system=system, budget=arguments.budget)
    return meter.figures(arguments.budget)


def _savers(messages: Sequence[str], talk: Sequence[str]) -> dict[str, Any]:
    """LangGraph's SQLite saver as it comes, with every message in the state."""
    return {
        f"SqliteSaver, {nodes} node{'s' * (nodes > 1)} a turn": {
            "checkpoint_bytes": (sizes := sqlite_saver_bytes(messages, iter(talk), SIZES_AT, nodes=nodes)),
            "state_bytes": sizes[max(sizes)] if sizes else 0,
        }
        for nodes in SAVER_NODES
    }


def _recount_ms(texts: Sequence[str]) -> float:
    """The milliseconds in which all of them are counted again, the median of 21."""
    took = []
    for _ in range(21):
        began = time.perf_counter()
        sum(map(count_message, texts))
        took.append((time.perf_counter() - began) * 1000)
    return round(quantile(took, 0.5), 3)
