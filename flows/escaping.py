"""Text of a dispatch, a file name or a server as it may be shown: on a terminal, in a log, in JSON, in Markdown.

A dispatch may contain escape sequences that move the cursor, set the title of a terminal or hide what follows,
and characters that reverse the order of what is read. Everything that is shown passes through this module; the
tables keep the text as it is.
"""

from __future__ import annotations

import re
import traceback
import unicodedata
from collections.abc import Callable

BLANK_LETTERS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0]")
"""Letters and marks that take no ink, and that `str.isprintable` counts as printable.

Source: Default_Ignorable_Code_Point in DerivedCoreProperties.txt of Unicode 16, without the variation selectors,
which follow an emoji.
"""

BACKTICKS = re.compile("`+")


def visible(text: str) -> str:
    r"""Return the text on one line, with what cannot be seen as an escape: `\n`, `\x1b`, `\u202e`.

    Escaped are controls, line and paragraph separators, format characters (bidirectional, zero-width, tags),
    halves of surrogate pairs, private and unassigned code points, and BLANK_LETTERS. Spaces of all kinds stay, and
    so does a backslash: the result is to be read, and not to be decoded.
    """
    return _escaped(text, _python_escape)


def visible_lines(text: str) -> str:
    """Return the text as `visible` does, but with its line feeds."""
    return "\n".join(map(visible, text.split("\n")))


def visible_traceback(error: BaseException) -> str:
    """Return the traceback of an error as Python prints it, each message on one line: it may quote a dispatch."""
    pieces = traceback.TracebackException.from_exception(error).format()
    # Python writes the lines of the stack, which begin with spaces, and its own sentences, which begin a paragraph.
    return "".join(
        visible_lines(piece) if piece.startswith((" ", "\n")) else f"{visible(piece.removesuffix(chr(10)))}\n"
        for piece in pieces
    )


def visible_json(text: str) -> str:
    r"""Return JSON on one line that decodes to the same value and shows what cannot be seen as `\u202e`.

    In JSON such characters are within strings only, if it has no line breaks between its tokens.
    """
    return _escaped(text, _json_escape)


def in_quotes(text: str) -> str:
    """Return the text as the value of `key=value`: visible, and in quotation marks if it could be taken for more than one."""
    shown = visible(text)
    if shown and not any(character in shown for character in ' "='):
        return shown
    return '"' + shown.replace('"', '\\"') + '"'


def as_code(text: str) -> str:
    """Return the text as a code span of Markdown, in which nothing is a link, an element of HTML or a heading.

    Source: https://spec.commonmark.org/0.31.2/#code-spans
    """
    shown = visible(text)
    longest = max(map(len, BACKTICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if not shown.strip() or "`" in (shown[0], shown[-1]) else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def _escaped(text: str, escape: Callable[[str], str]) -> str:
    if text.isprintable() and not BLANK_LETTERS.search(text):
        return text
    return "".join(character if _is_visible(character) else escape(character) for character in text)


def _is_visible(character: str) -> bool:
    if character.isprintable():
        return not BLANK_LETTERS.match(character)
    return unicodedata.category(character) == "Zs"


def _python_escape(character: str) -> str:
    return ascii(character)[1:-1]


def _json_escape(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
