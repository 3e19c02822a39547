"""What leaves a turn for traces: masked, bounded, under the names Langfuse knows."""

import json
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage

from assistant.observability.attributes import TEXT_CHARS, masked, observation_attributes
from assistant.values import Usage

MAIL, PHONE = "maya@example.com", "+49 171 2345678"


@dataclass(frozen=True)
class Thing:
    text: str


def test_every_string_is_masked_however_deep():
    data = {"a": [MAIL, {"b": (PHONE, Thing(MAIL))}], MAIL: 1, "m": HumanMessage(f"call {PHONE}"), "n": 491712345678}
    text = json.dumps(masked(data))
    assert "maya@" not in text
    assert "2345678" not in text
    assert text.count("<email>") == 3
    assert text.count("<number>") == 3


@given(
    st.recursive(
        st.just(MAIL), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    )
)
def test_no_nesting_leaks_an_address(data):
    assert "maya@example" not in json.dumps(masked(data))


def test_a_long_text_is_cut_where_no_address_is_cut_in_two():
    text = "x " * (TEXT_CHARS // 2 - 6) + MAIL + " and more"
    shown = masked(text)
    assert len(shown) < TEXT_CHARS + 50
    assert "maya" not in shown
    assert "characters)" in shown


def test_bytes_and_objects_are_named_not_shown():
    assert masked({"b": b"secret", "o": object()}) == {"b": "<bytes>", "o": "<object>"}


def test_a_structure_without_end_is_bounded():
    data = []
    data.append(data)
    assert json.dumps(masked(data))


def test_attributes_have_the_names_langfuse_knows():
    given_ = observation_attributes(
        {
            "input": "q",
            "output": {"a": 1},
            "model": "m",
            "usage": Usage(3, 4),
            "level": "ERROR",
            "metadata": {"k": [1]},
            "rule": "r",
        }
    )
    assert given_ == {
        "langfuse.observation.input": "q",
        "langfuse.observation.output": '{"a": 1}',
        "langfuse.observation.model.name": "m",
        "langfuse.observation.usage_details": '{"input": 3, "output": 4, "total": 7}',
        "langfuse.observation.level": "ERROR",
        "langfuse.observation.metadata.k": "[1]",
        "langfuse.observation.metadata.rule": '"r"',
    }


def test_what_is_none_is_left_out():
    assert observation_attributes({"input": None, "metadata": None}) == {}
