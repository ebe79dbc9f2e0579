"""How often the topics of an article are those of its category, in three labelled collections.

Run as:
    PYTHONPATH=. python tests/bench/topics.py SHARED/corpora/bulk [bbc|20news_bydate|reuters21578 ...]

Headlines are read, as in a run. The texts are read without the language model, so that names of people and places are not left out as they are in a run. `top` is the share
of the articles whose first topic is right; `any`, of those with a right one among their topics; `none`, of those with no topic. `macro F1` is the mean over
the categories of the F1 of the first topic, where an article with a right topic counts for its category. Reuters-21578 is
nearly all economy: there the second level is compared too, and articles of several categories are right with a topic of any.
`even` and `odd` are halves by position: the errors of the even half of `bbc` were read while the terms were written, those of no other half.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.enrich.language.words import words_in
from flows.enrich.topics.reference import TopicReference, read_topic_reference
from flows.enrich.topics.topics import topics_in
from flows.records import Language, Reading
from flows.syntax import Syntax

sys.path.insert(0, str(Path(__file__).parent))

from topic_categories import BBC, NEWSGROUPS, REUTERS, UNMAPPED

ENGLISH, NO_SYNTAX = Language("en", 1.0, None), Syntax()
LEVELS = {"bbc": (1,), "20news_bydate": (1,), "reuters21578": (1, 2)}
SHOWN = 5
"""Wrong topics that are shown of a category."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its headline, its categories, and the topics that are right for it."""

    headline: str | None
    text: str
    categories: tuple[str, ...]
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an article was given: its categories, the right topics, and those that were found."""

    categories: tuple[str, ...]
    right: frozenset[str]
    found: tuple[str, ...]

    @property
    def first(self) -> str | None:
        """The first topic of the level that is compared."""
        return self.found[0] if self.found else None


def labelled(folder: Path, name: str) -> Iterator[Labelled]:
    """Yield the articles of a collection that have a text and a category with a topic."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            categories, topics = _categories(name, article)
            right = frozenset(code for each in categories for code in topics.get(each, ()))
            unknown = [each for each in categories if each not in topics and each not in UNMAPPED]
            if article["text"].strip() and right and not unknown:
                yield Labelled(
                    article["title"],
                    article["text"],
                    tuple(each for each in categories if each in topics),
                    right,
                )


def _categories(name: str, article: Mapping[str, Any]) -> tuple[list[str], Mapping[str, tuple[str, ...]]]:
    if name == "bbc":
        return [article["meta"]["category"]], BBC
    if name == "20news_bydate":
        # Some postings went to several groups; the collection files each under one.
        return [article["id"].split("/")[2]], NEWSGROUPS
    return article["meta"]["topics"], REUTERS


def outcome(article: Labelled, level: int, reference: TopicReference) -> Outcome:
    """Find the topics of an article, and keep those of a level in the order of their scores."""
    reading = Reading(article.text, None, (), (), words_in(article.text), ENGLISH, (), NO_SYNTAX, "", None)
    found = topics_in(reading, (), reference, article.headline)
    ranked = sorted(found.ranked, key=lambda each: -each.score) if found else []
    right = article.right
    if level == 1:
        right = frozenset(reference.topics[code].parent or code for code in right)
    return Outcome(
        article.categories, right, tuple(each.topic.code for each in ranked if each.topic.level == level)
    )


def report(name: str, outcomes: list[Outcome], names: Mapping[str, str]) -> None:
    """Print the measures of a collection, of its halves, and of each category with its most frequent wrong topics."""
    sys.stdout.write(f"{name}: {len(outcomes):,} articles\n")
    for part, chosen in (("all", outcomes), ("even", outcomes[::2]), ("odd", outcomes[1::2])):
        top = sum(each.first in each.right for each in chosen) / len(chosen)
        some = sum(not each.right.isdisjoint(each.found) for each in chosen) / len(chosen)
        none = sum(not each.found for each in chosen) / len(chosen)
        sys.stdout.write(
            f"  {part:5} top {top:.3f}  any {some:.3f}  none {none:.3f}  macro F1 {_macro_f1(chosen):.3f}\n"
        )
    for category, count in Counter(each.categories[0] for each in outcomes).most_common():
        of_category = [each for each in outcomes if each.categories[0] == category]
        right = sum(each.first in each.right for each in of_category)
        wrong = Counter(
            names.get(each.first or "", "no topic") for each in of_category if each.first not in each.right
        )
        shown = ", ".join(f"{topic} {number}" for topic, number in wrong.most_common(SHOWN))
        sys.stdout.write(f"    {category:26} {right / count:.3f} of {count:5,}; wrong: {shown}\n")


def _macro_f1(outcomes: list[Outcome]) -> float:
    """Return the mean F1 over the sets of right topics."""
    scores = []
    for right in {each.right for each in outcomes}:
        own = [each for each in outcomes if each.right == right]
        hit = sum(each.first in right for each in own)
        given = hit + sum(each.first in right for each in outcomes if each.right.isdisjoint(right))
        scores.append(2 * hit / (given + len(own)))
    return sum(scores) / len(scores)


def main(folder: str, *names: str) -> None:
    """Print the measures of the named collections, or of all three."""
    reference = read_topic_reference()
    known = {code: topic.name for code, topic in reference.topics.items()}
    for name in names or tuple(LEVELS):
        articles = list(labelled(Path(folder), name))
        for level in LEVELS[name]:
            report(f"{name}, level {level}", [outcome(each, level, reference) for each in articles], known)


if __name__ == "__main__":
    main(*sys.argv[1:])
