"""Write what the pages are drawn with: bundles of JavaScript packages, the outlines of countries, and their licences.

Run by `make vendor`, after `npm ci` in a copy of `flows/report/web/vendor`, with that copy.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "flows" / "report" / "web" / "vendor"
BUNDLES = ("charts", "maps", "parquet")
BUILD_ONLY = frozenset({"esbuild"})


def main(installed: Path) -> None:
    """Bundle, copy, and list the licences."""
    modules = installed / "node_modules"
    for name in BUNDLES:
        subprocess.run(
            [
                modules / ".bin" / "esbuild",
                installed / f"{name}.entry.js",
                "--bundle",
                "--format=esm",
                "--minify",
                "--legal-comments=none",
                "--log-level=warning",
                f"--outfile={VENDOR / name}.js",
            ],
            check=True,
        )
    shutil.copyfile(modules / "world-atlas" / "countries-50m.json", VENDOR / "countries.json")
    (VENDOR / "LICENSES.txt").write_text(licences(modules))


def licences(modules: Path) -> str:
    """Return name, version, licence and notice of each package."""
    found = ["Packages from which charts.js, maps.js, parquet.js and countries.json are made.\n"]
    for manifest in sorted(modules.glob("*/package.json")):
        package = json.loads(manifest.read_text())
        if package["name"] in BUILD_ONLY:
            continue
        notices = sorted(
            path for path in manifest.parent.iterdir() if path.name.upper().startswith(("LICENSE", "LICENCE"))
        )
        text = "\n".join(path.read_text().strip() for path in notices)
        found.append(f"{'=' * 80}\n{package['name']} {package['version']} ({package['license']})\n\n{text}\n")
    return "\n".join(found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
