"""Which event a verb, noun or adjective names: its code, and the words that name who acts and on whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flows.enrich.events.clauses import DAYS, Clause, ClauseWords
from flows.enrich.events.modality import (
    ASSERTED,
    BACKSHIFTED,
    DENIED,
    FUTURE,
    HYPOTHETICAL,
    OBLIGED,
    PLANNED,
    POSSIBLE,
    THREATENED,
    auxiliaries,
    is_conditional,
    is_negated,
    modality_of,
)
from flows.enrich.events.reference import EventReference
from flows.enrich.events.triggers import ADJECTIVE, NO_EVENT, NOUN, NOUN_CODE, VERB, Trigger
from flows.syntax import Syntax

MAX_DEPTH = 4
"""Acts within acts: `said it was ready to agree to …`."""
USUAL_TARGETS = (
    "obj",
    "dat",
    "against",
    "on",
    "with",
    "to",
    "at",
    "from",
    "for",
    "toward",
    "towards",
    "over",
    "into",
    "part",
)
ADDRESSEES = ("obj", "on", "upon", "to", "with", "from")
"""Where who is asked or told stands."""
CONTENTS = ("for", "to", "on", "upon", "about", "of", "with", "against")
"""Prepositions before what an act is about."""
REPORT, INTEND, APPEAL, DEMAND, REFUSE, THREATEN, ACCUSE, DENY, BEGIN, TRY, PLAN, ALLOW, CONSIDER = (
    "report intend appeal demand refuse threaten accuse deny begin try plan allow consider".split()
)
COPULAS = frozenset("be remain stay seem appear become stand".split())
PROMISED = ("05", "06", "07", "08")
"""Categories of cooperation that are a promise while they are to come."""
NOUN_LABELS = frozenset(("nsubj", "nsubjpass", "dobj"))
OWN_MOVES = ("087", "166", "15")
"""Codes of what troops do themselves, in the passive as well: `were withdrawn`."""
WISH = "wish"
FAIL, WARN = "fail", "warn"
CONSENTING = frozenset("agree accept consent promise commit willing ready prepared approve".split())
"""Words of intention whose negation is a refusal; who has not decided has not refused."""
IDIOMATIC = ("on", "under", "into", "in")
"""Prepositions that make an idiom with a verb and a noun: `went on strike`, `put under arrest`."""
UNSPECIFIED = frozenset(("020", "030", "100", "112", "081"))
"""Codes of acts whose content names no event, and that private life has as well: `agreed to`, `asked for`."""
NOBODY = "none"
MAX_NESTED = 4
"""Nouns within nouns, in which a target is searched."""
BORDERS = frozenset(("border", "frontier", "boundary", "line"))
NESTING = frozenset(("dobj", "prep", "dative"))
NESTED = frozenset(("prep", "pobj", "poss", "amod", "compound", "nmod"))
CONDITIONS = frozenset(("if", "unless", "until"))
BETWEEN = ("between", "among")
FORCE = ("14", "15", "16", "17", "18", "19", "20")


@dataclass(frozen=True, slots=True)
class Coding:
    """An event as the words name it, with numbers of tokens.

    `words` are those of the trigger; `sources` and `targets` the heads of the noun phrases that may name who acts and on whom, best first; those of `loose` count only if no
    other does and the sources do not act on each other. `content` what belongs to it and is no event of its own, `about` the head of the
    clause that an act is about; `rule` the act or `frame`.
    """

    head: int
    words: tuple[int, ...]
    code: str
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    modality: str
    content: frozenset[int]
    rule: str
    speaker: int | None = None
    loose: tuple[int, ...] = ()
    about: int | None = None


class Coder:
    """Codes the words of one text."""

    def __init__(self, syntax: Syntax, names: Mapping[int, str], reference: EventReference) -> None:
        """Take the syntax of the text, the kinds of its names by their last token, and the tables."""
        self.syntax = syntax
        self.reference = reference
        self._under_way: set[int] = set()
        self.words = ClauseWords(reference.controllers, reference.partitive, names)

    def clause(self, head: int) -> Clause:
        """Return the clause of a token."""
        return Clause(self.syntax, head, self.words)

    def coding_of(self, head: int, depth: int = 0) -> Coding | None:
        """Return the event that a token names, or None."""
        if depth > MAX_DEPTH or head in self._under_way:
            return None
        self._under_way.add(head)
        found = self._coding_of(head, depth)
        self._under_way.remove(head)
        return found

    def _coding_of(self, head: int, depth: int) -> Coding | None:
        token = self.syntax.tokens[head]
        kind = {"VB": VERB, "MD": VERB, "NN": NOUN, "JJ": ADJECTIVE}.get(token.tag[:2])
        if kind is None:
            return None
        lemma = token.lemma.lower()
        if token.tag == "VBG" and token.dep in NOUN_LABELS:
            # `Fighting erupted`
            kind, lemma = NOUN, token.text.lower()
        triggers = self.reference.triggers.get((kind, lemma))
        clause = self.clause(head)
        if token.lemma in COPULAS and kind == VERB and (state := clause.child("acomp", "oprd")) is not None:
            return self.coding_of(state, depth + 1)
        if token.tag == "VBN" and clause.child("auxpass") is not None and clause.child("agent") is None:
            # `is committed to`, `is opposed to`: a state, and its subject is who takes it.
            adjectives = self.reference.triggers.get((ADJECTIVE, token.text.lower()))
            kind, triggers = (ADJECTIVE, adjectives) if adjectives else (kind, triggers)
        if triggers is None:
            return self._unwilling(clause) if kind == VERB else None
        if kind == NOUN and not self._names_an_event(clause):
            return None
        for trigger in triggers:
            if trigger.matches(clause):
                if trigger.code == NO_EVENT:
                    return None
                found = self._coded(clause, trigger, kind, depth)
                if found is not None or trigger.code == NOUN_CODE or not trigger.is_act:
                    return found
        return self._unwilling(clause) if kind == VERB else None

    def _unwilling(self, clause: Clause) -> Coding | None:
        """Code what somebody will not do, whatever it is, as a refusal."""
        if clause.is_passive or clause.subject is None or not auxiliaries(clause) & (FUTURE | BACKSHIFTED):
            return None
        if self.syntax.tokens[clause.head].lemma == "be" or not any(
            self.syntax.tokens[n].dep == "neg" for n in self.syntax.children(clause.head)
        ):
            return None
        code = self.reference.code_of(REFUSE, None)
        return code and Coding(
            clause.head,
            (clause.head,),
            code,
            self._sources(clause),
            tuple(self._targets(clause, USUAL_TARGETS)),
            ASSERTED,
            frozenset(),
            REFUSE,
        )

    def _names_an_event(self, clause: Clause) -> bool:
        """Return False for a noun that describes another, as in `peace talks venue`."""
        return self.syntax.tokens[clause.head].dep not in ("compound", "nmod", "amod", "npadvmod", "poss")

    def _coded(self, clause: Clause, trigger: Trigger, kind: str, depth: int) -> Coding | None:
        if trigger.code == NOUN_CODE:
            return self._coded_by_noun(clause, trigger, depth)
        if trigger.is_act:
            return self._coded_act(clause, trigger, kind, depth)
        words = self._words(clause, trigger)
        modality = modality_of(clause) if kind != NOUN else self._modality_of_noun(clause)
        content = frozenset([clause.object]) if kind == VERB and clause.object is not None else frozenset()
        if clause.subject is not None and any(
            each.place == "subj" and not each.negated for each in trigger.conditions
        ):
            content |= {clause.subject}
        if kind == NOUN:
            return self._coded_noun(clause, trigger, words, modality)
        sources = self._sources(clause)
        if (
            not sources
            and clause.is_passive
            and clause.object is not None
            and trigger.code.startswith(OWN_MOVES)
        ):
            sources = (clause.object,)
        if not clause.is_passive and trigger.targets == ("subj",):
            # `died in police firing`: the subject undergoes what it says.
            sources = ()
        if not sources and trigger.code[:2] in ("18", "19"):
            sources = tuple(self._attackers(clause, depth))
        coding = Coding(
            clause.head,
            words,
            trigger.code,
            sources,
            tuple(self._targets(clause, trigger.targets or USUAL_TARGETS)),
            modality,
            content,
            "frame",
            loose=()
            if NOBODY in trigger.targets or trigger.code[:2] == "18"
            else tuple(self._nested(clause)),
        )
        return self._with_purpose(clause, self._as_intended(coding), depth)

    def _attackers(self, clause: Clause, depth: int) -> Iterator[int]:
        """Yield who carries out the attack in which people are killed: `killed in police firing`, `in an Israeli raid`."""
        for noun in clause.phrases("in", "by", "during", "from"):
            inner = self.coding_of(clause.carried(noun), depth + 1)
            if inner is not None and inner.code[:2] in FORCE:
                yield from inner.sources

    def _as_intended(self, coding: Coding) -> Coding:
        """Return help that somebody will give as an intention: `will provide aid`."""
        if coding.modality != PLANNED or coding.code[:2] not in PROMISED or not coding.sources:
            return coding
        code = self.reference.code_of(INTEND, coding.code)
        return replace(coding, code=code, rule=INTEND) if code else coding

    def _with_purpose(self, clause: Clause, coding: Coding, depth: int) -> Coding:
        """Add to a protest or a threat those of whom it demands something: `marched to demand`, `unless X withdraws`."""
        if depth == MAX_DEPTH or coding.code[:2] not in ("13", "14", "15", "17", "19"):
            return coding
        tokens = self.syntax.tokens
        targets = list(coding.targets)
        content = set(coding.content)
        beside = list(self.syntax.children(clause.head))
        if clause.is_verb and clause.object is not None:
            beside += [n for n in self.syntax.children(clause.object) if n != clause.head]
        for number in beside:
            if tokens[number].dep not in ("advcl", "xcomp", "acl", "conj"):
                continue
            if any(
                tokens[n].dep == "mark" and tokens[n].text.lower() in CONDITIONS
                for n in self.syntax.children(number)
            ):
                targets += self.clause(number).own_subject()
                continue
            inner = self.coding_of(number, MAX_DEPTH)
            wanted = ("17",) if coding.code[:2] in ("17", "19") else ("02", "10", "11")
            if inner is not None and inner.code[:2] in wanted and tokens[number].dep != "conj":
                targets += inner.targets
                content |= {number, *inner.content}
        return replace(coding, targets=tuple(targets), content=frozenset(content))

    def _words(self, clause: Clause, trigger: Trigger) -> tuple[int, ...]:
        """Return the head, its particle, and the object that makes an idiom with it."""
        words = [clause.head]
        tokens = self.syntax.tokens
        if trigger.particle:
            words += [
                n for n in self.syntax.children(clause.head) if tokens[n].text.lower() == trigger.particle
            ][:1]
        asked = any(each.place == "obj" and each.words and not each.negated for each in trigger.conditions)
        if (
            asked
            and clause.is_verb
            and not clause.is_passive
            and clause.object is not None
            and "obj" not in trigger.targets
        ):
            words.append(clause.carried(clause.object))
        for condition in trigger.conditions:
            if condition.words and not condition.negated and condition.place in IDIOMATIC:
                words += [n for n in clause.phrases(condition.place) if tokens[n].lemma in condition.words][
                    :1
                ]
        return tuple(sorted(words))

    def _sources(self, clause: Clause) -> tuple[int, ...]:
        """Return who acts: the subject; of `talks between X and Y` both parties."""
        if clause.subject is None:
            return ()
        parties = tuple(n for word in BETWEEN for n in clause.of(clause.subject).phrases(word))
        return parties or (clause.subject,)

    def _targets(self, clause: Clause, places: tuple[str, ...]) -> Iterator[int]:
        """Yield the heads of noun phrases where the target may be named, best first."""
        for place in places:
            if place == "obj":
                if clause.is_verb and clause.object is not None:
                    # `denounced the arrest of students by the police`
                    yield from clause.of(clause.object).phrases("by")
                    yield clause.object
            elif place == "part":
                if clause.is_verb and clause.object is not None:
                    yield from clause.owners(clause.object)
                    yield clause.object
            elif place == "dat":
                dative = clause.child("dative")
                if dative is None and clause.is_passive and clause.child("dobj") is not None:
                    yield from clause.own_subject()
                elif dative is not None:
                    inner = clause.of(dative).child("pobj")
                    yield dative if inner is None else inner
            elif place == "subj":
                if clause.subject is not None:
                    yield clause.subject
            elif place == "compsubj":
                complement = clause.complement()
                if complement is not None:
                    yield from self.clause(complement).own_subject()
            elif place == "comp":
                complement = clause.complement()
                if complement is not None and (inner := clause.of(complement).object) is not None:
                    yield inner
            elif place != "none":
                for noun in clause.places_of(place):
                    yield noun
                    if self.syntax.tokens[noun].lemma in BORDERS:
                        yield from self.clause(noun).phrases("with", "of", "near")
                    # `mobilized its army for a war against X`
                    yield from self._targets_of_noun(noun)

    def _targets_of_noun(self, noun: int) -> Iterator[int]:
        token = self.syntax.tokens[noun]
        for trigger in self.reference.triggers.get((NOUN, token.lemma), ()) if token.tag[:2] == "NN" else ():
            for place in trigger.targets:
                yield from self.clause(noun).phrases(place)

    def _coded_noun(self, clause: Clause, trigger: Trigger, words: tuple[int, ...], modality: str) -> Coding:
        """Code a noun: who acts stands before it, behind `by`, or behind `of` unless that is where its target stands."""
        tokens = self.syntax.tokens
        parties = tuple(n for word in BETWEEN for n in clause.phrases(word))
        sources = [n for n in self.syntax.children(clause.head) if tokens[n].dep == "poss"]
        sources += clause.phrases("by")
        if "of" not in trigger.targets:
            sources += clause.phrases("of")
        if parties:
            sources = list(parties)
        else:
            sources += [
                n for n in self.syntax.children(clause.head) if tokens[n].dep in ("amod", "compound", "nmod")
            ]
        places = tuple(place for place in trigger.targets if place != "between")
        targets = tuple(self._targets(clause, places))
        return Coding(
            clause.head, words, trigger.code, tuple(sources), targets, modality, frozenset(), "noun"
        )

    def _modality_of_noun(self, clause: Clause) -> str:
        """Return the modality of a noun: its own negation, else that of the verb it belongs to."""
        if is_negated(clause):
            return DENIED
        for number in self.syntax.ancestors(clause.head):
            if self.syntax.tokens[number].tag[:2] == "VB":
                return modality_of(self.clause(number))
        return ASSERTED

    def _coded_by_noun(self, clause: Clause, trigger: Trigger, depth: int) -> Coding | None:
        """Code a verb by its object: `carried out an attack on X`."""
        if clause.object is None:
            return None
        noun = clause.carried(clause.object)
        inner = self.coding_of(noun, depth + 1)
        if inner is not None and not inner.content and (complement := clause.complement()) is not None:
            inner = self._completed(noun, complement, depth) or inner
        if inner is None:
            return None
        targets = tuple(self._targets(clause, tuple(p for p in trigger.targets if p not in ("part", "obj"))))
        modality = modality_of(clause)
        coding = replace(
            inner,
            head=clause.head,
            words=tuple(sorted((clause.head, noun))),
            sources=self._sources(clause) or inner.sources,
            targets=(*inner.targets, *targets),
            modality=modality if modality != ASSERTED else inner.modality,
            content=inner.content | {noun},
        )
        return self._with_purpose(clause, coding, depth)

    def _completed(self, noun: int, complement: int, depth: int) -> Coding | None:
        """Code a noun of speech whose content depends on its verb: `repeated its demand on Monday that X withdraw`."""
        clause = self.clause(noun)
        for trigger in self.reference.triggers.get((NOUN, self.syntax.tokens[noun].lemma), ()):
            if trigger.is_act:
                return self._coded_act(clause, trigger, NOUN, depth, complement)
        return None

    # Acts: what is said, wanted, promised or refused.

    def _coded_act(
        self, clause: Clause, trigger: Trigger, kind: str, depth: int, about: int | None = None
    ) -> Coding | None:
        act = trigger.code
        if about is None:
            about = self._content(clause, trigger, act, depth)
        inner = self.coding_of(about, depth + 1) if about is not None else None
        if act in (APPEAL, DEMAND) and about is not None and self._is_statement(about):
            # `insisted that the talks had failed`
            act = REPORT
        if act == REPORT:
            return self._reported(clause, about, inner)
        if trigger.lemma == WARN and about is not None and self._is_statement(about):
            return None
        if act in (BEGIN, TRY, PLAN):
            return self._carried_on(clause, act, about, inner)
        if act == DENY:
            return self._denied(clause, about, inner)
        if trigger.lemma == FAIL and (inner is None or inner.code[:2] in FORCE):
            return None
        if act == WISH:
            act = (
                APPEAL
                if about is not None and self.clause(about).child("nsubj", "nsubjpass") is not None
                else INTEND
            )
        if act == INTEND and is_negated(clause):
            if trigger.lemma not in CONSENTING:
                return None
            act = REFUSE
        code = self.reference.code_of(act, inner.code if inner else None)
        if code is None:
            return None
        if (
            act == APPEAL
            and inner is not None
            and inner.code[:2] in FORCE
            and self._has_addressee(clause, about)
        ):
            code = self.reference.code_of(APPEAL, None) or code
        sources = self._sources(clause)
        if kind == NOUN:
            owned = self._coded_noun(clause, trigger, (clause.head,), ASSERTED)
            sources = owned.sources + sources
        elif kind == ADJECTIVE and clause.is_passive and clause.object is not None:
            sources = (clause.object,)
        coding = Coding(
            clause.head,
            self._words(clause, trigger),
            code,
            sources,
            tuple(self._targets_of_act(clause, act, trigger, about, inner)),
            self._modality_of_act(clause, kind),
            (inner.content if inner else frozenset()) | ({about} if about is not None else frozenset()),
            act,
            loose=(*self._named_in(about), *self._nested(self.clause(about))) if about is not None else (),
            about=about,
        )
        return self._with_purpose(clause, coding, depth)

    def _is_statement(self, about: int) -> bool:
        """Return whether a clause says what is so, not what should be: it is finite and has no `must` and no future."""
        tokens = self.syntax.tokens
        if tokens[about].tag[:2] not in ("VB", "MD"):
            return False
        own = auxiliaries(self.clause(about))
        if own & (OBLIGED | FUTURE | BACKSHIFTED | POSSIBLE):
            return False
        if tokens[about].tag in ("VBD", "VBZ", "VBP"):
            return bool(self.clause(about).own_subject())
        return any(
            tokens[n].dep in ("aux", "auxpass") and tokens[n].tag in ("VBD", "VBZ", "VBP")
            for n in self.syntax.children(about)
        )

    def _has_addressee(self, clause: Clause, about: int | None) -> bool:
        """Return whether it is said who is to act: `asked X to arrest Y`, but not `called for sanctions on Y`."""
        if about is not None and self.clause(about).own_subject():
            return True
        return clause.is_verb and clause.object is not None and clause.object != about

    def _modality_of_act(self, clause: Clause, kind: str) -> str:
        if kind == VERB:
            return modality_of(clause)
        return self._modality_of_noun(clause)

    def _content(self, clause: Clause, trigger: Trigger, act: str, depth: int) -> int | None:
        """Return the head of what an act is about: a clause, the object, or the noun behind the preposition of the verb."""
        complement = clause.complement()
        tokens = self.syntax.tokens
        if complement is not None:
            return complement
        if act == ACCUSE:
            return next((n for word in ("of", "for", "with") for n in clause.places_of(word)), None)
        if not clause.is_verb:
            for number in self.syntax.children(clause.head):
                if (
                    tokens[number].dep in ("acl", "relcl")
                    and tokens[number].tag[:2] == "VB"
                    and number > clause.head
                ):
                    return number
        if act in (APPEAL, DEMAND, INTEND, THREATEN):
            for number in self.syntax.children(clause.head):
                if tokens[number].dep == "advcl" and number > clause.head and self._is_infinitive(number):
                    return number
        if trigger.particle and trigger.particle in CONTENTS:
            for noun in clause.phrases(trigger.particle):
                if trigger.particle in ("on", "upon") and act == APPEAL:
                    continue
                return clause.carried(noun)
        if (
            clause.is_verb
            and clause.object is not None
            and not (act == APPEAL and self._is_addressee(clause))
        ):
            noun = clause.carried(clause.object)
            if not clause.is_passive or self.coding_of(noun, depth + 1) is not None:
                return noun
        for word in CONTENTS:
            for noun in clause.phrases(word):
                return clause.carried(noun)
        return None

    def _is_infinitive(self, verb: int) -> bool:
        tokens = self.syntax.tokens
        return any(tokens[n].tag == "TO" for n in self.syntax.children(verb))

    def _is_addressee(self, clause: Clause) -> bool:
        """Return whether the object of an appeal is who is asked, since what is asked for stands behind `for`."""
        return any(True for _ in clause.phrases("for"))

    def _targets_of_act(
        self, clause: Clause, act: str, trigger: Trigger, about: int | None, inner: Coding | None
    ) -> Iterator[int]:
        """Yield where the target of an act is named: who is asked, accused or threatened, else whom its content is done to."""
        inner_targets = inner.targets if inner else ()
        if act in (APPEAL, DEMAND, ALLOW):
            if about is not None and self.syntax.tokens[about].tag[:2] in ("VB", "MD", "JJ"):
                own = self.clause(about).child("nsubj", "nsubjpass")
                if own is not None:
                    yield own
            if clause.is_verb and clause.object is not None and clause.object != about:
                yield clause.object
            for word in ADDRESSEES[1:]:
                for noun in clause.phrases(word):
                    if noun != about:
                        yield noun
            if inner is not None and act != ALLOW and inner.code[:2] not in FORCE:
                yield from inner.sources
        if act in (ACCUSE, THREATEN) and clause.is_verb and clause.object is not None:
            yield clause.object
        if act == ACCUSE and about is not None and self.syntax.tokens[about].tag[:2] == "VB":
            yield from self.clause(about).own_subject()
        if act == REFUSE and about is not None and self.syntax.tokens[about].tag[:2] == "NN":
            yield from clause.owners(about)
        yield from self._targets(clause, trigger.targets)
        yield from inner_targets
        if act in (INTEND, REFUSE, THREATEN, CONSIDER):
            yield from self._targets(clause, ("with", "to", "against", "from", "on", "for"))

    def _nested(self, clause: Clause) -> Iterator[int]:
        """Yield the nouns within the objects of a clause, nearest first: `investigated the welfare of Libyans`."""
        tokens = self.syntax.tokens
        level = [n for n in self.syntax.children(clause.head) if tokens[n].dep in NESTING and n > clause.head]
        for _ in range(MAX_NESTED):
            yield from (
                n
                for n in level
                if tokens[n].dep not in ("prep", "dobj") and tokens[n].text.lower() not in DAYS
            )
            level = [n for above in level for n in self.syntax.children(above) if tokens[n].dep in NESTED]

    def _named_in(self, about: int) -> Iterator[int]:
        """Yield the noun phrases of a content that names no event of the tables."""
        clause = self.clause(about)
        if self.syntax.tokens[about].tag[:2] == "NN":
            yield from clause.owners(about)
            yield about
        yield from self._targets(clause, USUAL_TARGETS)

    def _carried_on(self, clause: Clause, act: str, about: int | None, inner: Coding | None) -> Coding | None:
        """Code what somebody begins, tries or plans by what it is: `continued to send arms`."""
        if inner is None or about is None:
            return None
        modality = modality_of(clause)
        if act == PLAN and modality == ASSERTED:
            modality = PLANNED
        is_noun = self.syntax.tokens[about].tag[:2] == "NN"
        coding = replace(
            inner,
            head=clause.head,
            words=(clause.head, *inner.words) if is_noun else inner.words,
            sources=self._sources(clause) or inner.sources,
            targets=inner.targets
            + (tuple(self._targets(clause, ("against", "on", "with", "to", "in"))) if is_noun else ()),
            modality=modality if modality != ASSERTED else inner.modality,
            content=inner.content | {about},
        )
        return self._as_intended(coding)

    def _denied(self, clause: Clause, about: int | None, inner: Coding | None) -> Coding | None:
        """Code `denied that it had attacked X` as an attack that is denied."""
        if inner is None or about is None:
            return None
        return replace(
            inner,
            modality=DENIED if not is_negated(clause) else ASSERTED,
            speaker=clause.subject,
        )

    def _reported(self, clause: Clause, about: int | None, inner: Coding | None) -> Coding | None:
        """Code what somebody says: a duty of others is a demand, a future of his own an intention, all else what it says."""
        if about is None:
            return None
        said = self.clause(about)
        own = auxiliaries(said)
        code = inner.code if inner else None
        content = (inner.content if inner else frozenset()) | {about}
        if own & OBLIGED and (inner is not None or not said.is_passive):
            addressee = said.subject if not said.is_passive else said.object
            return self._said(
                clause, about, self.reference.code_of(DEMAND, code), DEMAND, addressee, inner, content
            )
        if inner is None:
            return None
        if own & (FUTURE | BACKSHIFTED) and not is_conditional(said) and self._is_own(clause, said):
            act = INTEND
            if is_negated(said):
                if inner.code[:2] in FORCE:
                    return replace(inner, speaker=clause.subject)
                act = REFUSE
            return self._said(clause, about, self.reference.code_of(act, code), act, None, inner, content)
        return replace(inner, speaker=clause.subject)

    def _said(
        self,
        clause: Clause,
        about: int,
        code: str | None,
        act: str,
        addressee: int | None,
        inner: Coding | None,
        content: frozenset[int],
    ) -> Coding | None:
        if code is None:
            return None
        targets = inner.targets if inner else tuple(self._named_in(about))
        return Coding(
            clause.head,
            (clause.head,),
            code,
            self._sources(clause),
            ((addressee,) if addressee is not None else ()) + targets,
            self._modality_of_act(clause, VERB),
            content,
            act,
            loose=inner.loose if inner else (),
            about=about,
        )

    def _is_own(self, clause: Clause, said: Clause) -> bool:
        """Return whether who says something speaks of himself: with a pronoun, or without a subject of its own."""
        subject = said.subject
        if subject is None:
            return False
        return subject == clause.subject or self.syntax.tokens[subject].tag == "PRP"
