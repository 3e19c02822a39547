"""How people ask for a person, greet, thank, complain and ask after a ticket in the languages other than English.

One table a language, to be matched against text folded by `wording.plain`: lower case, without accents. A new
language is a new table. `person` is denied by `not_person` anywhere in the same clause.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.perimeter.intent_tables.dutch import DUTCH
from assistant.perimeter.intent_tables.form import IntentTable
from assistant.perimeter.intent_tables.french import FRENCH
from assistant.perimeter.intent_tables.german import GERMAN
from assistant.perimeter.intent_tables.italian import ITALIAN
from assistant.perimeter.intent_tables.polish import POLISH
from assistant.perimeter.intent_tables.portuguese import PORTUGUESE
from assistant.perimeter.intent_tables.spanish import SPANISH

__all__ = ["TABLES", "IntentTable"]

TABLES: Mapping[str, IntentTable] = {
    "de": GERMAN, "fr": FRENCH, "es": SPANISH, "it": ITALIAN, "nl": DUTCH, "pt": PORTUGUESE, "pl": POLISH,
}  # fmt: skip
