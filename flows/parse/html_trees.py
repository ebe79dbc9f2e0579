"""HTML as a tree and as words: each block of text is a paragraph."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from flows.errors import BrokenRecord
from flows.parse.xml_trees import Element, local, undeclared

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
USUAL_DEPTH = 250
MAX_DEPTH = 2040
"""Below the limits of libxml2, 256 elements and 2,048 with `huge_tree`: at them it drops the rest of a page and reports nothing."""

BLANKS = re.compile(r"[ \t\r\n\f\v]+")


def blocks_of(element: Element) -> str:
    """Return the words of an element, each of its blocks a paragraph, `br` a new line."""
    # Here: only files of XML and HTML need lxml, which takes 20 ms to import.
    from lxml import etree  # noqa: PLC0415  # start-up

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
    """Parse HTML as leniently as browsers do; None if it is empty.

    Raises:
        BrokenRecord: nested deeper than MAX_DEPTH, after which libxml2 stops without an error.
    """
    # Here: only files of XML and HTML need lxml, which takes 20 ms to import.
    from lxml import etree  # noqa: PLC0415  # start-up
    from lxml import html as lxml_html  # noqa: PLC0415  # start-up

    text = undeclared(text.replace("\0", ""))
    if not text.strip():
        return None
    parser = lxml_html.HTMLParser(huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    if is_deep(root) and _depth_of(root) > MAX_DEPTH:
        raise BrokenRecord("html", f"elements nested more than {MAX_DEPTH:,} deep", "fewer")
    return root


def is_deep(root: Element) -> bool:
    """Return True if elements are nested so deep that a parser with libxml2's usual limit loses what follows."""
    return bool(_deeper_than(USUAL_DEPTH)(root))


@cache
def _deeper_than(depth: int) -> Any:
    from lxml import etree  # noqa: PLC0415  # start-up

    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


def _depth_of(root: Element) -> int:
    from lxml import etree  # noqa: PLC0415  # start-up

    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def html_words(fragment: str) -> str:
    """Return the words of a piece of HTML as paragraphs; plain text is returned as it is."""
    if "<" not in fragment and "&" not in fragment:
        return fragment
    root = html_tree(fragment)
    return "" if root is None else blocks_of(root)
