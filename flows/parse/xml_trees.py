"""XML trees, parsed without network access and without expanding entities; access to their elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import name2codepoint
from typing import Any, TypeAlias

from flows.errors import BrokenRecord, RefusedEntity

Element: TypeAlias = Any
"""An lxml element; lxml comes with no types."""

DECLARATION = re.compile(r"<\?xml\b[^>]{0,300}\?>")
ENTITY = re.compile(
    r"<!ENTITY\s+(?P<parameter>%\s+)?(?P<name>[\w.:-]{1,80})\s+(?P<value>\"[^\"]*\"|'[^']*'|SYSTEM|PUBLIC)"
)
REFERENCE = re.compile(r"&([A-Za-z][A-Za-z0-9.:_-]{0,40});")
MAX_ENTITY_CHARS = 1000
"""Entities of news files are characters or names of companies; longer ones are refused."""

MAX_EXPANDED_CHARS = 1_000_000
XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def local(element: Element) -> str:
    """Return an element's name without its namespace; empty for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element | None, name: str) -> Iterator[Element]:
    """Yield the children of that name, in any namespace."""
    if element is not None:
        yield from (child for child in element if local(child) == name)


def find(element: Element | None, path: str) -> Element | None:
    """Return the first element at a path of names, in any namespace; None if there is none."""
    for name in path.split("/"):
        element = next(children(element, name), None)
        if element is None:
            return None
    return element


def descendants(element: Element | None, name: str) -> Iterator[Element]:
    """Yield all elements of that name below, in reading order."""
    if element is not None:
        yield from (below for below in element.iter() if local(below) == name)


def text_at(element: Element | None, path: str) -> str:
    """Return the text of the first element at a path, in one line; empty if there is none."""
    found = find(element, path)
    return "" if found is None else one_line(found)


def one_line(element: Element) -> str:
    """Return all words of an element in one line."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    for part in element.iter():
        if isinstance(part.tag, str) and part.text:
            yield part.text
        if part is not element and part.tail:
            yield part.tail


def undeclared(text: str) -> str:
    """Return XML without its declaration, since text that was decoded has no encoding."""
    text = text.lstrip("\ufeff \t\r\n")
    found = DECLARATION.match(text)
    return text[found.end() :].lstrip() if found else text


def tree_of(text: str, form: str) -> Element:
    """Parse XML without fetching anything and without growing entities.

    The named characters of HTML are read although no DTD declares them.

    Raises:
        RefusedEntity: an entity that is external, that refers to others, or that is long.
        BrokenRecord: anything that is not well-formed.
    """
    # Here: only files of XML and HTML need lxml, which takes 20 ms to import.
    from lxml import etree  # noqa: PLC0415  # start-up

    text = undeclared(text)
    declared = check_entities(text)
    if "&" in text:
        text = REFERENCE.sub(lambda match: _character(match, declared), text)
    parser = etree.XMLParser(
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenRecord(form, str(error)[:200], "well-formed XML") from None
    if root is None or next(root.iter(etree.Entity), None) is not None:
        raise BrokenRecord(form, "an entity that nothing declares", "well-formed XML")
    return root


def check_entities(text: str) -> frozenset[str]:
    """Return the names of the entities a document declares, none of which may grow or refer to a file.

    Raises:
        RefusedEntity: one of them may.
    """
    if "<!ENTITY" not in text:
        return frozenset()
    names = {}
    for found in ENTITY.finditer(text):
        name, value = found["name"], found["value"]
        if found["parameter"] or value in ("SYSTEM", "PUBLIC"):
            raise RefusedEntity(name, "external" if not found["parameter"] else "a parameter entity")
        if REFERENCE.search(value) or len(value) > MAX_ENTITY_CHARS:
            raise RefusedEntity(name, f"{len(value):,} characters, or made of other entities")
        names[name] = len(value)
    if len(names) != text.count("<!ENTITY"):
        raise RefusedEntity("?", "not readable")
    grown = sum(names.get(found[1], 0) for found in REFERENCE.finditer(text))
    if grown > MAX_EXPANDED_CHARS:
        raise RefusedEntity(", ".join(names)[:80], f"{grown:,} characters when all are replaced")
    return frozenset(names)


def _character(match: re.Match[str], declared: frozenset[str]) -> str:
    name = match[1]
    if name in XML_NAMES or name in declared or name not in name2codepoint:
        return match.group()
    return chr(name2codepoint[name])
