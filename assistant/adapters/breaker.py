"""A circuit breaker: after enough failures in a row a dead service is answered for at once, and probed now and then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Breaker:
    """Opens after `failures` failures in a row, for `rest_s` seconds; then one probe at a time decides.

    `clock` returns seconds and never runs backwards.
    """

    failures: int
    rest_s: float
    clock: Callable[[], float]
    _in_a_row: int = 0
    _opened_at: float | None = None
    _probing: bool = False

    @property
    def open(self) -> bool:
        """Whether a call would be refused now."""
        if self._opened_at is None:
            return False
        return self._probing or self.clock() - self._opened_at < self.rest_s

    def admit(self) -> bool:
        """Whether a call may be made now. Tell how it went: `succeeded`, `failed` or `abandoned`."""
        if self.open:
            return False
        self._probing = self._opened_at is not None
        return True

    def succeeded(self) -> None:
        self._in_a_row, self._opened_at, self._probing = 0, None, False

    def failed(self) -> None:
        self._in_a_row += 1
        if self._probing or self._in_a_row >= self.failures:
            self._opened_at = self.clock()
        self._probing = False

    def abandoned(self) -> None:
        """The call was given up by its caller: it says nothing about the service."""
        self._probing = False
