"""Conversations: messages come in, turns run in order, events go out."""

from assistant.conversation.policy import TurnPolicy
from assistant.conversation.turns import Conversations

__all__ = ["Conversations", "TurnPolicy"]
