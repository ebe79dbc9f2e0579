"""A page in one file: its style, its code and its data, and no address of anything else.

The browser is told by a Content Security Policy that only the scripts of the page may run, and that nothing may be requested. Data
and vendored code are gzip in base64, which is a third of their size; `web/shared/packed.js` reads them. The entry starts as soon as
the data that it needs is there, before the rest of the page is read.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

import jinja2
import orjson
from markupsafe import Markup

from flows.escaping import visible

WEB: Traversable = resources.files("flows.report.web")
SHARED = ("shared/packed.js", "shared/charts.js", "shared/dom.js")

COMPRESSION = 6
"""Level of gzip. 9 makes vendored code 1 % smaller and takes four times as long."""


@dataclass(frozen=True, slots=True)
class Page:
    """A kind of page: names of files below `web`, with `/`.

    `template` fills the blocks of `shared/page.html`. `modules` are imported by each other as `dateline/<name>`, `entry` is the one
    that starts. `packed` are vendored files, by the name under which `packed.js` reads them.
    """

    template: str
    entry: str
    modules: Sequence[str] = ()
    styles: Sequence[str] = ()
    packed: Mapping[str, str] = field(default_factory=dict)

    def html(
        self,
        data: Mapping[str, Any],
        later: Mapping[str, Any] = MappingProxyType({}),
        /,
        **shown: Any,
    ) -> str:
        """Return the page.

        `data` are its blocks, packed in this order: bytes as they are, else as JSON. `later` are blocks that the entry does not wait for: it
        starts while the browser still reads them. `shown` are the variables of the template, which are escaped.
        """
        imports = orjson.dumps(
            {"imports": {f"dateline/{name}": _module(name) for name in (*SHARED, *self.modules, self.entry)}}
        ).decode()
        start = f'import "dateline/{self.entry}";'
        return (
            _templates()
            .get_template(self.template)
            .render(
                policy=_policy(imports, start),
                imports=Markup(imports),  # noqa: S704  # JSON of names and base64
                start=Markup(start),  # noqa: S704  # a name of a file
                style=Markup("\n".join(_text(name) for name in ("shared/page.css", *self.styles))),  # noqa: S704  # files of the package
                vendored={name: _vendored(file) for name, file in self.packed.items()},
                data=_blocks(data),
                later=_blocks(later),
                **shown,
            )
        )


def _policy(*scripts: str) -> str:
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {allowed} data: blob:; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _text(name: str) -> str:
    return WEB.joinpath(*name.split("/")).read_text(encoding="utf-8")


def _module(name: str) -> str:
    return f"data:text/javascript;base64,{base64.b64encode(_text(name).encode()).decode()}"


@cache
def _vendored(name: str) -> str:
    return _packed(_text(name).encode())


def _blocks(data: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: _packed(block if isinstance(block, bytes) else orjson.dumps(block))
        for name, block in data.items()
    }


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, COMPRESSION, mtime=0)).decode()


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(_text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "visible": visible,
        "number": "{:,}".format,
        "decimal": "{:,.1f}".format,
        "share": "{:.1%}".format,
    }
    return made
