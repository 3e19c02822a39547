"""Says which language a message is clearly written in, offline: scripts, then stop words and letters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from assistant.perimeter.wording import words

_MIN_WORDS = 4
_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar",
    "HEBREW": "he", "THAI": "th", "DEVANAGARI": "hi", "BENGALI": "bn", "TAMIL": "ta", "GEORGIAN": "ka",
    "ARMENIAN": "hy",
}  # fmt: skip
_STOP_WORDS = {
    "en": """the a an and or of to in on at for with from is are was were be been do does did have has had will would
        can could should i you he she it we they my your his her its our their this that these those what which
        who how when where why not no yes there if but about please me any get need want as by just also than then
        am i'm don't it's can't hi hello thanks so some up out us one more many much after before long""",
    "de": """der die das den dem des ein eine einen einem einer und oder aber nicht ist sind war waren bin hat haben
        habe wird werden kann können ich du er sie es wir ihr mein meine meinen meiner dein ihre mit von zu zum
        zur im in auf für aus bei nach wie was wo wann warum wer welche welcher auch noch nur sich dass wenn bitte
        kein keine man mir mich uns muss möchte gibt wurde schon sehr über""",
    "fr": """le la les un une des du de et ou mais ne pas est sont était je tu il elle nous vous ils mon ma mes votre
        vos notre ce cette ces que qui quoi quand où comment pourquoi avec pour sur dans par en au aux plus être
        avoir ai as avez puis peux peut pouvez c'est j'ai d'un d'une l' qu'il est-ce sans suis fait faire bonjour
        merci très y se me combien quel quelle""",
    "es": """el la los las un una unos unas y o pero no es son era está están yo tú él ella nosotros mi mis su sus este
        esta que quien qué cuándo dónde cómo por para con sin sobre en de del al más ser haber he ha han puedo
        puede pueden tengo tiene quiero se me te lo le hay muy también porque hola gracias cuánto cual cuál hacer
        si""",
    "it": """il lo la i gli le un uno una e o ma non è sono era io tu lui lei noi voi loro mio mia miei suo questo
        questa che chi cosa quando dove come perché con per su in di del della dei delle al alla da dal nel nella
        più essere avere ho ha hanno posso può vorrei si mi ti ci ciao grazie quanto quale anche fare se""",
    "nl": """de het een en of maar niet is zijn was waren ik jij je u hij zij ze wij we mijn uw jouw deze dit die dat
        wat wie waar wanneer waarom hoe met van voor op in aan bij naar uit te om er kan kunnen heb heeft hebben
        wordt worden wil moet geen ook nog als dan meer graag mij ons door over zonder""",
    "pt": """o a os as um uma uns umas e ou mas não é são era está estão eu você ele ela nós meu minha meus seu sua
        este esta isso que quem quando onde como por para com sem sobre em de do da dos das no na nos ao mais ser
        ter tenho tem posso pode quero se me lhe há muito também porque olá obrigado obrigada quanto qual fazer""",
    "sv": """en ett och eller men inte är var jag du han hon vi ni de min mitt mina din ditt sin detta denna dessa som
        vem vad när där hur varför med av för på i till från om att kan ska skulle har hade vill måste blir bli
        också mer mycket mig oss det den finns hej tack min får""",
    "da": """en et og eller men ikke er var jeg du han hun vi i de min mit mine din dit denne dette som hvem hvad
        hvornår hvor hvordan hvorfor med af for på til fra om at kan skal ville har havde vil må bliver også mere
        meget mig os det den der hej tak får""",
    "pl": """i oraz lub ale nie jest są był była ja ty on ona my wy mój moja moje twój się to ten ta te co kto kiedy
        gdzie jak dlaczego z ze w we na do od dla po przez za o czy może mogę można mam ma chcę jestem proszę już
        tylko też bardzo mnie jaki jaka jakie dzień dobry żeby ile""",
}
_WORDS = {code: frozenset(text.split()) for code, text in _STOP_WORDS.items()}
_LETTERS = {
    "de": "äöüß", "fr": "àâçèéêëîïôùûœ", "es": "ñáéíóú¿¡", "it": "àèéìòù", "pt": "ãõçáâêéíóú", "sv": "åäö",
    "da": "æøå", "pl": "ąćęłńśźż", "nl": "ë",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Language:
    """A language code ("" when undetermined) and how sure that is, 0 to 1."""

    code: str = ""
    confidence: float = 0.0


def detect_language(text: str) -> Language:
    """The language of a message; undetermined when it is short or mixed. Reads the first 600 characters."""
    sample = text[:600]
    script = _by_script(sample)
    if script.code:
        return script
    tokens = words(sample)
    if len(tokens) < _MIN_WORDS:
        return Language()
    distinct = frozenset(token for token in tokens if token.isalpha() or "'" in token)
    scores = {code: _score(distinct, code) for code in _WORDS}
    best, second = sorted(scores, key=lambda code: scores[code], reverse=True)[:2]
    lead = scores[best] - (scores["en"] if best != "en" else scores[second])
    if scores[best] < 2 or scores[best] < 0.2 * len(distinct) or (best != "en" and lead < 2):
        return Language()
    # the lead over the runner-up: words shared by two languages say nothing about either
    return Language(best, min(1.0, 0.5 + (scores[best] - scores[second]) / scores[best]))


def _score(tokens: frozenset[str], code: str) -> float:
    """How many different stop words of the language there are; a word with its own letters counts half."""
    letters = _LETTERS.get(code, "")
    known = _WORDS[code]
    return sum(1.0 if t in known else 0.5 * any(c in letters for c in t) for t in tokens)


def _by_script(text: str) -> Language:
    letters = [char for char in text if char.isalpha()]
    foreign = [char for char in letters if ord(char) > 0x36F]
    if len(foreign) < 2 or len(foreign) <= len(letters) / 2:
        return Language()
    counts: dict[str, int] = {}
    for char in foreign:
        code = _SCRIPTS.get(unicodedata.name(char, "").split(" ")[0].split("-")[0], "")
        counts[code] = counts.get(code, 0) + 1
    if counts.get("ja"):
        return Language("ja", 1.0)
    best = max(counts, key=lambda code: counts[code])
    if best == "ru" and any(char in "іїєґІЇЄҐ" for char in text):
        return Language("uk", counts[best] / len(letters))
    return Language(best, counts[best] / len(letters)) if best else Language()
