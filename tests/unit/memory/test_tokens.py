import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.memory.tokens import CUT_MARK, count, cut_middle, encoding


def test_known_texts_have_the_counts_of_the_published_vocabulary() -> None:
    assert encoding().encode_ordinary("hello world") == [24912, 2375]
    assert count("") == 0


def test_loading_the_vocabulary_leaves_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "/somewhere")
    encoding.cache_clear()
    encoding()
    assert os.environ["TIKTOKEN_CACHE_DIR"] == "/somewhere"


def test_special_tokens_in_a_message_are_counted_as_text() -> None:
    assert count("<|endoftext|>") > 1


def test_a_text_cut_in_the_middle_keeps_both_ends_around_a_visible_mark() -> None:
    text = "begin " + "word " * 500 + "end"
    cut = cut_middle(text, 60)
    assert cut.startswith("begin")
    assert cut.endswith("end")
    assert CUT_MARK in cut


@given(st.text(max_size=400), st.integers(min_value=0, max_value=80))
def test_a_cut_text_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert count(cut_middle(text, limit)) <= limit
