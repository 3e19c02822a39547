"""Who asks, and what they may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["guest", "member", "staff", "developer", "operator"]

PUBLIC: str = "public"


def groups_of(role: Role, extra: Iterable[str] = ()) -> frozenset[str]:
    """The groups of an account: those of its role, and those granted one by one."""
    own: dict[Role, frozenset[str]] = {
        "guest": frozenset({PUBLIC}),
        "member": frozenset({PUBLIC, "members"}),
        "staff": frozenset({PUBLIC, "members", "staff"}),
    }
    return own.get(role, own["staff"] | {role}).union(extra)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `groups` decide which documents may be read; `public` is in everyone's."""

    id: str
    role: Role = "guest"
    groups: frozenset[str] = frozenset({PUBLIC})
    language: str = "en"
    name: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """An account. Guests have none. `groups` beyond the role's own can be granted one by one."""

    id: str
    email: str
    role: Role
    groups: frozenset[str]
    active: bool
    created_at: datetime
