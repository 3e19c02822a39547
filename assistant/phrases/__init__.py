"""What the assistant itself says to users, in every language it speaks."""

from assistant.phrases.catalogue import (
    LANGUAGES,
    catalogue,
    closest,
    language_names,
    listed,
    not_served,
    say,
    say_date,
)

__all__ = ["LANGUAGES", "catalogue", "closest", "language_names", "listed", "not_served", "say", "say_date"]
