"""Where settings become a running assistant; the only package that imports adapters."""

from assistant.bootstrap.composition import Assistant, Library, open_accounts, open_assistant, open_library
from assistant.bootstrap.health import examine
from assistant.bootstrap.parts import load_perimeter

__all__ = ["Assistant", "Library", "examine", "load_perimeter", "open_accounts", "open_assistant", "open_library"]
