"""A conversational assistant that answers from an organisation's documents, knows what it doesn't know, and hands over."""

__version__ = "0.1.0"
