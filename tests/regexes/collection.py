"""Every pattern that `flows` compiles: at import, of its tables and lexicons, and while it reads the sample dispatches.

    python -m tests.regexes.collection

prints them as lines of JSON. It is a process of its own, since patterns that were compiled before it began would be missed.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.regexes.parsed import Parsed

ROOT = Path(__file__).parent.parent.parent
FLOWS = ROOT / "flows"
ONCE = ("match", "fullmatch")
"""Methods that begin at one place only; all others try every place."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pattern and where it is compiled.

    `tried_everywhere` is False if every use of it matches a text once, at its start; `is_whole` is True if some use matches the whole of it.
    """

    where: str
    name: str
    source: str
    is_bytes: bool
    flags: int
    tried_everywhere: bool
    is_whole: bool = False

    @property
    def parsed(self) -> Parsed:
        """The pattern as Python's parser reads it."""
        return Parsed(self.source.encode("latin-1") if self.is_bytes else self.source, self.flags)


@dataclass(frozen=True, slots=True)
class Site:
    """A call of a function of `re` in the source."""

    path: str
    first: int
    last: int
    function: str
    name: str


def collect() -> list[Compiled]:
    """Return the patterns, asked of a new process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.regexes.collection"], cwd=ROOT, check=True, capture_output=True
    )
    return [Compiled(**json.loads(line)) for line in done.stdout.splitlines()]


def sites() -> list[Site]:
    """Return every call of `re` in the source."""
    return [site for path in sorted(FLOWS.rglob("*.py")) for site in _sites_in(path)]


def _sites_in(path: Path) -> Iterator[Site]:
    tree = ast.parse(path.read_text())
    names: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            for inner in ast.walk(node.value):
                names.setdefault(id(inner), node.targets[0].id)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr != "escape"
        ):
            name = names.get(id(node), "")
            yield Site(
                str(path.relative_to(ROOT)), node.lineno, node.end_lineno or node.lineno, node.func.attr, name
            )


def _uses(name: str, path: str) -> Iterator[tuple[str, bool]]:
    """Yield each method that is called on a constant, and whether its only argument is a whole text."""
    for other in sorted(FLOWS.rglob("*.py")):
        for used, owner, method, is_whole in _method_calls(other):
            if used == name and (owner or str(other.relative_to(ROOT)) == path or _imports(other, name)):
                yield method, is_whole


@cache
def _method_calls(path: Path) -> tuple[tuple[str, bool, str, bool], ...]:
    """Return what is asked of a name: the name, whether a module stands before it, the method, whether its one argument is a whole text.

    A method that is passed on, as in `map(NAME.match, lines)`, is given whole texts too.
    """
    tree = ast.parse(path.read_text())
    arguments = {id(node.func): node.args for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            inner = node.value
            given = arguments.get(id(node))
            is_whole = given is None or (len(given) == 1 and not _is_cut(given[0]))
            name = inner.id if isinstance(inner, ast.Name) else inner.attr
            found.append((name, isinstance(inner, ast.Attribute), node.attr, is_whole))
    return tuple(found)


def _is_cut(node: ast.expr) -> bool:
    """Return True for a part of a text, as in `text[at:]`, which may be one of many that overlap."""
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)


@cache
def _imports(path: Path, name: str) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and any(alias.name == name for alias in node.names)
        for node in ast.walk(ast.parse(path.read_text()))
    )


ANCHORED = {
    "flows/enrich/amounts/followers.py WORD": "once behind each word of a phrase",
    "flows/enrich/entities/trimming.py FIRST_WORD": "at the start of a name, then where it ended before",
    "flows/enrich/numbers/modifiers.py TOKEN": "behind a numeral, then where it ended before",
    "flows/enrich/quotes/leads.py HEADLINE_SPEAKER": "at the start of a headline",
    "flows/enrich/quotes/subjects.py FULL_NAME": "on a part between two commas, whole",
    "flows/enrich/times/followers.py WORD": "behind a number, then where it ended before",
    "flows/enrich/quotes/subjects.py LAST_CLAUSE": "at the start of a sentence",
    "flows/enrich/quotes/trails.py SIGNATURE": "behind a quotation",
    "flows/parse/records.py TOKEN_OR_QUOTE": "it ends at the first string that is not closed",
    "flows/parse/dateline.py IN_TEXT": "at the start of a paragraph",
    "flows/parse/dateline.py WITH_AGENCY": "at the start of a paragraph",
    "flows/parse/headers/inline.py KEY": "at the start, then behind the value before",
    "flows/parse/headers/inline.py SHAPES": "behind a key, once for each key",
    "flows/parse/headers/muc.py TAG": "at the start, then where it ended before",
}
"""Patterns that are matched at places which they give themselves: no part of a text is read twice."""


def _is_tried_everywhere(site: Site) -> bool:
    if f"{site.path} {site.name}" in ANCHORED:
        return False
    if site.function != "compile":
        return site.function not in ONCE
    uses = list(_uses(site.name, site.path)) if site.name else []
    return not uses or not all(method in ONCE and is_whole for method, is_whole in uses)


def _is_whole(site: Site) -> bool:
    return site.function == "fullmatch" or any(
        method == "fullmatch" for method, _ in _uses(site.name, site.path)
    )


def _stated(site: Site) -> tuple[str, bool]:
    """Return the pattern of a call that nothing has reached, and whether it is one of bytes: a constant, or one of `MADE`."""
    for node in ast.walk(ast.parse((ROOT / site.path).read_text())):
        if isinstance(node, ast.Call) and node.lineno == site.first and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
                is_bytes = isinstance(first.value, bytes)
                return (first.value.decode("latin-1") if is_bytes else first.value), is_bytes
    return MADE[site.path, site.function]


MADE = {
    # A glob of the user's own, as fsspec translates it.
    ("flows/fetch/stores.py", "compile"): (r"in/[^/]*\.txt", False),
    # The name of a table or a key of the settings, to find its line.
    ("flows/settings.py", "match"): (r"\s*\[\s*run\s*\]", False),
    ("flows/write/objects.py", "compile"): (r"\.dateline/stage/([0-9]{20})-", False),
    ("flows/write/publish.py", "search"): (r'"dateline:sequence":\s*12\b', True),
}
"""Patterns that are made while the program works, where an object store or an output is needed to reach them."""


def main() -> None:
    """Import everything, load the reference, read the samples, and print what was compiled from where."""
    seen: dict[tuple[str, int, Any, int], None] = {}
    compiled = re._compile

    def recording(pattern: Any, flags: Any) -> Any:
        frame = sys._getframe(2)
        if not isinstance(pattern, re.Pattern) and frame.f_code.co_filename.startswith(str(FLOWS)):
            path = str(Path(frame.f_code.co_filename).relative_to(ROOT))
            seen[path, frame.f_lineno, pattern, int(flags)] = None
        return compiled(pattern, flags)

    re._compile = recording
    import flows  # noqa: PLC0415

    for module in pkgutil.walk_packages(flows.__path__, "flows."):
        importlib.import_module(module.name)
    from tests.regexes.exercise import exercise  # noqa: PLC0415

    exercise()
    by_line = {(site.path, line): site for site in sites() for line in range(site.first, site.last + 1)}
    found = {}
    for path, line, pattern, flags in seen:
        site = by_line[path, line]
        is_bytes = isinstance(pattern, bytes)
        source = pattern.decode("latin-1") if is_bytes else pattern
        found[source, flags, site.path, site.first] = Compiled(
            f"{site.path}:{site.first}",
            site.name,
            source,
            is_bytes,
            flags,
            _is_tried_everywhere(site),
            _is_whole(site),
        )
    seen_sites = {by_line[path, line] for path, line, _, _ in seen}
    for site in set(sites()) - seen_sites:
        source, is_bytes = _stated(site)
        found[source, 0, site.path, site.first] = Compiled(
            f"{site.path}:{site.first}",
            site.name,
            source,
            is_bytes,
            0,
            _is_tried_everywhere(site),
            _is_whole(site),
        )
    for each in found.values():
        print(json.dumps(asdict(each)))  # noqa: T201


if __name__ == "__main__":
    main()
