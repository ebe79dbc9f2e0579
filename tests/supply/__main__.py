"""Print the licences or the bill of materials."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from typing import Any

from flows import __version__
from tests.supply.locks import DATA, DEVELOPMENT, ROOT, RUNTIME, licence_of, locked_in


def licences() -> str:
    """Return the table of licences."""
    runtime = {each.name for each in locked_in(RUNTIME)}
    rows = [("package", "version", "for", "licence", "address")]
    for each in sorted(
        {*locked_in(RUNTIME), *locked_in(DEVELOPMENT)}, key=lambda each: (each.name not in runtime, each.name)
    ):
        use = "runtime" if each.name in runtime else "development"
        rows.append((each.name, each.version, use, licence_of(each.name) or "unknown", _address(each.name)))
    rows += [(name, "", "data", f"{licence} ({what})", address) for name, what, licence, address in DATA]
    for path in sorted((ROOT / "flows" / "enrich" / "lexicons").glob("*.*")):
        for line in path.read_text().splitlines():
            if line.startswith("# Source: "):
                rows.append((path.name, "", "lexicon", line.removeprefix("# Source: "), ""))
    widths = [
        max(len(row[column]) for row in rows if row[2] != "lexicon" or column == 0) for column in range(3)
    ]
    return "\n".join(
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), *row[3:])).rstrip()
        for row in rows
    )


def _address(name: str) -> str:
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    links = dict(each.split(", ", 1) for each in found.get_all("Project-URL", []) if ", " in each)
    wanted = ("homepage", "source", "repository", "source code", "github")
    known = {label.lower(): link for label, link in links.items()}
    return found.get("Home-page") or next((known[each] for each in wanted if each in known), "")


def bill() -> dict[str, Any]:
    """Return the bill of materials of the runtime lock."""
    components = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{each.name}@{each.version}",
            "name": each.name,
            "version": each.version,
            "purl": f"pkg:pypi/{each.name}@{each.version}",
            "licenses": [{"expression": licence_of(each.name)}],
            "properties": [{"name": "dateline:sha256", "value": digest} for digest in each.digests],
        }
        for each in locked_in(RUNTIME)
    ]
    root = {"type": "application", "bom-ref": "dateline", "name": "dateline", "version": __version__}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": root | {"licenses": [{"license": {"id": "Apache-2.0"}}]}},
        "components": components,
    }


def main() -> None:
    """See the package."""
    if sys.argv[1:] == ["licences"]:
        print(licences())  # noqa: T201
    elif sys.argv[1:] == ["sbom"]:
        print(json.dumps(bill(), indent=1))  # noqa: T201
    else:
        sys.exit("usage: python -m tests.supply licences|sbom")


if __name__ == "__main__":
    main()
