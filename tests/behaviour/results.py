"""Runs a set of cases: the result of each, the counts by group, the table and the floors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.annotation import annotate_texts
from flows.reference import load_reference

from .cases import Case
from .checks import failures_of


@dataclass(frozen=True, slots=True)
class Result:
    """A case with the expectations that do not hold."""

    case: Case
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass(frozen=True, slots=True)
class Count:
    """The number of cases of a group, of those that pass, and of those that fail for a known reason."""

    file: str
    group: str
    cases: int
    passed: int
    known: int


def run_cases(cases: Sequence[Case]) -> tuple[Result, ...]:
    """Annotate the texts of all cases in one pass, and compare them."""
    answers = annotate_texts(
        ({"id": case.id, "text": case.text, "published": case.published} for case in cases), load_reference()
    )
    return tuple(Result(case, failures_of(case, answer)) for case, answer in zip(cases, answers, strict=True))


def counts_of(results: Iterable[Result]) -> tuple[Count, ...]:
    """Return the counts by file and group, in the order in which groups first occur."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.case.file, result.case.group), []).append(result)
    return tuple(
        Count(
            file,
            group,
            cases=len(of),
            passed=sum(result.passed for result in of),
            known=sum(not result.passed and result.case.known_failure is not None for result in of),
        )
        for (file, group), of in groups.items()
    )


def table_of(counts: Sequence[Count]) -> str:
    """Return a table of the groups, with a line of sums for each file and for all."""
    files = list(dict.fromkeys(count.file for count in counts))
    rows = [row for file in files for row in _rows([count for count in counts if count.file == file], file)]
    rows.append(_sum(counts, "all", ""))
    width = max(len(row.group) for row in rows) + 2
    lines = [f"{'file':<12}{'group':<{width}}{'cases':>6}{'passed':>8}{'known':>7}{'rate':>8}"]
    lines += [
        f"{row.file:<12}{row.group:<{width}}{row.cases:>6}{row.passed:>8}{row.known:>7}{row.passed / row.cases:>8.1%}"
        for row in rows
        if row.cases
    ]
    return "\n".join(lines)


def _rows(counts: Sequence[Count], file: str) -> Iterator[Count]:
    yield from counts
    yield _sum(counts, file, "(sum)")


def _sum(counts: Sequence[Count], file: str, group: str) -> Count:
    return Count(
        file,
        group,
        sum(count.cases for count in counts),
        sum(count.passed for count in counts),
        sum(count.known for count in counts),
    )


def floors_of(counts: Iterable[Count], old: Iterable[Mapping[str, Any]], reason: str) -> list[dict[str, Any]]:
    """Return the number of passed cases of each group as its floor; a floor that is lowered stores the reason."""
    before = {(floor["file"], floor["group"]): floor["passed"] for floor in old}
    floors = []
    for count in counts:
        floor: dict[str, Any] = {"file": count.file, "group": count.group, "passed": count.passed}
        was = before.get((count.file, count.group))
        if was is not None and count.passed < was:
            floor["lowered"] = f"from {was}: {reason}"
        floors.append(floor)
    return floors


def below_floor(counts: Iterable[Count], floors: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return a message for each group that is below its floor, has no floor, or no longer exists."""
    pinned = {(floor["file"], floor["group"]): floor["passed"] for floor in floors}
    found = {(count.file, count.group): count.passed for count in counts}
    wrong = dict.fromkeys(found.keys() - pinned.keys(), "no floor is pinned")
    wrong |= dict.fromkeys(pinned.keys() - found.keys(), "the group has no cases")
    wrong |= {
        name: f"{found[name]} passed, the floor is {floor}"
        for name, floor in pinned.items()
        if name in found and found[name] < floor
    }
    return {" / ".join(name): why for name, why in sorted(wrong.items())}
