"""XML and HTML to words: safe trees, elements cut from a file, blocks of text as paragraphs.

lxml is imported where a tree is made or walked: a run over plain text needs none, and it takes 20 ms to import.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import name2codepoint
from typing import Any, TypeAlias

from flows.errors import BrokenRecord, RefusedEntity
from flows.parse.decode import charset_in, decode
from flows.parse.formats import Buffer, Sample
from flows.records import Decoded, RawDispatch

Element: TypeAlias = Any
"""An lxml element; lxml comes with no types."""

DECLARATION = re.compile(r"<\?xml\b[^>]{0,300}\?>")
ENTITY = re.compile(
    r"<!ENTITY\s+(?P<parameter>%\s+)?(?P<name>[\w.:-]{1,80})\s+(?P<value>\"[^\"]*\"|'[^']*'|SYSTEM|PUBLIC)"
)
REFERENCE = re.compile(r"&([A-Za-z][A-Za-z0-9.:_-]{0,40});")
MAX_ENTITY_CHARS = 1000
"""An entity of news is a character or a company's name."""

MAX_EXPANDED_CHARS = 1_000_000
XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})

BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "blockquote",
        "tr",
        "section",
        "article",
        "table",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "figure",
        "figcaption",
        "pre",
        "header",
        "footer",
        "address",
        "hr",
        "main",
        "aside",
        "nav",
        "hl1",
        "hl2",
        "hedline",
        "block",
        "bq",
        "abstract",
        "media",
        "fn",
        "note",
        "nitf-table",
        "caption",
    ]
)
SILENT = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "title",
        "iframe",
        "object",
        "svg",
        "math",
        "select",
        "button",
    ]
)
BLANKS = re.compile(r"[ \t\r\n\f\v]+")
TAG = re.compile(
    r"<(/?)([A-Za-z_][\w.:-]{0,80})((?:\"[^\"<]{0,2000}\"|'[^'<]{0,2000}'|[^<>\"'])*?)(/?)>|<!--|<!\[CDATA\[|<\?"
)


def local(element: Element) -> str:
    """Return an element's name without its namespace; a comment has none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element | None, name: str) -> Iterator[Element]:
    """Yield the children of that name, whatever their namespace."""
    if element is not None:
        yield from (child for child in element if local(child) == name)


def find(element: Element | None, path: str) -> Element | None:
    """Return the first element down a path of names, whatever their namespaces."""
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
    """Return the words of the first element down a path in one line; empty where there is none."""
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


ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,80})")
SKIPPED = (("<?", "?>"), ("<!--", "-->"))


def behind_comments(text: str, at: int = 0) -> int:
    """Return the offset behind blank space, declarations and comments; step by step, so that none is tried twice."""
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        for opening, closing in SKIPPED:
            if text.startswith(opening, at):
                end = text.find(closing, at)
                if end < 0:
                    return at
                at = end + len(closing)
                break
        else:
            return at


def root_name(sample: Sample) -> str | None:
    """Return the local name of the root element of what may be XML, behind comments and a DOCTYPE."""
    text = sample.text
    at = behind_comments(text)
    if text[at : at + 9].upper() == "<!DOCTYPE":
        subset, end = text.find("[", at), text.find(">", at)
        if 0 <= subset < end:
            end = text.find(">", text.find("]", subset))
        at = behind_comments(text, end + 1) if end >= 0 else len(text)
    found = ROOT.match(text, at)
    return found[1] if found else None


def undeclared(text: str) -> str:
    """Return XML without its declaration: what was decoded has no encoding any more."""
    text = text.lstrip("\ufeff \t\r\n")
    found = DECLARATION.match(text)
    return text[found.end() :].lstrip() if found else text


def tree_of(text: str, form: str) -> Element:
    """Parse XML with nothing fetched and no entity that grows.

    The named characters of HTML are read where no DTD is there to declare them.

    Raises:
        RefusedEntity: an entity that is external, that refers to others, or that is long.
        BrokenRecord: anything that is not well-formed.
    """
    from lxml import etree

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
    """Return the names of the entities a document declares, none of which may grow or reach outside.

    Raises:
        RefusedEntity: one that may.
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


def blocks_of(element: Element) -> str:
    """Return the words of an element, each of its blocks a paragraph, `br` a new line."""
    from lxml import etree

    pieces: list[str] = []
    silent = 0
    for event, part in etree.iterwalk(element, events=("start", "end", "comment")):
        name = local(part).lower()
        if event == "start":
            silent += name in SILENT
            pieces.append("\0P" if name in BLOCKS else "\0N" if name == "br" else "")
            if part.text and not silent:
                pieces.append(part.text)
            continue
        if event == "end":
            silent -= name in SILENT
            pieces.append("\0P" if name in BLOCKS else "")
        if part.tail and not silent and part is not element:
            pieces.append(part.tail)
    paragraphs = []
    for block in BLANKS.sub(" ", "".join(pieces)).split("\0P"):
        lines = (" ".join(line.split(" ")).strip(" ") for line in block.split("\0N"))
        if words := "\n".join(lines).strip():
            paragraphs.append(re.sub(r"\n{2,}", "\n\n", words))
    return "\n\n".join(paragraphs)


def html_tree(text: str) -> Element | None:
    """Parse HTML as browsers forgive it; None where nothing is in it."""
    from lxml import etree
    from lxml import html as lxml_html

    text = undeclared(text.replace("\0", ""))
    if not text.strip():
        return None
    parser = lxml_html.HTMLParser(huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def html_words(fragment: str) -> str:
    """Return the words of a piece of HTML as paragraphs; plain text is returned as it is."""
    if "<" not in fragment and "&" not in fragment:
        return fragment
    root = html_tree(fragment)
    return "" if root is None else blocks_of(root)


def elements_in(payload: Buffer, *names: bytes) -> Iterator[tuple[int, int]]:
    """Yield the byte range of each outermost element of these local names, skipping comments and CDATA.

    An element that is never closed runs to the end.
    """
    token = re.compile(
        rb"<!--|<!\[CDATA\[|<(/?)(?:[A-Za-z_][\w.-]{0,40}:)?(?:"
        + b"|".join(map(re.escape, names))
        + rb")(?=[\s/>])"
    )
    at = 0
    start = -1
    depth = 0
    unclosed: set[bytes] = set()
    while match := token.search(payload, at):
        at = match.end()
        opening = match.group()[:4]
        if opening in (b"<!--", b"<![C"):
            mark = b"-->" if opening == b"<!--" else b"]]>"
            # Looked for in vain once, a mark is not looked for again: that would take the square of the time.
            end = -1 if mark in unclosed else payload.find(mark, at)
            if end < 0:
                unclosed.add(mark)
            else:
                at = end + 3
            continue
        at = _tag_end(payload, at)
        if match[1]:
            depth -= depth > 0
            if depth == 0 and start >= 0:
                yield start, at
                start = -1
        elif payload[at - 2 : at] == b"/>":
            if depth == 0:
                yield match.start(), at
        else:
            if depth == 0:
                start = match.start()
            depth += 1
    if start >= 0:
        yield start, len(payload)


def _tag_end(payload: Buffer, at: int) -> int:
    """Return the offset after the `>` of a tag; one between quotation marks is none."""
    limit = payload.find(b"<", at)
    limit = len(payload) if limit < 0 else limit
    first = end = payload.find(b">", at, limit)
    while end >= 0 and (payload[at:end].count(b'"') % 2 or payload[at:end].count(b"'") % 2):
        if end - at > 4096:
            return first + 1
        end = payload.find(b">", end + 1, limit)
    return (end if end >= 0 else first if first >= 0 else at - 1) + 1


def decoded_within(raw: RawDispatch) -> Decoded:
    """Decode a dispatch together with its envelope, whose open elements are closed after it."""
    rules = raw.source.rules
    whole = raw.envelope + raw.payload
    decoded = decode(whole, charset_in(whole) or rules.charset, repairs=rules.repairs)
    if not raw.envelope:
        return decoded
    opened = _left_open(decode(raw.envelope, decoded.encoding, repairs=True).text)
    closing = "".join(f"</{name}>" for name in reversed(opened))
    return Decoded(decoded.text + closing, decoded.encoding, decoded.encoding_from)


def _left_open(text: str) -> list[str]:
    """Return the names of the elements that a beginning of a document leaves open, outermost first."""
    opened: list[str] = []
    at = 0
    while match := TAG.search(text, at):
        at = match.end()
        if match[2] is None:
            mark = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}[match.group()]
            end = text.find(mark, at)
            at = end + len(mark) if end >= 0 else at
        elif match[1]:
            if match[2] in opened:
                while opened.pop() != match[2]:
                    pass
        elif not match[4]:
            opened.append(match[2])
    return opened
