"""Drafts a policy's topics from documents: clusters of their vectors, named by their own words. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

from assistant.perimeter.drafting.questions import keywords, plain, questions_of
from assistant.perimeter.language import detect_language
from assistant.perimeter.wording import STOP_WORDS, words
from assistant.phrases import LANGUAGES
from assistant.values import PUBLIC

_MOST_TOPICS = 16
_LARGE = 600
_EXAMPLES = (5, 10)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[a-z]{2,20}", re.I)
_DESKS = ("support", "help", "service", "contact", "care", "hello", "info")
_TITLE_WEIGHT = 3
_SEED = 7


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """A document as the draft sees it; `vector` is the mean of its passages' unit vectors, not scaled again."""

    id: str
    title: str
    headings: tuple[str, ...]
    sentences: tuple[str, ...]
    vector: tuple[float, ...]
    audience: frozenset[str] = frozenset({PUBLIC})


@dataclass(frozen=True, slots=True)
class DraftTopic:
    """A cluster of documents. `groups` are those who may see them, empty where everybody may."""

    name: str
    description: str
    documents: tuple[str, ...]
    examples: tuple[str, ...]
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """What was made of the documents."""

    topics: tuple[DraftTopic, ...]
    languages: tuple[str, ...] = ("en",)
    contact: str = ""
    organisation: str = ""
    documents: int = 0


def draft_policy(
    documents: Sequence[DraftDocument],
    *,
    refused: Callable[[str], bool] = lambda _: False,
    taken: frozenset[str] = frozenset(),
) -> Draft:
    """A draft of the topics to answer, under names that aren't `taken`.

    Example questions that are `refused` are left out, and none stands twice.

    Documents that not everybody may see are clustered apart, so that no topic mixes what is public with what isn't.
    """
    languages = _languages(documents)
    contact = _contact(documents)
    seen: set[str] = set()
    names = set(taken)
    topics: list[DraftTopic] = []
    for audience in sorted({_closed(document) for document in documents}, key=lambda groups: (len(groups), *groups)):
        members = [document for document in documents if _closed(document) == audience]
        clusters = _clusters(members)
        for cluster in clusters:
            others = [other for other in documents if other not in cluster]
            name = _name(cluster, others, names)
            examples = _examples(cluster, name, english="en" in languages, seen=seen, refused=refused)
            if examples:
                ids = tuple(document.id for document in cluster)
                topics.append(DraftTopic(name, _description(cluster), ids, examples, frozenset(audience)))
    return Draft(tuple(topics), languages, contact, _organisation(contact), len(documents))


def cluster_labels(vectors: NDArray[np.float64]) -> NDArray[np.int64]:
    """A label for each row: as many clusters, from 2 to 16, as give the best mean silhouette.

    Ward's linkage up to 600 rows, k-means beyond. Fewer than 4 rows are one cluster.
    """
    count = len(vectors)
    if count < 4:
        return np.zeros(count, dtype=np.int64)
    from sklearn.metrics import silhouette_score  # type: ignore[import-untyped]

    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    best: tuple[float, NDArray[np.int64]] = (-math.inf, np.zeros(count, dtype=np.int64))
    for number in range(2, min(_MOST_TOPICS, max(2, count // 3)) + 1):
        labels = _labels(unit, number)
        if 1 < len(set(labels.tolist())) < count:
            sample = min(count, 2_000)
            score = float(silhouette_score(unit, labels, metric="cosine", sample_size=sample, random_state=_SEED))
            best = max(best, (score, labels), key=lambda found: found[0])
    return best[1]


def _labels(unit: NDArray[np.float64], number: int) -> NDArray[np.int64]:
    from sklearn.cluster import AgglomerativeClustering, KMeans  # type: ignore[import-untyped]

    if len(unit) <= _LARGE:
        return np.asarray(AgglomerativeClustering(n_clusters=number, linkage="ward").fit_predict(unit))
    return np.asarray(KMeans(n_clusters=number, n_init=3, random_state=_SEED).fit_predict(unit))


def _clusters(documents: Sequence[DraftDocument]) -> list[list[DraftDocument]]:
    """The largest first. Documents that stand alone join the cluster they are nearest to."""
    vectors = np.array([document.vector for document in documents], dtype=np.float64)
    labels = cluster_labels(vectors)
    names, counts = np.unique(labels, return_counts=True)
    kept = names[counts > 1]
    if len(kept) and len(kept) < len(names):
        centres = np.array([vectors[labels == name].mean(axis=0) for name in kept])
        for row in np.flatnonzero(np.isin(labels, names[counts == 1])):
            labels[row] = kept[int(np.argmin(np.linalg.norm(centres - vectors[row], axis=1)))]
    grouped: dict[int, list[DraftDocument]] = {}
    for label, document in zip(labels.tolist(), documents, strict=True):
        grouped.setdefault(label, []).append(document)
    return sorted(grouped.values(), key=lambda cluster: -len(cluster))


def _closed(document: DraftDocument) -> tuple[str, ...]:
    return () if PUBLIC in document.audience else tuple(sorted(document.audience))


def _name(cluster: Sequence[DraftDocument], others: Sequence[DraftDocument], taken: set[str]) -> str:
    """The folder that most of the documents share, else the words that tell them from the others; never used twice."""
    folders = Counter(document.id.split("#")[0].split("/")[-2] for document in cluster if "/" in document.id)
    shared = [folder for folder, count in folders.most_common(1) if count > len(cluster) / 2 and len(folders) < 4]
    terms = _telling_terms(cluster, others)
    choices = [*shared, *(f"{folder}-{term}" for folder in shared for term in terms), "-".join(terms[:2]), *terms]
    slugs = [slug for choice in choices if (slug := "-".join(words(choice))[:40].strip("-"))]
    name = next((slug for slug in slugs if slug not in taken), "")
    if not name:
        stem = slugs[0] if slugs else "topic"
        name = next(each for n in range(2, 1_000) if (each := f"{stem}-{n}") not in taken)
    taken.add(name)
    return name


def _telling_terms(cluster: Sequence[DraftDocument], others: Sequence[DraftDocument]) -> list[str]:
    """Words of the titles and headings, those first that are frequent here and rare elsewhere."""
    here = _terms(cluster)
    elsewhere = _terms(others)
    ranked = sorted(here, key=lambda term: (-here[term] * math.log(1 + here[term] / (1 + elsewhere[term])), term))
    return ranked[:3]


def _terms(documents: Sequence[DraftDocument]) -> Counter[str]:
    found: Counter[str] = Counter()
    for document in documents:
        for text, weight in ((document.title, _TITLE_WEIGHT), *((heading, 1) for heading in document.headings[:20])):
            for word in set(words(text)):
                if word not in STOP_WORDS and len(word) > 2 and not word.isdigit():
                    found[word] += weight
    return found


def _description(cluster: Sequence[DraftDocument]) -> str:
    titles = list(dict.fromkeys(plain(document.title).rstrip(".?") for document in cluster if document.title.strip()))
    more = f"; and {len(titles) - 6} more" if len(titles) > 6 else ""
    return f"{'; '.join(titles[:6])}{more}."


def _examples(
    cluster: Sequence[DraftDocument], name: str, *, english: bool, seen: set[str], refused: Callable[[str], bool]
) -> tuple[str, ...]:
    """Questions from every document in turn, up to ten; phrases about the titles fill up to five."""
    least, most = _EXAMPLES
    each = [questions_of(plain(d.title), d.headings, d.sentences, english=english) for d in cluster]
    found: list[str] = []
    for question in chain(_in_turn(each), _fillers(cluster, name, english)):
        key = " ".join(words(question))
        filled = len(found) >= (most if question in chain.from_iterable(each) else least)
        if key and not filled and key not in seen and not refused(question):
            seen.add(key)
            found.append(question)
    return tuple(found)


def _in_turn(lists: Sequence[list[str]]) -> Iterator[str]:
    return (question for row in zip_longest(*lists) for question in row if question is not None)


def _fillers(cluster: Sequence[DraftDocument], name: str, english: bool) -> Iterator[str]:
    subjects = dict.fromkeys((*(keywords(document.title) for document in cluster), name.replace("-", " ")))
    forms = ("{}", "I have a question about {}", "help with {}", "where do I find {}", "who can tell me about {}")
    return (form.format(subject) for form in (forms if english else ("{}", "{}?")) for subject in subjects if subject)


def _languages(documents: Sequence[DraftDocument]) -> tuple[str, ...]:
    """Those of at least a tenth of the documents, as far as the assistant has words for them."""
    found = Counter(detect_language(" ".join(document.sentences[:8])).code for document in documents)
    served = [code for code, count in found.most_common() if code in LANGUAGES and count * 10 >= len(documents)]
    return tuple(served) or ("en",)


def _contact(documents: Sequence[DraftDocument]) -> str:
    """The public address named most often, desks (support@, help@) before others."""
    texts = (text for d in documents if PUBLIC in d.audience for text in d.sentences)
    found = Counter(address.lower() for text in texts for address in _EMAIL.findall(text))
    return max(found, key=lambda each: (each.startswith(_DESKS), found[each], each), default="")


def _organisation(contact: str) -> str:
    domain = contact.rpartition("@")[2]
    return domain.split(".")[-2].capitalize() if domain.count(".") else ""
