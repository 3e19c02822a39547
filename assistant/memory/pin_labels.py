"""What a value is of, told by the words around it: "my new order number is …" says order number."""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.memory.pin_reading import clause_before


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ID_WORDS = _words(
    """order invoice ticket case reference ref tracking serial policy account customer booking mac ip reservation
    confirmation
    contract claim part model sku imei vin version build error code id ids plate registration license licence passport
    membership member username user login locker badge meter batch lot parcel package shipment rma po permit voucher
    coupon promo zip zipcode postcode vat job request incident asset device hostname host receipt transaction bill
    subscription file patient student employee product item article catalogue catalog warranty repair return quote
    docket folio platform bay display handle pnr flight room gate seat unit apartment flat suite desk train bus
    iccid sim firmware
    iban bic swift sort routing application appointment property listing loan card tag label container waybill
    consignment delivery dossier protocol record matter hub router inverter machine engine chassis frame
    bestellung bestellnummer auftrag auftragsnummer rechnung rechnungsnummer kundennummer vorgang vorgangsnummer
    ticketnummer seriennummer vertrag vertragsnummer sendungsnummer aktenzeichen kontonummer kennzeichen
    artikelnummer buchungsnummer mitgliedsnummer referenznummer steuernummer plz postleitzahl versicherungsnummer
    commande facture dossier client contrat colis suivi référence réservation série immatriculation
    pedido factura cliente contrato seguimiento referencia reserva póliza matrícula envío serie
    ordine fattura contratto prenotazione spedizione pratica targa ordinazione
    encomenda fatura bestelling factuur zamówienie zamówienia faktura заказ заказа договор счет 订单号 订单 注文番号"""
)
SPOT_WORDS = _words(
    "room gate seat locker unit apartment flat suite desk platform bay display zip zipcode postcode plz"
)
NUMBER_WORDS = _words(
    """number numbers no nr num id code ref reference key nummer kennung numéro numero número nº n° № # numer номер
    nummber nbr identifier identification zeichen código codice kod"""
)
PHONE_WORDS = _words(
    """phone telephone tel mobile cell cellphone call calling ring text whatsapp fax reach landline handy telefon
    telefonnummer handynummer rufnummer mobil téléphone portable teléfono móvil celular cellulare telefono telefone
    telemóvel telefoon телефон sms signal telegram dial hotline contact helpline line answering callback phoning"""
)
ADDRESS_WORDS = _words(
    """address adresse anschrift lieferadresse rechnungsadresse dirección direccion indirizzo endereço adres adress
    адрес postanschrift"""
)
AMOUNT_WORDS = _words(
    """budget price cost costs fee fees refund deposit total balance salary rent discount charge charged limit quote
    payment fine fare premium excess paid spent owe owed worth maximum max minimum min credit debit debt loan mortgage
    bill tip donation offer shipping tax vat savings surcharge invoice rate subscription bonus commission voucher
    amount
    sum allowance installment instalment compensation reimbursement difference price-tag estimate wage income
    overdraft
    deductible copay retainer penalty weight height width length depth size dose dosage capacity speed distance
    consumption reading temperature quantity qty mileage voltage pressure area volume party guests people seats
    headcount share interest apr usage long wide tall deep high heavy thick weighs output order purchase payout gift
    preis kosten gebühr betrag summe gesamtbetrag erstattung rückerstattung anzahlung rabatt kaution miete gehalt
    zähler zählerstand größe gewicht prix montant coût frais caution loyer remboursement acompte remise précio precio
    coste importe presupuesto reembolso depósito alquiler descuento prezzo costo importo rimborso acconto sconto
    preço custo valor orçamento reembolso desconto бюджет цена сумма"""
)
DATE_WORDS = _words(
    """birthday born birth dob date dates delivery appointment due deadline departure arrival check-in checkin checkout
    check-out expires expire expiry expiration warranty purchased bought ordered order meeting wedding interview
    flight
    booking reservation start starts starting begins ends end until since from by before after scheduled moved move
    renewal renews pickup pick-up collection visit hearing surgery exam event launch release valid installation
    inspection viewing trip holiday vacation anniversary course class shift handover closing completion slot call demo
    training rehearsal installed delivered shipped received arrives leaves leave arrive signed lease contract
    geburtstag geboren geburtsdatum termin lieferung liefertermin frist datum abreise ankunft hochzeit naissance
    rendez-vous livraison échéance départ arrivée cumpleaños nacimiento cita entrega vencimiento salida llegada
    compleanno nascita appuntamento consegna scadenza partenza arrivo aniversário nascimento consulta prazo"""
)
_LINKS = _words(
    """is was are be it's its it the a an of to at on in by as for my our your his her their this that under with via
    here here's = : # - " ' ( , called now actually about around roughly approximately up only just exactly will would
    should has have had been being i i'm we reads says see please following new correct right says new
    ist lautet war der die das den dem von für mein meine unter zu im am auf est sont le la les l' de du des mon ma
    sous pour es son el los las mi para con è il lo gli mio mia per é o os meu minha está und and"""
)
_PLAIN_LINKS = _words(
    """is was are be it's its : = # - ( " ' , to as of reads says shows given now actually ist lautet war est es
    son è é the a
    будет это"""
)
_SKIPPED = _words(
    """the a an my our your his her their this that these those is was are be of to at on in by for and or but with
    it its it's i i'm i've we you he she they me us him them not no has have had here here's so just also please
    new correct right old same wrong actual current only another second other first last next sorry actually give
    meant mean corrected
    gave get got use using need needs want wants put see find say said our as if when then about which what mein meine
    meinen der die das den dem ist von für und le la les mon ma mes ton votre notre est et un une el los las mi su
    es y
    il lo gli mio mia è e o os meu minha um uma make made change changed update updated quote enter entered confirm
    new neue neuer nouvelle nueva nuovo nova i'll we'll can could would should will do does did let's"""
)
_COPULAS = _words("is was : = it's reads says shows ist lautet est es è é")
_WORD = re.compile(r"[^\W_][\w'/-]{0,39}|[#№=:(\"'°]|n°|nº")
_DATE_ONLY = _words("until since from by before after on start starts end date due move moved scheduled")
_CURRENCIES = _words("USD EUR GBP CHF JPY CAD AUD NZD SEK NOK DKK PLN CZK HUF INR CNY BRL MXN ZAR")
_VAGUE = _DATE_ONLY | _words("person named amount sum figure value different one")
PREPOSITIONS = _words("until since from by before after")


class Label(NamedTuple):
    """`text` is the noun phrase; `adjacent` says that nothing but "is", ":" and the like stands in between.

    `numbered` says that it ends in "number", "code" and the like, `stated` that "is" or ":" stands before the value.
    """

    text: str
    adjacent: bool
    numbered: bool = False
    stated: bool = False


NO_LABEL = Label("", False)


def label_before(plain: str, start: int, nouns: frozenset[str], *, reach: int = 7) -> Label:
    """The noun phrase nearest before a value, of those nouns (or "… number", "… code" and the like)."""
    words = _WORD.findall(clause_before(plain, start))[-reach:]
    adjacent = True
    stated = bool(words) and _bare(words[-1]) in _COPULAS
    preposition = NO_LABEL
    for place in range(len(words) - 1, -1, -1):
        word = _bare(words[place])
        if word in PREPOSITIONS:
            preposition = preposition if preposition.text or word not in nouns else Label(word, adjacent)
        elif word in NUMBER_WORDS or word in nouns:
            return _phrase(words, place, adjacent=adjacent, stated=stated)
        adjacent = adjacent and word in _PLAIN_LINKS
    return preposition


def label_after(plain: str, end: int, nouns: frozenset[str]) -> str:
    """The noun within the three words after a value ("$45 refund"), "" when there is none."""
    after = re.split(r"[.,!?;:\n]", plain[end : end + 40], maxsplit=1)[0]
    words = _WORD.findall(after)[:3]
    for place, raw in enumerate(words):
        if _bare(raw) in nouns:
            return " ".join(w.lower() for w in words[: place + 1] if w.lower() not in _SKIPPED)
    return ""


def asked_label(question: str) -> str:
    """What the last sentence of a message asks for ("may I have your order ID, please?"), "" when for nothing known."""
    sentence = re.split(r"[.!?\n]\s", question[-300:].rstrip(" .!?\n"))[-1]
    words = _WORD.findall(sentence)
    for place in range(len(words) - 1, -1, -1):
        if _bare(words[place]) in NUMBER_WORDS | ID_WORDS | {"name"}:
            return _phrase(words, place, adjacent=True).text
    return ""


def _phrase(words: list[str], place: int, *, adjacent: bool, stated: bool = False) -> Label:
    head = _bare(words[place])
    numbered = head in NUMBER_WORDS or head.endswith(("nummer", "number"))
    first = place
    while first > 0 and place - first < 2 and _modifies(words[first - 1]):
        first -= 1
    phrase = [w.lower() for w in words[first : place + 1]]
    return Label(" ".join("number" if w in {"#", "№"} else w for w in phrase), adjacent, numbered, stated)


def _modifies(word: str) -> bool:
    if word in _CURRENCIES:
        return False
    return word[0].isalpha() and word.lower() not in _SKIPPED and word.lower() not in _LINKS and not word[-1].isdigit()


def _bare(word: str) -> str:
    bare = word.lower().rstrip(".'")
    return bare.removesuffix("'s")


def label_key(label: str) -> frozenset[str]:
    """What two labels must share to be of one thing: "order number", "order no." and "order" are one."""
    return frozenset(_bare(w) for w in label.split()) - NUMBER_WORDS - _SKIPPED - _VAGUE
