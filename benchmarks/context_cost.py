"""Cost: what a long conversation costs in prompt tokens, waiting, time of our own and bytes.

Every contestant has the same messages, replies of exactly the same length from a stand-in model, the same system
prompt and the same budget. Ours runs whole turns on a real Redis and SQLite; peers run without any store.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any

from assistant.memory.tokens import count_message
from benchmarks.context_data import Dialogue, quantile, read_dialogues, replies, user_messages
from benchmarks.context_ours import Ours, answerable, open_ours
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
    """With a model that summarises, by rules, and with the next message sent the moment a reply is there."""
    async with open_ours(iter(talk), budget=budget, summarises=True) as ours:
        figures = await _conversation(ours, messages[:turns], talk, budget)
        figures["system"] = ours.meter.calls[0].texts[0]
    async with open_ours(iter(talk), budget=budget, summarises=False) as ours:
        by_rules = await _conversation(ours, messages[:turns], talk, budget)
        by_rules["never_summarised_turns"] = by_rules["lost_turns"]  # folding by rules reads all that leaves
        by_rules["checkpoint_bytes"] |= await _goes_on(ours, messages, turns)
    async with open_ours(iter(talk), budget=budget, summarises=True, summary_s=_HURRIED_SUMMARY_S) as ours:
        hurried = await _conversation(ours, messages[:turns], talk, budget, pause=False)
        hurried["never_summarised_turns"] = hurried["lost_turns"]  # most are folded by rules, the model being too slow
    return figures | {"variants": {"by rules": by_rules, "no pause between turns": hurried}}


async def _conversation(
    ours: Ours, messages: Sequence[str], talk: Sequence[str], budget: int, *, pause: bool = True
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
    figures["whole_turn_ms"] = figures.pop("overhead_ms")
    figures["overhead_ms"] = _percentiles(ours.before_ms)
    figures["overhead_cpu_ms"] = _percentiles(ours.before_cpu_ms)
    figures["after_reply_ms"] = _percentiles(ours.settle_ms)
    figures["stage_ms_p95"] = {name: round(quantile(took, 0.95), 2) for name, took in ours.tracer.spans.items()}
    figures["stage_cpu_ms_p95"] = {name: round(quantile(took, 0.95), 2) for name, took in ours.tracer.cpu.items()}
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


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    return {"p50": round(quantile(values, 0.5), 2), "p95": round(quantile(values, 0.95), 2)}


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
