"""Changes that keep some of the structure of a file: its lines, blocks, tags, numbers and line ends."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

MAX_BYTES = 1 << 16
"""Size of an input at most, so that thousands are tried in a second. Growth is the subject of other tests."""

TOKENS = (
    b"\0", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;",
    b"<?xml version='1.0' encoding='utf-16'?>", b"charset=utf-7", b"=?x?b?!!?=", b"\x16\x16\x01", b"\x02", b"\x03", b"\x04",
    b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"Content-Length: -1\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n", b"\r\n\r\n", b"\n\n", b"{", b"[", b'"', b"\\ud800", b"\\u0000", b"NaN", b"1e999", b"-" * 70, b"9" * 400, b"null", b"true",
    b"31 Feb 2020", b"0000-00-00", b"9999-12-31T23:59:59-23:59", b"0001-01-01T00:00:00+23:59", b"99999999999999", b"2020-02-20T25:61:61+99:99",
    b"\xe2\x80\xa8", b"\xc2\x85", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xcc\x81" * 40, b"\xd9\xa3", b"\xc2\xb2", b"---\n", b"&a *a !!b", b"(", b"((((((((",
    b" " * 300, b"\n" * 300, b"<!--a-->" * 40, b"<?a?> " * 40, b"<a>" * 100, b"[" * 200, b'{"a":' * 200, b'"' * 99, b"From a b c\nA: b\n", b"###\n", b"<p>", b"</p>",
    b"<div>" * 50, b"\t" * 30, b"date 2020-02-20 ", b"% sql --comment ' \"; <script>", b"../", b"/dev/null", b"\x1b[2J",
)  # fmt: skip

NUMBERS = (
    b"0",
    b"-1",
    b"00",
    b"1",
    b"255",
    b"256",
    b"65536",
    b"2147483648",
    b"9223372036854775808",
    b"1e309",
    b"9" * 30,
    b"0.5",
    b"",
)

SEPARATORS = (b"\n\n", b"\n", b"\n", b"<", b">", b",", b"\t", b" ", b"\x02", b"\r\n\r\n", b'"', b":")
DIGITS = re.compile(rb"[0-9]+")
ENCODINGS = ("utf-16", "utf-16-be", "utf-8-sig", "latin-1", "cp1252", "utf-32", "utf-7")


def cut_out(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    start, end = _range(data, chance)
    return data[:start] + data[end:]


def repeat(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    start, end = _range(data, chance)
    return data[:start] + data[start:end] * chance.choice((2, 2, 3, 50)) + data[end:]


def flip_bit(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def overwrite(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    start, end = _range(data, chance)
    return data[:start] + chance.randbytes(end - start) + data[end:]


def add_token(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(TOKENS) + data[at:]


def splice(data: bytes, chance: random.Random, samples: Sequence[bytes]) -> bytes:
    other = chance.choice(samples)
    (start, end), (first, last) = _range(data, chance), _range(other, chance, 200)
    return data[:start] + other[first:last] + data[end:]


def truncate(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    return data[: chance.randint(0, len(data))]


def change_number(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    found = list(DIGITS.finditer(data))
    if not found:
        return data
    number = chance.choice(found)
    return data[: number.start()] + chance.choice(NUMBERS) + data[number.end() :]


def move_parts(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    """Swap, double or drop a line, a block, a tag or a field."""
    separator = chance.choice(SEPARATORS)
    parts = data.split(separator)
    a, b = chance.randrange(len(parts)), chance.randrange(len(parts))
    kind = chance.randrange(3)
    if kind == 0:
        parts[a], parts[b] = parts[b], parts[a]
    elif kind == 1:
        parts.insert(a, parts[b])
    else:
        del parts[a]
    return separator.join(parts)


def swap_head(data: bytes, chance: random.Random, samples: Sequence[bytes]) -> bytes:
    """Put the header of another sample before the text of this one."""
    separator = chance.choice((b"\n\n", b"\r\n\r\n", b">", b"\n"))
    return chance.choice(samples).partition(separator)[0] + separator + data.partition(separator)[2]


def change_line_ends(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\r", b" \n")))


def change_case(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    start, end = _range(data, chance, 100)
    return (
        data[:start] + chance.choice((bytes.upper, bytes.lower, bytes.swapcase))(data[start:end]) + data[end:]
    )


def encode_again(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    return data.decode(errors="replace").encode(chance.choice(ENCODINGS), errors="replace")


CHANGES: tuple[Callable[[bytes, random.Random, Sequence[bytes]], bytes], ...] = (
    cut_out, repeat, flip_bit, overwrite, add_token, add_token, splice, splice, truncate, change_number, change_number,
    move_parts, move_parts, move_parts, swap_head, change_line_ends, change_case, encode_again,
)  # fmt: skip


def mutated(data: bytes, chance: random.Random, samples: Sequence[bytes]) -> bytes:
    """Return the data with one to six changes; pieces of the samples are put into it."""
    for _ in range(chance.randint(1, 6)):
        data = chance.choice(CHANGES)(data, chance, samples)
    return data[:MAX_BYTES]


def _range(data: bytes, chance: random.Random, mean: int = 40) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, min(len(data), start + int(chance.expovariate(1 / mean)))
