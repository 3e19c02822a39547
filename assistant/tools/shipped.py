"""The tools that come with the assistant."""

from __future__ import annotations

from assistant.tools.request_person import REQUEST_PERSON
from assistant.tools.search_knowledge import SEARCH_KNOWLEDGE
from assistant.tools.ticket_status import TICKET_STATUS
from assistant.tools.tool import Tool

SHIPPED: tuple[Tool, ...] = (SEARCH_KNOWLEDGE, REQUEST_PERSON, TICKET_STATUS)
