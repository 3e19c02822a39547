"""Every sentence the perimeter says to users, in one place: warm, short, and true."""

from __future__ import annotations

from assistant.perimeter.policy import Policy, Topic

PERSON_OFFER = "If you'd rather talk to a person, just say so and I'll pass you on."
EMPTY = "I didn't get any text with that. What would you like to know?"
HANDOFF_ASKED = "Of course. I'm passing you on to a person."
HANDOFF_STUCK = "I don't want to keep you going round in circles, so I'm passing this on to a person."
HANDOFF_UNHAPPY = "I'm sorry this hasn't gone well. I'm passing you on to a person who can help."
HANDOFF_UNCHECKED = "I couldn't check this properly just now, and I'd rather not guess. I'm passing it on to a person."
INJECTION = "I can't follow instructions that change how I work, but I'm glad to help with a question."
APPROVAL = "A colleague checks every answer on this before it is given, so I'm passing your question on."
BLOCKED_ANSWER = "I can't give this answer as it stands, so I've stopped here."
VAGUE = "I'd like to help. Which of these is it about?"
VAGUE_OPEN = "I'd like to help. Could you tell me a little more: what is it about, and what happens?"
THIN = "I want to be sure I get this right. Do you mean one of these?"

_LANGUAGE_NAMES = {
    "en": {"en": "English"},
    "de": {"en": "Englisch", "de": "Deutsch", "fr": "Französisch", "es": "Spanisch", "it": "Italienisch"},
    "fr": {"en": "anglais", "de": "allemand", "fr": "français", "es": "espagnol", "it": "italien"},
    "es": {"en": "inglés", "de": "alemán", "fr": "francés", "es": "español", "it": "italiano"},
    "it": {"en": "inglese", "de": "tedesco", "fr": "francese", "es": "spagnolo", "it": "italiano"},
    "nl": {"en": "Engels", "de": "Duits", "fr": "Frans", "es": "Spaans", "it": "Italiaans"},
    "pl": {"en": "angielski", "de": "niemiecki", "fr": "francuski", "es": "hiszpański", "it": "włoski"},
    "pt": {"en": "inglês", "de": "alemão", "fr": "francês", "es": "espanhol", "it": "italiano"},
    "sv": {"en": "engelska", "de": "tyska", "fr": "franska", "es": "spanska", "it": "italienska"},
    "da": {"en": "engelsk", "de": "tysk", "fr": "fransk", "es": "spansk", "it": "italiensk"},
}
_ENGLISH_NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch", "pl": "Polish",
    "pt": "Portuguese", "sv": "Swedish", "da": "Danish",
}  # fmt: skip
_NOT_SERVED = {
    "en": "I'm sorry, I can only answer in these languages: {languages}. Could you ask again in one of them?",
    "de": "Leider kann ich nur in diesen Sprachen antworten: {languages}. Bitte stellen Sie Ihre Frage noch einmal so.",
    "fr": "Désolé, je ne peux répondre que dans ces langues : {languages}. Pourriez-vous reposer votre question "
    "ainsi ?",
    "es": "Lo siento, solo puedo responder en estos idiomas: {languages}. ¿Podría repetir su pregunta en uno de ellos?",
    "it": "Mi dispiace, posso rispondere solo in queste lingue: {languages}. Potrebbe ripetere la domanda così?",
    "nl": "Sorry, ik kan alleen in deze talen antwoorden: {languages}. Kunt u uw vraag in een daarvan stellen?",
    "pl": "Przepraszam, odpowiadam tylko w tych językach: {languages}. Czy możesz zadać pytanie w jednym z nich?",
    "pt": "Desculpe, só posso responder nestes idiomas: {languages}. Poderia repetir a sua pergunta num deles?",
    "sv": "Tyvärr kan jag bara svara på dessa språk: {languages}. Kan du ställa frågan igen på ett av dem?",
    "da": "Beklager, jeg kan kun svare på disse sprog: {languages}. Vil du stille spørgsmålet igen på et af dem?",
}


def too_long(length: int, limit: int) -> str:
    """A message over the limit, in characters."""
    return f"That message has {length:,} characters; I can read up to {limit:,}. Could you shorten it or split it up?"


def language_not_served(code: str, served: tuple[str, ...]) -> str:
    """An honest sentence in the user's language where we have one, else in English."""
    spoken = code if code in _NOT_SERVED else "en"
    names = _LANGUAGE_NAMES.get(spoken, {})
    listed = ", ".join(names.get(each) or _ENGLISH_NAMES.get(each, each) for each in served)
    return _NOT_SERVED[spoken].format(languages=listed)


def can_help_with(policy: Policy) -> str:
    """What it can help with, from the answer topics, else from what the policy says it is about."""
    if policy.about:
        return f"I can help with {policy.about[:1].lower()}{policy.about[1:].rstrip('. ')}."
    names = [topic_label(topic.name).lower() for topic in policy.answered()]
    if names:
        return f"I can help with {_listed(names)}."
    return "I answer questions from the documents I've been given."


def small_talk(kind: str, policy: Policy) -> str:
    """The fixed reply to a message that is small talk only."""
    assistant = f"the assistant of {policy.organisation}" if policy.organisation else "the assistant here"
    return {
        "thanks": "You're welcome! Is there anything else I can help with?",
        "hello": f"Hello! I'm {assistant}. What would you like to know?",
        "bye": "Goodbye, and thanks for stopping by!",
        "how_are_you": "All well here, thank you for asking! What can I do for you?",
        "capabilities": f"{can_help_with(policy)} I show where each answer comes from. {PERSON_OFFER}",
        "identity": f"I'm {assistant}: a program, not a person. {PERSON_OFFER}",
    }.get(kind, "Good. Is there anything else I can help with?")


def refused_topic(topic: Topic) -> str:
    """Why a topic is refused, and what there is instead."""
    reason = topic.reason.rstrip()
    sentence = reason if reason.endswith((".", "!", "?")) else reason + "."
    return f"{sentence} {_instead(topic)}".rstrip()


def handed_topic(topic: Topic) -> str:
    """Why a topic goes to people."""
    reason = topic.reason.rstrip() or "This is something our team looks after personally, so I'm passing you on."
    return reason if reason.endswith((".", "!", "?")) else reason + "."


def out_of_scope(policy: Policy) -> str:
    """Nothing here covers the question."""
    return f"I'm sorry, that's outside what I can help with. {can_help_with(policy)} {PERSON_OFFER}"


def unanswered(choices: tuple[str, ...], policy: Policy) -> str:
    """The documents were found but no sentence of theirs answers."""
    said = f"I'm sorry, these documents don't answer that. {PERSON_OFFER}"
    return f"{said} The nearest I have:" if choices else f"{said} {can_help_with(policy)}"


def unknown_name(name: str) -> str:
    """The question names something that no document mentions."""
    return f"I'm sorry, I find nothing about {name} in the documents I've been given. {PERSON_OFFER}"


def injection(policy: Policy) -> str:
    """A message that tries to change how the assistant works."""
    return f"{INJECTION} {can_help_with(policy)}"


def topic_label(name: str) -> str:
    """A topic's name as users read it."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


def _instead(topic: Topic) -> str:
    if not topic.alternatives:
        return PERSON_OFFER
    return f"What I can help with instead: {_listed([each.rstrip('. ') for each in topic.alternatives])}."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
