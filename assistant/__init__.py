"""A conversational assistant: answers from documents with sources, knows what it doesn't know, hands over to people."""

__version__ = "0.1.0"
