from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from assistant.memory.tokens import (
    CUT_MARK,
    PER_MESSAGE,
    PER_REPLY,
    CountCache,
    clip,
    count,
    count_message,
    count_messages,
    count_tools,
    cut_middle,
    encoding,
    fits,
)
from assistant.ports import ToolSpec

FLOODS = (
    "a",
    " ",
    "\n",
    "\u200b",
    "e\u0301\u0301\u0301",
    "👩‍👩‍👧",
    "漢字",
    "<|endoftext|>",
    "hello world ",
    ".",
    "\ud800",
)
limits = st.integers(min_value=0, max_value=80)


def test_known_texts_have_the_counts_of_the_published_vocabulary() -> None:
    assert encoding().encode_ordinary("hello world") == [24912, 2375]
    assert count("hello world") == 2
    assert count("") == 0


def test_loading_the_vocabulary_leaves_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "/somewhere")
    encoding.cache_clear()
    encoding()
    assert os.environ["TIKTOKEN_CACHE_DIR"] == "/somewhere"


def test_special_tokens_in_a_message_are_counted_as_text() -> None:
    assert count("<|endoftext|>") > 1


@given(st.text(max_size=2_000))
def test_a_count_is_that_of_the_encoding_also_the_second_time(text: str) -> None:
    exact = len(encoding().encode_ordinary(text))
    assert (count(text), count(text)) == (exact, exact)


@pytest.mark.parametrize("flood", FLOODS)
def test_a_megabyte_of_anything_is_counted_within_two_seconds(flood: str) -> None:
    began = time.thread_time()
    tokens = CountCache().count((flood * 1_000_000)[:1_000_000])
    assert time.thread_time() - began < 2
    assert tokens >= 1_000_000 / 128


def test_a_long_text_is_counted_to_a_token_for_each_slice() -> None:
    text = "The order of 12.50 EUR, no. 4711, came late.\n" * 3_000
    exact = len(encoding().encode_ordinary(text))
    assert exact <= count(text) <= exact + len(text) // 19_000


@given(st.text(max_size=400), limits)
def test_whether_a_text_fits_is_what_its_count_says(text: str, limit: int) -> None:
    assert fits(text, limit) == (count(text) <= limit)


@pytest.mark.parametrize("flood", FLOODS)
def test_a_megabyte_is_seen_not_to_fit_within_a_few_milliseconds(flood: str) -> None:
    text = (flood * 1_000_000)[:1_000_000]
    fits(text[:100], 10)
    began = time.thread_time()
    assert not fits(text, 2_000)
    assert time.thread_time() - began < 0.25


def test_the_cache_stays_bounded_and_holds_no_text() -> None:
    cache = CountCache(size=10)
    for number in range(1_000):
        cache.count(f"text {number}")
    assert len(cache) <= 20
    assert not any(isinstance(part, str) for key in [*cache._young, *cache._old] for part in key)


def test_what_is_used_stays_in_the_cache_while_others_come_and_go() -> None:
    cache = CountCache(size=10)
    for number in range(1_000):
        cache.count("used")
        cache.count(f"text {number}")
        assert (hash("used"), 4) in {**cache._young, **cache._old}


def test_threads_counting_at_once_agree() -> None:
    cache = CountCache(size=5)
    texts = [f"order {number} " * (number % 7) for number in range(40)] * 20
    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(cache.count, texts))
    assert counted == [len(encoding().encode_ordinary(text)) for text in texts]


def test_two_hundred_turns_are_counted_again_in_a_millisecond() -> None:
    texts = [f"turn {place}: " + "a reply of some three hundred tokens " * 40 for place in range(400)]
    for text in texts:
        count_message(text)
    fresh = [str(text.encode(), "utf-8") for text in texts]  # as read back from a checkpoint
    took = []
    for _ in range(5):
        began = time.thread_time()
        for text in fresh:
            count_message(text)
        took.append(time.thread_time() - began)
    assert min(took) < 0.001


def test_a_prompt_costs_its_texts_what_the_format_adds_and_its_tool_calls() -> None:
    plain = [HumanMessage("hello world")]
    assert count_messages(plain) == 2 + PER_MESSAGE + PER_REPLY
    call = AIMessage("", tool_calls=[{"id": "c1", "name": "search", "args": {"query": "lamp " * 100}}])
    assert count_messages([*plain, call]) > count_messages(plain) + 100
    assert count_messages([ToolMessage("hello world", tool_call_id="c1")]) > count_messages(plain)


def test_a_tools_schema_costs_at_least_its_words() -> None:
    spec = ToolSpec("search", "Search the documents. " * 20, {"type": "object", "properties": {}})
    assert count_tools([spec]) > count(spec.description)
    assert count_tools([spec, spec]) == 2 * count_tools([spec])
    assert count_tools([]) == 0


def test_a_text_cut_in_the_middle_keeps_both_ends_around_a_visible_mark() -> None:
    text = "begin " + "word " * 500 + "end"
    cut = cut_middle(text, 60)
    assert cut.startswith("begin")
    assert cut.endswith("end")
    assert CUT_MARK in cut
    assert count(cut) > 50


@given(st.text(max_size=400), limits)
def test_a_cut_text_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert count(cut_middle(text, limit)) <= limit
    assert count(clip(text, limit)) <= limit


@pytest.mark.parametrize("flood", FLOODS)
@pytest.mark.parametrize("limit", [0, 1, 20, 3_000])
def test_a_flood_is_cut_to_its_limit_within_a_quarter_of_a_second(flood: str, limit: int) -> None:
    text = "begin " + (flood * 1_000_000)[:1_000_000] + " end"
    began = time.thread_time()
    cut = cut_middle(text, limit)
    assert time.thread_time() - began < 0.25
    assert count(cut) <= limit
    assert limit < 20 or (cut.startswith("begin") and cut.endswith("end"))


def test_a_text_that_fits_is_neither_cut_nor_clipped() -> None:
    assert cut_middle("hello world", 2) == "hello world"
    assert clip("hello world", 2) == "hello world"


def test_a_clipped_text_ends_in_an_ellipsis() -> None:
    assert clip("one two three four five six", 4) == "one two three…"
