"""How a prompt's tokens are shared out among its sections."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, Self

PromptSection = Literal["system", "tools", "question", "pins", "evidence", "window", "summary", "recalled", "reply"]


@dataclass(frozen=True, slots=True)
class Share:
    """Of the room beside the reply, 0 to 1: what a section is sure of, and what it gets at most. Rank 1 goes first."""

    rank: int
    floor: float
    cap: float


# At 8,000 tokens with 800 for the reply the floors are: question 432, pins 288, evidence 1,008, window 2,016, summary
# 432, recalled 576. They sum to 0.66: the rest is what system and tools need even at the smallest budget. The question
# may take whatever the floors of the others leave, since cutting it is the worst that can happen to it.
SHARES: Mapping[PromptSection, Share] = MappingProxyType(
    {
        "question": Share(1, floor=0.06, cap=1.0),
        "pins": Share(2, floor=0.04, cap=0.10),
        "evidence": Share(3, floor=0.14, cap=0.45),
        "window": Share(4, floor=0.28, cap=0.67),
        "summary": Share(5, floor=0.06, cap=0.20),
        "recalled": Share(6, floor=0.08, cap=0.25),
    }
)


@dataclass(frozen=True, slots=True)
class BudgetPolicy:
    """Tokens: `total` is the whole prompt with `reply`, which is kept free for the answer. System and tools are whole.

    Raises ValueError when the reply leaves nothing for the prompt, or the floors promise more than there is.
    """

    total: int = 8_000
    reply: int = 1_000
    shares: Mapping[PromptSection, Share] = field(default_factory=lambda: SHARES, hash=False)

    def __post_init__(self) -> None:
        if not 0 < self.reply < self.total:
            raise ValueError(
                f"a budget of {self.total} tokens can't hold a reply of {self.reply}: "
                "raise the budget or shorten the reply"
            )
        if self.shares.keys() != SHARES.keys():
            raise ValueError(f"a budget needs a share for each of {', '.join(SHARES)}, and for nothing else")
        for section, share in self.shares.items():
            if not 0 <= share.floor <= share.cap <= 1:
                raise ValueError(f"the share of {section} must have 0 <= floor <= cap <= 1")
        if (floors := sum(share.floor for share in self.shares.values())) > 1:
            raise ValueError(f"the floors of all sections sum to {floors:.2f}: lower some until they sum to 1 at most")

    @property
    def room(self) -> int:
        """Tokens for the prompt, the reply aside."""
        return self.total - self.reply

    def floor(self, section: PromptSection) -> int:
        """Tokens that a shared section is sure of, if it needs them."""
        return math.floor(self.shares[section].floor * self.room)

    def cap(self, section: PromptSection) -> int:
        """Tokens that a shared section gets at most."""
        return math.floor(self.shares[section].cap * self.room)

    def counted(self, ratio: float) -> Self:
        """The same budget in tokens as we count them, where the provider counts `ratio` for one of ours."""
        return replace(self, total=math.floor(self.total / ratio), reply=math.ceil(self.reply / ratio))


def allocate(policy: BudgetPolicy, wants: Mapping[PromptSection, int]) -> dict[PromptSection, int]:
    """Tokens for every section, in sum at most the total: system, tools and reply whole, floors, then the rest by rank.

    No section gets more than it wants or than its cap; nothing stays over while one that is below both could use it.
    Raises ValueError when system and tools leave the question less than its floor.
    """
    given: dict[PromptSection, int] = {section: max(wants.get(section, 0), 0) for section in ("system", "tools")}
    given["reply"] = policy.reply
    room = policy.total - sum(given.values())
    if room < min(wants.get("question", 0), policy.floor("question")):
        raise ValueError(
            f"a budget of {policy.total} tokens leaves no room for a question beside a reply of {policy.reply}, "
            f"a system prompt of {given['system']} and tools of {given['tools']}: "
            "raise the budget or shorten one of them"
        )
    ranked = sorted(policy.shares, key=lambda section: policy.shares[section].rank)
    for limit in (policy.floor, policy.cap):
        for section in ranked:
            more = min(wants.get(section, 0), limit(section)) - given.get(section, 0)
            more = max(0, min(more, room))
            given[section] = given.get(section, 0) + more
            room -= more
    return given
