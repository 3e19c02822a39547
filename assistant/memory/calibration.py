"""How a provider's token counts relate to ours, learned from what it reports, so that a budget holds for its model."""

from __future__ import annotations

import re

from assistant.values import Calibration

LOWEST, HIGHEST = 0.5, 4.0
MARGIN = 1.05  # above what was seen last: prompts differ from one another
RISE = 1.25  # at most, by one report: an odd one can't starve the prompt
DECAY = 0.03  # of the distance to a lower report; half of it is forgotten in 23 reports
LEAST_TOKENS = 100  # a shorter prompt says more about the chat template than about the tokenizer

# The families that OpenAI's tiktoken maps to o200k_base or o200k_harmony.
_OURS = re.compile(r"(?:^|[:/])(?:chatgpt-4o|gpt-4o|gpt-4\.[15]|gpt-[5-9]|gpt-oss|o[134])(?![a-z0-9])")


def prior(model_name: str) -> Calibration:
    """What to assume before the provider has reported anything.

    1.02 for models that use our vocabulary. 1.5 for all others: a token for every three characters of English, more
    than the vocabularies of 32,000 to 200,000 entries in use take; it costs a third of the room until the first
    reports, where an overflow would cost the answer.
    """
    return Calibration(1.02 if _OURS.search(model_name.lower()) else 1.5, 0)


def learned(calibration: Calibration, *, counted: int, reported: int) -> Calibration:
    """The calibration after one more call, for whose prompt we `counted` and the provider `reported` tokens.

    It follows the upper edge of what is seen: up at once (by a quarter at most), down slowly. A report of less than
    half of our count is no count of the prompt (some servers leave out what they had cached) and teaches nothing.
    """
    if counted < LEAST_TOKENS or reported < LOWEST * counted:
        return calibration
    seen = min(reported / counted, HIGHEST) * MARGIN
    ratio = calibration.ratio
    ratio = min(seen, ratio * RISE) if seen > ratio else ratio + DECAY * (seen - ratio)
    return Calibration(min(max(ratio, LOWEST), HIGHEST), calibration.samples + 1)
