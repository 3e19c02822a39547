"""Words that mean the same in answers about services and products, and words that claim nothing by themselves."""

from __future__ import annotations

import re
from functools import cache

from assistant.perimeter.wording import STOP_WORDS, content_terms, stem, words

_GROUPS = """
buy purchase order bought ordered ordering purchased
cost price charge fee pay paid payment cash cheque rate amount
return send back sent returned returning
ship dispatch leave deliver delivery carry carrier bring shipped delivered shipping leaves left
phone telephone call ring calls mobile
e-mail email mail emailed e-mailed
mandatory compulsory required require obligatory need necessary must needed
faulty broken defective fault defect
begin start commence begins starts began
end expire expiry finish over ends
hold keep store retain kept stored held save
erase delete remove erased deletion removal deleted removed
cancel cancellation cancelled terminate
allow permit let allowed permitted
support supported compatible work works fit fits suitable
answer reply respond response answered
replace swap exchange replacement replaced change changed alter edit
get receive obtain given
last valid validity remain lasts duration
contact write reach message
person human agent adviser somebody someone anybody anyone
customer buyer client user member consumer
recipient receiver
lock locked block blocked
correct fix repair fixed
request ask demand requested asked
attempt try tries attempted
business company firm
mistake error errors
home household house
sign log login signin sign-in
new newer newest latest recent later
old older former previous
turn switch switched turned
connect link linked connected connection
cover include covered included contain coverage
separate separately extra additional
immediately once instantly straight immediate
several more multiple many some
post postage postal
year yearly annual annually
month monthly
daily day days
maximum most limit up
minimum least
under below less
over above exceed
warranty guarantee
free gratis
part portion piece
wrong incorrect
missing lost lose miss
mean means meaning indicate
fast quick quickly
automatic automatically
apply application applies
arrive arrival arrives come reach
check inspect inspection inspected verify checked
pick choose select
offer sell available sale sold availability
enter type
confirm confirmation confirmed
press hold push
build built make made produced
stop pause suspend
view see show display shown
transfer pass move handed hand
open opened
fit install fitting installation mount
website online web browser
room space
reset restore
location address place
possible able
"""
_GENERIC = """
please also simply just note means way case cases following follow follows below above here there detail details
information provide provides given according document documents passage passages source sources state states stated
mention mentions policy page pages section important general generally usually normally typically however
additionally further furthermore otherwise therefore thus instead still already yet even both either each every any
within during until unless without except regarding concerning question answer answers help able can may might must
shall should would could will need needs want wants like use using used thing things time times step steps example
etc ensure sure make makes making take takes taking get gets getting go goes going come comes put set sets let lets
give gives giving find finds found look looks based depending apply applies available possible allowed option options
kind type types number certain specific relevant soon first then next finally last second third before after when
where customer customers user users people person us our done doing
second seconds minute minutes hour hours day days week weeks month months year years

"""
_IRREGULAR = {
    "bought": "buy", "sent": "send", "kept": "keep", "held": "hold", "left": "leave", "paid": "pay", "sold": "sell",
    "made": "make", "given": "give", "gave": "give", "taken": "take", "took": "take", "began": "begin",
    "begun": "begin", "chosen": "choose", "chose": "choose", "written": "write", "wrote": "write", "broken": "break",
    "lost": "lose", "found": "find", "came": "come", "went": "go", "ran": "run", "running": "run", "run": "run",
    "shown": "show", "known": "know", "drew": "draw", "built": "build", "met": "meet", "spent": "spend",
    "cancelled": "cancel", "cancelling": "cancel", "cancellation": "cancel", "fitted": "fit", "fitting": "fit",
    "putting": "put", "plugged": "plug", "stopped": "stop", "shipped": "ship", "shipping": "ship", "dropped": "drop",
    "swapped": "swap", "delivery": "deliver", "deliveries": "deliver", "arrival": "arrive", "payment": "pay",
    "removal": "remove", "deletion": "delete", "storage": "store", "validity": "valid", "weekly": "week",
    "monthly": "month", "yearly": "year", "daily": "day", "automatically": "automatic", "separately": "separate",
    "replacement": "replace", "installation": "install", "installer": "install", "subscription": "subscribe",
    "subscriber": "subscribe", "invoiced": "invoice", "authorisation": "authorise", "batteries": "battery",
    "correction": "correct", "inspection": "inspect", "confirmation": "confirm", "connection": "connect",
    "selection": "select", "activation": "activate", "transferred": "transfer", "damaged": "damage",
    "refunded": "refund", "owner": "own", "owned": "own", "emailed": "email", "thermostatic": "thermostat",
}  # fmt: skip


@cache
def root(word: str) -> str:
    """The stem of a word, the same for its irregular forms."""
    return stem(_IRREGULAR.get(word, word))


@cache
def _canonical() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _GROUPS.strip().splitlines():
        members = [root(word) for word in line.split()]
        for member in members:
            found.setdefault(member, found.get(members[0], members[0]))
    return found


_DIGIT = re.compile(r"\d")
_WHOLE = frozenset(("e-mail", "e-mails", "wi-fi"))
_COMMON = frozenset(
    """against along although among another anyone because besides better beyond cannot despite during everyone
    everything except fewer half however inside keep less like mine neither never nobody none nothing often
    otherwise ours outside perhaps plan quite rather remember same several similarly simple since someone sometimes
    somewhere standard such their theirs them there these they those though through together unless unlike
    unlikely until upon warning weekday weekdays weekend weekends whatever whenever where whereas wherever whether
    while whoever whose with without yours both close avoid begin bring carry click disconnect download
    empty fill follow hang ignore insert keep leave loosen measure open pack pick place plug pull push read refresh
    release repeat rest restart save scan screw start stay stick stop store switch tap test tick tighten touch
    turn type unplug unscrew update visit wait wash watch wipe write damage error price prices total version average
    early late great good sorry hello thanks welcome glad happy today tomorrow yesterday tonight morning evening night
    adults children parents guests drivers staff students teachers visitors members tenants landlords owners
    businesses companies orders items goods products parcels letters invoices refunds returns deliveries devices
    batteries codes passwords accounts cards vouchers photos pictures data logs files links messages emails
    calls""".split()
)
_GENERIC_ROOTS = frozenset(root(word) for word in _GENERIC.split())


@cache
def meaning(word: str) -> str:
    """What stands for a word and its synonyms."""
    own = root(word)
    return _canonical().get(own, own)


def is_generic(word: str) -> bool:
    """True for words that claim nothing by themselves."""
    return word in STOP_WORDS or root(word) in _GENERIC_ROOTS or (len(word) < 2 and not word.isdigit())


def is_common(word: str) -> bool:
    """True for words of the language that any answer may use."""
    return is_generic(word) or root(word) in _canonical() or word in _COMMON


def split_words(text: str) -> tuple[str, ...]:
    """Words, those joined by a hyphen apart (e-mail stays one)."""
    return tuple(
        part
        for word in words(text)
        for part in ([word.replace("-", "")] if word in _WHOLE else word.split("-"))
        if part
    )


def claim_terms(text: str) -> frozenset[str]:
    """What a sentence speaks of: the meanings of its words, without those that claim nothing."""
    return frozenset(meaning(word) for word in split_words(text) if not (is_generic(word) or _DIGIT.search(word)))


def all_terms(text: str) -> frozenset[str]:
    """The meanings of all words of a text, for looking terms up in."""
    return frozenset(meaning(word) for word in split_words(text)) | content_terms(text)
