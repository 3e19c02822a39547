from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.memory.budget import SHARES, BudgetPolicy, PromptSection, Share, allocate

RANKED = sorted(SHARES, key=lambda section: SHARES[section].rank)
amounts = st.integers(min_value=0, max_value=12_000)
wants_of_all = st.fixed_dictionaries(dict.fromkeys(SHARES, amounts))


@st.composite
def policies(draw: st.DrawFn) -> BudgetPolicy:
    total = draw(st.integers(min_value=100, max_value=20_000))
    reply = draw(st.integers(min_value=1, max_value=total - 1))
    ranks = draw(st.permutations(range(1, 7)))
    shares: dict[PromptSection, Share] = {}
    for section, rank in zip(SHARES, ranks, strict=True):
        floor = draw(st.floats(min_value=0, max_value=1 / 6))
        shares[section] = Share(rank, floor, draw(st.floats(min_value=floor, max_value=1)))
    return BudgetPolicy(total=total, reply=reply, shares=shares)


@given(policies(), wants_of_all, st.integers(0, 4_000), st.integers(0, 2_000))
def test_the_sum_never_exceeds_the_total_and_system_tools_and_reply_are_whole(
    policy: BudgetPolicy, wants: dict[PromptSection, int], system: int, tools: int
) -> None:
    assume(system + tools + policy.floor("question") <= policy.room)
    given_out = allocate(policy, {**wants, "system": system, "tools": tools})
    assert sum(given_out.values()) <= policy.total
    assert (given_out["system"], given_out["tools"], given_out["reply"]) == (system, tools, policy.reply)
    assert all(0 <= given_out[section] <= min(wants[section], policy.cap(section)) for section in SHARES)


@given(policies(), wants_of_all)
def test_nothing_stays_over_while_a_section_could_use_it(policy: BudgetPolicy, wants: dict[PromptSection, int]) -> None:
    given_out = allocate(policy, wants)
    if sum(given_out.values()) < policy.total:
        assert all(given_out[section] == min(wants[section], policy.cap(section)) for section in SHARES)


@given(policies(), wants_of_all)
def test_every_section_is_sure_of_its_floor_when_system_and_tools_leave_room_for_all(
    policy: BudgetPolicy, wants: dict[PromptSection, int]
) -> None:
    given_out = allocate(policy, wants)
    assert all(given_out[section] >= min(wants[section], policy.floor(section)) for section in SHARES)


@given(wants_of_all, st.sampled_from(RANKED), amounts)
def test_beyond_its_floor_a_section_takes_nothing_of_a_higher_rank(
    wants: dict[PromptSection, int], greedy: PromptSection, more: int
) -> None:
    enough = wants | {greedy: max(wants[greedy], BudgetPolicy().floor(greedy))}
    before = allocate(BudgetPolicy(), enough)
    after = allocate(BudgetPolicy(), enough | {greedy: enough[greedy] + more})
    assert all(after[section] == before[section] for section in RANKED[: RANKED.index(greedy)])


def test_what_one_section_does_not_need_goes_to_the_others() -> None:
    policy = BudgetPolicy(total=4_000, reply=800)
    greedy: dict[PromptSection, int] = {"evidence": 9_000, "window": 9_000, "recalled": 9_000}
    with_question = allocate(policy, {**greedy, "question": 900})
    without = allocate(policy, greedy)
    assert sum(with_question.values()) == sum(without.values()) == 4_000
    assert sum(without[section] for section in greedy) == sum(with_question[section] for section in greedy) + 900


def test_the_floors_by_rank_come_first_when_not_all_fit() -> None:
    policy = BudgetPolicy(total=1_000, reply=200)
    given_out = allocate(policy, {"system": 640, **dict.fromkeys(SHARES, 9_000)})
    assert given_out["question"] >= policy.floor("question")
    assert given_out["pins"] == policy.floor("pins")
    assert given_out["evidence"] == 160 - policy.floor("question") - policy.floor("pins")
    assert given_out["recalled"] == 0


@pytest.mark.parametrize(("total", "reply"), [(8_000, 800), (4_000, 800), (2_800, 800), (128_000, 4_000)])
def test_the_defaults_hold_all_floors_beside_a_usual_system_prompt_and_tools(total: int, reply: int) -> None:
    policy = BudgetPolicy(total=total, reply=reply)
    given_out = allocate(policy, {"system": 300, "tools": 350, **dict.fromkeys(SHARES, total)})
    assert all(given_out[section] >= policy.floor(section) for section in SHARES)
    assert sum(given_out.values()) == total


def test_at_eight_thousand_the_memory_sections_have_their_usual_sizes() -> None:
    policy = BudgetPolicy(total=8_000, reply=800)
    sure = {section: policy.floor(section) for section in SHARES}
    assert sure == {"question": 432, "pins": 288, "evidence": 1_008, "window": 2_016, "summary": 432, "recalled": 576}


def test_system_and_tools_that_leave_no_question_are_refused_with_the_way_out() -> None:
    with pytest.raises(ValueError, match=r"raise the budget or shorten"):
        allocate(BudgetPolicy(total=1_000, reply=200), {"system": 790, "question": 100})


@pytest.mark.parametrize("reply", [0, 1_000, 2_000])
def test_a_reply_that_leaves_nothing_is_refused_with_the_way_out(reply: int) -> None:
    with pytest.raises(ValueError, match=r"raise the budget or shorten the reply"):
        BudgetPolicy(total=1_000, reply=reply)


def test_floors_that_promise_more_than_there_is_are_refused() -> None:
    with pytest.raises(ValueError, match=r"floors of all sections sum to 1\.8\d: lower some"):
        BudgetPolicy(
            shares={section: replace(share, floor=0.3, cap=1.0) for section, share in SHARES.items()}
            | {"question": Share(1, 0.33, 1.0)}
        )


def test_a_floor_above_its_cap_is_refused() -> None:
    with pytest.raises(ValueError, match="share of pins"):
        BudgetPolicy(shares={**SHARES, "pins": Share(2, floor=0.2, cap=0.1)})


def test_a_section_without_a_share_is_refused() -> None:
    with pytest.raises(ValueError, match="a share for each"):
        BudgetPolicy(shares={"question": Share(1, 0.1, 1.0)})


@given(st.integers(1_000, 200_000), st.integers(1, 900), st.floats(min_value=0.5, max_value=4))
def test_a_budget_in_our_tokens_never_exceeds_it_in_the_providers(total: int, reply: int, ratio: float) -> None:
    policy = BudgetPolicy(total=total, reply=reply)
    assume(int(total / ratio) > reply / ratio + 1)
    counted = policy.counted(ratio)
    assert counted.room * ratio <= policy.room + 1e-6
