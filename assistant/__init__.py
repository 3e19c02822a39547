"""A conversational assistant: answers from documents with sources, knows what it doesn't know, hands over to people."""

import os

__version__ = "0.1.0"

# Read by langgraph when it is first imported: checkpoints may hold plain data only, never pickled objects.
os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
