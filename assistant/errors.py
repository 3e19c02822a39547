"""One tree of errors. Vendor errors become one of these once, in the adapter that met them, `from exc`.

AssistantError
├── ConfigurationError       a setting, policy file or environment that can't work; names it and the way out
│   └── PolicyError          perimeter.yaml is wrong; names the line
├── UnavailableError         a part that was set can't be reached or is unwell; names it
│   ├── ModelError           the language model is down, slow, empty or talks nonsense
│   └── StorageFullError     the disk that holds the data is full
├── DataFolderInUseError     another process holds the data folder
├── InvalidMessageError      a message that can't be taken in: empty, too long, not text
├── BusyError                the conversation is still busy with an earlier message
├── NotFoundError            absent, or not this caller's: one answer for both
├── StaleLeaseError          a write under a lease that has passed to another worker
├── DocumentError            a document that can't be read; names it and why
└── ToolError                a tool call that was refused or failed; the text may be shown to the model
"""

from __future__ import annotations


class AssistantError(Exception):
    """The root. `str(error)` is for operators; users see `user_message` or a fixed sentence."""

    user_message: str = ""


class ConfigurationError(AssistantError):
    """A setting, policy file or environment that can't work."""


class PolicyError(ConfigurationError):
    """The perimeter's policy file is wrong."""


class UnavailableError(AssistantError):
    """A part that was set can't be reached or is unwell. `part` names it as `assistant doctor` does."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(f"{part}: {message}")
        self.part = part


class ModelError(UnavailableError):
    """The language model is down, slow, empty or talks nonsense."""

    def __init__(self, message: str) -> None:
        super().__init__("model", message)


class StorageFullError(UnavailableError):
    """The disk that holds the data is full."""

    user_message = "I can't store anything at the moment, so I can't take new messages. Please try again later."


class DataFolderInUseError(AssistantError):
    """Another process holds the data folder."""


class InvalidMessageError(AssistantError):
    """A message that can't be taken in. Its text is written for the user."""

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


class BusyError(AssistantError):
    """The conversation is still busy with an earlier message."""

    user_message = "I'm still working on your previous message. Please wait for it, or stop it, then send this again."


class NotFoundError(AssistantError):
    """Absent, or not this caller's: callers can't tell which."""

    user_message = "There is nothing here under that address."


class StaleLeaseError(AssistantError):
    """A write under a lease that has passed to another worker."""


class DocumentError(AssistantError):
    """A document that can't be read."""


class ToolError(AssistantError):
    """A tool call that was refused or failed."""
