"""How sure a share is that was counted in a sample. Pure."""

from __future__ import annotations

import math

_Z95 = 1.959963984540054


def wilson(count: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share (E. B. Wilson, JASA 22, 1927); (0, 1) where nothing was counted."""
    if not total:
        return 0.0, 1.0
    share, spread = count / total, _Z95 * _Z95 / total
    middle = (share + spread / 2) / (1 + spread)
    half = _Z95 / (1 + spread) * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if count == 0 else low), (1.0 if count == total else high)
