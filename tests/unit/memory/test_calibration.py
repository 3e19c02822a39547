from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import BaseMessage

from assistant.memory.assembly import Prompt, assemble
from assistant.memory.budget import BudgetPolicy
from assistant.memory.calibration import HIGHEST, LOWEST, RISE, learned, prior
from assistant.memory.contents import WindowTurn
from assistant.memory.tokens import count, count_messages
from assistant.values import Calibration

POLICY = BudgetPolicy(total=4_000, reply=800)
ENGLISH = "The parcel with order 4711 left our warehouse on Monday and should arrive within three working days. "
GERMAN = "Die Rücksendung der Ware muss innerhalb von vierzehn Tagen nach Erhalt erfolgen, sonst verfällt sie. "
HINDI = "आपका ऑर्डर सोमवार को भेजा गया था और तीन दिनों के भीतर पहुँच जाना चाहिए। "
CHINESE = "您的订单已于星期一发出，预计三个工作日内送达，请注意查收。"
RUSSIAN = "Ваш заказ был отправлен в понедельник и должен прибыть в течение трёх рабочих дней. "
CODE = "def total(rows: list[Row]) -> float:\n    return sum(row.amount for row in rows if not row.void)\n"

samples = st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 80_000)), max_size=60)


def thirds(text: str) -> int:
    return math.ceil(len(text) / 3)


def by_bytes(text: str) -> int:
    return math.ceil(len(text.encode()) / 3.2)


def small_vocabulary(text: str) -> int:
    """As one of 32,000 entries for Latin text: a half more tokens, and a token for each other letter."""
    latin = sum(1 for letter in text if ord(letter) < 0x250)
    return math.ceil(1.3 * count("".join(letter for letter in text if ord(letter) < 0x250))) + len(text) - latin


def own(text: str) -> int:
    return count(text)


def prompt_in(language: str, rng: random.Random, ratio: float) -> Prompt:
    def said(most: int) -> str:
        words = list(language) if language is CHINESE else language.split(" ")
        joint = "" if language is CHINESE else " "
        return joint.join(rng.choice(words) for _ in range(rng.randrange(20, most)))

    return assemble(
        system=ENGLISH * 8,
        question=said(40),
        passages=[said(300) for _ in range(8)],
        window=[
            WindowTurn(turn="t", at="", user=said(40), assistant=said(200), documents={}, titles=[]) for _ in range(20)
        ],
        summary=[said(40) for _ in range(10)],
        pins=[said(21) for _ in range(10)],
        recalled=[said(60) for _ in range(8)],
        tools_tokens=0,
        policy=POLICY,
        ratio=ratio,
    )


def reported(messages: tuple[BaseMessage, ...], tokenizer: Callable[[str], int]) -> int:
    return sum(tokenizer(str(message.content)) + 5 for message in messages) + 10


@pytest.mark.parametrize("language", [ENGLISH, GERMAN, HINDI, CHINESE, RUSSIAN, CODE], ids=lambda text: text[:12])
@pytest.mark.parametrize("tokenizer", [thirds, by_bytes, small_vocabulary, own])
def test_after_ten_reports_of_another_tokenizer_every_prompt_holds_its_budget(
    language: str, tokenizer: Callable[[str], int]
) -> None:
    rng, calibration, shares = random.Random(7), prior("some/model"), []
    for call in range(60):
        prompt = prompt_in(language, rng, calibration.ratio)
        real = reported(prompt.messages, tokenizer)
        if call >= 10:
            shares.append(real / POLICY.room)
        calibration = learned(calibration, counted=count_messages(prompt.messages), reported=real)
    assert max(shares) <= 1
    assert calibration.ratio > LOWEST


@pytest.mark.parametrize("language", [ENGLISH, HINDI, RUSSIAN], ids=lambda text: text[:12])
def test_the_budget_is_used_and_not_only_held(language: str) -> None:
    rng, calibration, real = random.Random(7), prior("some/model"), 0
    for _ in range(100):
        prompt = prompt_in(language, rng, calibration.ratio)
        real = reported(prompt.messages, small_vocabulary)
        calibration = learned(calibration, counted=count_messages(prompt.messages), reported=real)
    assert real > 0.8 * POLICY.room


def test_users_of_two_scripts_share_a_model_within_the_budget() -> None:
    rng, calibration, over = random.Random(7), prior("some/model"), 0
    for call in range(120):
        language = rng.choice([ENGLISH, HINDI, RUSSIAN])
        prompt = prompt_in(language, rng, calibration.ratio)
        real = reported(prompt.messages, small_vocabulary)
        over += call >= 10 and real > POLICY.room
        calibration = learned(calibration, counted=count_messages(prompt.messages), reported=real)
    assert over <= 5


@pytest.mark.parametrize(
    "name",
    ["gpt-4o", "openai:gpt-4o-mini", "gpt-4.1-nano", "openai/o3-mini", "o1", "azure/gpt-5.1", "gpt-oss-120b", "GPT-4o"],
)
def test_models_that_use_our_vocabulary_start_near_one(name: str) -> None:
    assert prior(name) == Calibration(1.02, 0)


@pytest.mark.parametrize("name", ["", "claude-sonnet-4-5", "llama3.1:8b", "gpt-4", "gpt-3.5-turbo", "qwen2.5", "solo1"])
def test_unknown_models_start_with_room_to_be_wrong(name: str) -> None:
    assert prior(name) == Calibration(1.5, 0)


@given(st.floats(LOWEST, HIGHEST), samples)
def test_the_ratio_stays_within_its_bounds_whatever_is_reported(start: float, reports: list[tuple[int, int]]) -> None:
    calibration = Calibration(start, 0)
    for counted, said in reports:
        calibration = learned(calibration, counted=counted, reported=said)
        assert LOWEST <= calibration.ratio <= HIGHEST


@given(st.floats(LOWEST, 1.5), st.integers(100, 20_000), st.integers(0, 10**6))
def test_one_odd_report_moves_the_ratio_by_a_quarter_at_most(ratio: float, counted: int, said: int) -> None:
    after = learned(Calibration(ratio, 9), counted=counted, reported=said).ratio
    assert ratio * 0.9 <= after <= ratio * RISE + 1e-9


def test_an_odd_report_is_forgotten() -> None:
    calibration = learned(Calibration(1.1, 50), counted=1_000, reported=9_000)
    assert calibration.ratio == pytest.approx(1.375)
    for _ in range(100):
        calibration = learned(calibration, counted=1_000, reported=1_000)
    assert 1.05 <= calibration.ratio < 1.07


@pytest.mark.parametrize(("counted", "said"), [(1_000, 0), (1_000, 40), (12, 30), (0, 0)])
def test_reports_that_say_nothing_of_the_tokenizer_teach_nothing(counted: int, said: int) -> None:
    assert learned(Calibration(1.2, 3), counted=counted, reported=said) == Calibration(1.2, 3)
