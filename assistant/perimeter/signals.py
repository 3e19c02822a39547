"""What a verdict is made of: everything that was read about a turn, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.perimeter.input_guard import Screened
from assistant.perimeter.intent import Intent
from assistant.perimeter.language import Language
from assistant.perimeter.scope.reading import ScopeReading, TopicScore
from assistant.perimeter.support import Support
from assistant.privacy import PersonalKind
from assistant.values import Evidence


@dataclass(frozen=True, slots=True)
class Signals:
    """Everything a verdict is made of.

    `question` stands alone; `topics` come best first and `reading` is what a fitted scope says, None where none was
    fitted; `classified` is the topic a model named for the question, "" if none was asked; `asked_model` whether a
    model was asked about the topic or the evidence; `speaks` the language to answer in; `wants_person` when the user
    pressed the button; `clarifications` counts those in a row before this turn; `times_asked` how often this question
    has been asked in the conversation, this time included. `personal` are the kinds of personal data in the message, of
    those that the policy masks or gives to people; `age_days` is the age of the newest document behind the answer that
    was found, None where none of them says when it was changed, `freshness.UNREADABLE` where it says so unreadably.
    """

    question: str
    screened: Screened
    intent: Intent = field(default_factory=Intent)
    language: Language = field(default_factory=Language)
    topics: tuple[TopicScore, ...] = ()
    reading: ScopeReading | None = None
    speaks: str = "en"
    support: Support = field(default_factory=Support)
    evidence: Evidence = field(default_factory=lambda: Evidence(""))
    wants_person: bool = False
    clarifications: int = 0
    times_asked: int = 1
    classified: str = ""
    asked_model: bool = False
    personal: tuple[PersonalKind, ...] = ()
    age_days: int | None = None

    def scores(self) -> Mapping[str, float]:
        """The numbers a verdict carries, rounded."""
        support = self.support
        scores = {
            "support": support.score,
            "best_dense": support.best_dense,
            "margin": support.margin,
            "best_sparse": support.best_sparse,
            "coverage": support.coverage,
            "agreement": float(support.agree),
            "kept": float(support.kept),
            "asked_model": float(self.asked_model),
            "injection": self.screened.injection_score,
            "personal": float(len(self.personal)),
            "language_confidence": self.language.confidence,
        }
        if self.age_days is not None:
            scores["age_days"] = float(self.age_days)
        if self.reading is not None:
            scores |= {"in_scope": self.reading.in_scope, "in_band": float(self.reading.zone == "band")}
        scores |= {f"topic:{topic.name}": topic.probability for topic in self.topics[:3]}
        return {name: round(value, 4) for name, value in scores.items()}
