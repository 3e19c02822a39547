"""What the inside needs from the outside: small protocols, named for our need and not for a vendor.

Adapters implement them (`assistant/adapters`), tests implement them in memory (`assistant/testing`), one contract
suite runs on both. Every method is async; none blocks the event loop.
"""

from assistant.ports.history import Records, Threads, Transcripts
from assistant.ports.knowledge import Documents, Embedder, IndexQuery, PassageIndex, Vector
from assistant.ports.line import QUEUE_TTL_S, Hold, Line, Live
from assistant.ports.models import LanguageModel, ModelChunk, ToolCall, ToolSpec
from assistant.ports.recollection import Recollections, UtteranceVectors
from assistant.ports.stores import Calibrations, Preferences, Stores, Tickets, Users
from assistant.ports.tracing import Span, Spans, Tracer

__all__ = [
    "QUEUE_TTL_S",
    "Calibrations",
    "Documents",
    "Embedder",
    "Hold",
    "IndexQuery",
    "LanguageModel",
    "Line",
    "Live",
    "ModelChunk",
    "PassageIndex",
    "Preferences",
    "Recollections",
    "Records",
    "Span",
    "Spans",
    "Stores",
    "Threads",
    "Tickets",
    "ToolCall",
    "ToolSpec",
    "Tracer",
    "Transcripts",
    "Users",
    "UtteranceVectors",
    "Vector",
]
