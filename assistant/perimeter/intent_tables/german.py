"""German."""

from __future__ import annotations

from assistant.perimeter.intent_tables.form import IntentTable

GERMAN = IntentTable(
    person=r"(?:mit|zu) (?:(?:einem|einer|eurem|ihrem|dem|der|richtigen|echten|lebenden|menschlichen) )*"
    r"(?:mensch(?:en)?|mitarbeiter(?:in|n)?|jemand(?:em|en)?|person|berater(?:in)?|kundenservice|kundendienst|support|"
    r"vorgesetzten|kolleg(?:e|en|in))(?: \w+){0,3} (?:sprechen|reden|chatten|telefonieren|schreiben|verbinden|"
    r"verbunden)"
    r"|(?:verbinde[nt]?|verbindet) (?:sie )?mich|(?:sprechen|reden) mit (?:einem|einer) (?:\w+ )?(?:menschen|"
    r"mitarbeiter|"
    r"person)|(?:will|mochte|moechte|brauche|hatte gern|wunsche) (?:(?:gerne?|bitte|jetzt|endlich|mit|einen|eine|"
    r"echten|richtigen|menschlichen) )+(?:menschen|mitarbeiter(?:in)?|berater(?:in)?|ansprechpartner(?:in)?)(?: "
    r"bitte)?$"
    r"|(?:kann|konnte|soll) mich (?:bitte )?(?:jemand|ein mitarbeiter) (?:bitte )?(?:anrufen|zuruckrufen|kontaktieren)"
    r"|^(?:bitte )?(?:mitarbeiter|mensch|kundenservice|echter mensch|ruckruf)(?: bitte| jetzt)*$"
    r"|nicht (?:mehr )?mit (?:einem|einer|dem|der|diesem) (?:\w+ )?(?:bot|maschine|roboter|computer|ki) "
    r"(?:sprechen|reden|schreiben)",
    not_person=r"(?:nicht|kein(?:en|em|er|e)?|ohne) (?:mehr )?(?:mit )?(?:(?:einem|einer) )?(?:mensch(?:en)?|"
    r"mitarbeiter(?:n|in)?|jemand(?:em)?|person|berater|kundenservice)|ohne (?:mit|dass)|statt mit|"
    r"(?:meine|unsere) kunden|(?:habe|hatte|wollte)(?: \w+){0,3} gesprochen",
    unhappy=r"(?:das|dies|dieser (?:bot|chat)|der bot|ihr|du|sie)(?: ist| bist| seid| sind) (?:doch |einfach |"
    r"wirklich |"
    r"total |vollig |absolut )*(?:nutzlos|lacherlich|eine frechheit|eine zumutung|unmoglich|ein witz|keine hilfe|"
    r"unbrauchbar|eine katastrophe)|(?:frage|schreibe|sage|erklare|bitte)(?: \w+){0,4} zum (?:dritten|vierten|funften|"
    r"hundertsten) mal|"
    r"zum (?:dritten|vierten|funften|hundertsten) mal (?:frage|schreibe|sage|erklare|bitte)|(?:das|es) (?:bringt|"
    r"hilft)"
    r"(?: mir)?(?: hier)? (?:nichts|nicht weiter|uberhaupt nicht)|(?:dummer|bloder|nutzloser) bot|zeitverschwendung|"
    r"schlechtester (?:service|support)|ich (?:bin|werde) (?:langsam |wirklich |sehr |echt |stink)?(?:sauer|wutend|"
    r"verargert|frustriert|genervt)|wie oft (?:muss|soll) ich(?: das)? noch",
    ticket=r"(?:status|stand|neues|neuigkeiten)(?: \w+){0,2} (?:zu|von|bei|meines|meinem)?\s?(?:meine[ms]? )?ticket|"
    r"wo (?:ist|bleibt) mein ticket|was ist mit meinem ticket|mein ticket (?:schon )?(?:bearbeitet|gelesen)",
    fillers="und dann bitte ja nein alle zusammen ihr euch ihnen dir sehr noch mal fur heute auch",
    small_talk={
        "capabilities": "was kannst du|was konnen sie|was kannst du alles|wobei kannst du mir helfen|wobei konnen sie "
        "mir "
        "helfen|wie kannst du mir helfen|wie konnen sie mir helfen|was kann ich fragen|was kann ich dich fragen",
        "identity": "bist du ein mensch|sind sie ein mensch|bist du ein bot|sind sie ein bot|bist du ein roboter|wer "
        "bist du|"
        "wer sind sie|spreche ich mit einem menschen|bist du echt|rede ich mit einem menschen|wie heisst du",
        "how_are_you": "wie geht's|wie geht es dir|wie geht es ihnen|wie gehts|alles klar bei dir|wie geht's dir",
        "bye": "tschuss|tschuess|auf wiedersehen|bis bald|bis dann|schonen tag|schonen tag noch|ciao|das war alles|"
        "das war's|das ist alles|gute nacht|schones wochenende|einen schonen tag noch",
        "thanks": "danke|danke schon|dankeschon|vielen dank|danke dir|danke ihnen|besten dank|herzlichen dank|tausend "
        "dank|"
        "danke fur die hilfe|danke fur ihre hilfe|danke fur deine hilfe|nein danke|das hilft mir|das war hilfreich",
        "hello": "hallo|guten tag|guten morgen|guten abend|hi|hey|moin|servus|gruss gott|gruezi|grussdich",
        "acknowledge": "ok|okay|gut|super|perfekt|prima|alles klar|verstanden|verstehe|in ordnung|toll|klasse|genau|"
        "passt",
    },
)
