"""How each model's provider counts tokens against ours: learned from every report, kept for the next start."""

from __future__ import annotations

from assistant.memory.calibration import learned, prior
from assistant.ports import Calibrations
from assistant.values import Calibration

WORTH_STORING = 0.01  # of the ratio


class Ratios:
    """One for all conversations of a process."""

    def __init__(self, stored: Calibrations) -> None:
        self._stored = stored
        self._known: dict[str, Calibration] = {}
        self._kept: dict[str, Calibration] = {}

    async def of(self, model: str) -> float:
        """Tokens that the provider counts, at most, for one of ours."""
        if model not in self._known:
            found = await self._stored.get(model)
            self._known[model] = self._kept[model] = found or prior(model)
        return self._known[model].ratio

    async def learn(self, model: str, *, counted: int, reported: int) -> None:
        """Take in what a provider reported for a prompt of which we counted so many tokens; 0 is no report."""
        if not reported:
            return
        await self.of(model)
        made = self._known[model] = learned(self._known[model], counted=counted, reported=reported)
        kept = self._kept[model]
        if not kept.samples or abs(made.ratio / kept.ratio - 1) >= WORTH_STORING:
            self._kept[model] = made
            await self._stored.put(model, made)
