"""The C kernels under the address and the undefined-behaviour sanitizer: their tests, which compare random shapes with spaCy's network.

    python -m tests.fuzz.kernels [PYTEST OPTIONS]

The package is copied, so that the compiled module in use stays as it is. It needs gcc with libasan. Exits as pytest does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
BUILD = "from setuptools import setup; import sys; sys.argv = ['x', 'build_ext', '--inplace']; setup()"
SANITIZED = "-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"


def main() -> None:
    """See the module."""
    library = subprocess.run(
        ["gcc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in ("flows", "tests", "seeds"):
            shutil.copytree(
                ROOT / name, Path(folder, name), ignore=shutil.ignore_patterns("*.so", "__pycache__")
            )
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, folder)
        env = os.environ | {
            "CFLAGS": SANITIZED,
            "LDFLAGS": "-fsanitize=address,undefined",
            "PYTHONPATH": folder,
        }
        subprocess.run(
            [sys.executable, "-c", BUILD], cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL
        )
        # Python itself and numpy are not instrumented: what they keep to the end is no leak of the kernels.
        env |= {
            "LD_PRELOAD": library.stdout.strip(),
            "ASAN_OPTIONS": "detect_leaks=0",
            "UBSAN_OPTIONS": "print_stacktrace=1",
        }
        tests = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/test_kernels.py",
            *sys.argv[1:],
        ]
        sys.exit(subprocess.run(tests, cwd=folder, env=env, check=False).returncode)


if __name__ == "__main__":
    main()
