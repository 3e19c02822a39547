"""Dutch."""

from __future__ import annotations

from assistant.perimeter.intent_tables.form import IntentTable

DUTCH = IntentTable(
    person=r"(?:met|aan) (?:(?:een|de|jullie|uw|echte|echt) )*(?:mens|persoon|iemand|medewerker|medewerkster|"
    r"klantenservice|"
    r"collega|leidinggevende)(?: \w+){0,2} (?:spreken|praten|chatten|doorverbinden|bellen|doorverbonden)|"
    r"(?:spreken|praten|chatten) met (?:(?:een|de|echte|echt) )*(?:mens|persoon|iemand|medewerker|klantenservice)|"
    r"verbind "
    r"(?:me|mij) door|(?:graag|wil) iemand spreken|(?:ik wil|ik heb|graag) (?:(?:graag|een|echte|echt|nu) )+(?:mens|"
    r"medewerker|persoon)(?: nodig| spreken| aub| alsjeblieft)*$|(?:kan|kunt u|wil) (?:iemand|een medewerker) (?:me|"
    r"mij) "
    r"(?:terug)?bellen|^(?:(?:een|echte) )*(?:medewerker|mens|klantenservice)(?: graag| alsjeblieft| aub)*$|niet met "
    r"(?:een|deze|die) (?:bot|robot|computer|machine) (?:praten|spreken|chatten)",
    not_person=r"(?:niet|geen|zonder|in plaats van)(?: \w+){0,3} (?:mens|persoon|iemand|medewerker|klantenservice)(?: "
    r"\w+)? "
    r"(?:spreken|praten|te spreken|te praten)|mijn klanten|(?:heb|had|hebben)(?: \w+){0,4} gesproken",
    unhappy=r"(?:dit|dat|deze (?:bot|chat)|jullie|je|u)(?: is| bent| zijn)(?: \w+){0,2} (?:waardeloos|nutteloos|"
    r"belachelijk|"
    r"een grap|schandalig|onacceptabel|een aanfluiting|niks waard)|voor de (?:derde|vierde|vijfde|tiende|zoveelste) "
    r"keer "
    r"(?:dat ik|vraag|vraagt)|(?:derde|vierde|vijfde|zoveelste) keer dat ik|ik heb hier niets aan|hier heb ik niets "
    r"aan|"
    r"tijdverspilling|(?:stomme|domme) (?:bot|robot)|ik ben (?:echt |heel |erg |zeer )?(?:boos|woedend|gefrustreerd|"
    r"het zat|"
    r"er klaar mee)|hoe vaak moet ik",
    ticket=r"(?:status|stand|nieuws|update)(?: \w+){0,2} (?:van|over|op) (?:mijn|het) ticket|waar (?:is|blijft) mijn "
    r"ticket|hoe "
    r"staat het met mijn ticket",
    fillers="en dan ja nee allemaal jullie u je heel erg nog ook graag",
    small_talk={
        "capabilities": "wat kun je|wat kunt u|wat kan je|wat kun je doen|wat kunt u doen|waarmee kun je me helpen|"
        "waarmee kunt "
        "u me helpen|waarmee kunt u mij helpen|hoe kun je me helpen|hoe kunt u mij helpen|wat kan ik vragen",
        "identity": "ben je een bot|ben je een robot|ben je een mens|bent u een mens|bent u een robot|wie ben je|wie "
        "bent u|praat "
        "ik met een mens|spreek ik met een mens|ben je echt|hoe heet je",
        "how_are_you": "hoe gaat het|hoe gaat het met je|hoe gaat het met u|hoe is het|alles goed",
        "bye": "tot ziens|doei|dag|tot straks|tot later|fijne dag|fijne dag nog|fijne avond|dat was alles|dat is "
        "alles|"
        "welterusten|prettige dag|fijn weekend",
        "thanks": "dank je|dank je wel|dankjewel|dank u|dank u wel|bedankt|hartelijk dank|heel erg bedankt|bedankt "
        "voor de hulp|"
        "bedankt voor je hulp|bedankt voor uw hulp|nee bedankt|nee dank je|nee dank u|dankuwel",
        "hello": "hallo|hoi|goedemorgen|goedemiddag|goedenavond|goedendag|goeiemorgen|hey|hee",
        "acknowledge": "ok|oke|okee|prima|goed|perfect|begrepen|duidelijk|top|in orde|mooi|geweldig|snap ik",
    },
)
