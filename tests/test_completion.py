"""Shell completion, driven by real shells: commands, options, and values of options and arguments."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.parse.headers import BY_NAME
from flows.tables import TABLES
from flows.warehouse.dialects import DIALECTS

from .conftest import dateline
from .processes import program

BIN = Path(sys.executable).parent

IN_BASH = """
eval "$(dateline completion bash)"
COMP_WORDS=({words})
COMP_CWORD={at}
_dateline_completion dateline
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

IN_ZSH = """
autoload -U compinit && compinit -u
eval "$(dateline completion zsh)"
compadd() {{ print -l -- ${{(P)@[-1]}} }}
# As the function of zsh reads the array that its third argument names: a value ends before a colon without a backslash.
_describe() {{ for each in ${{(P)3}}; do each=${{each//\\\\:/$'\\x01'}}; print -r -- ${{${{each%%:*}}//$'\\x01'/:}}; done }}
words=({words})
CURRENT={number}
_dateline_completion
"""

IN_FISH = """
dateline completion fish | source
complete --do-complete '{line}'
"""


def completed(shell: str, line: str) -> list[str]:
    """What a shell offers for the last word of a line; the word may be empty."""
    program(shell)
    words = line.split(" ")
    quoted = " ".join(f"'{word}'" for word in words)
    script = {"bash": IN_BASH, "zsh": IN_ZSH, "fish": IN_FISH}[shell].format(
        words=quoted, at=len(words) - 1, number=len(words), line=line
    )
    env = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [shell, "-c", script], capture_output=True, text=True, env=env, timeout=300, check=False
    )
    assert done.stderr == ""
    return [each.split("\t")[0] for each in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("dateline ex", ["explain"]),
        ("dateline run --max-r", ["--max-reject-share"]),
        ("dateline run --format iptc", sorted(each for each in BY_NAME if each.startswith("iptc"))),
        ("dateline run --date-order ", ["dmy", "mdy"]),
        ("dateline run --fields times,cl", ["times,claims"]),
        ("dateline run --fields h", ["header"]),
        ("dateline schema story", [table.name for table in TABLES if table.name.startswith("story")]),
        ("dateline sql s", [name for name in DIALECTS if name.startswith("s")]),
        ("dateline load d", ["duckdb:///", "delta:"]),
        ("dateline completion ", ["bash", "zsh", "fish"]),
    ],
)
def test_a_shell_offers_what_fits(shell, line, offered):
    assert sorted(completed(shell, line)) == sorted(offered)


def test_a_wrong_settings_file_does_not_break_completion(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("dateline.toml").write_text("[run\n")

    assert completed("bash", "dateline exp") == ["explain"]


def test_bash_completes_sources_and_outputs_as_paths(tmp_path, monkeypatch):
    """Click leaves them to the shell: a path is offered by `compgen`, not by the command."""
    monkeypatch.chdir(tmp_path)
    Path("inbox").mkdir()
    Path("inbox.txt").touch()
    script = IN_BASH.replace("\n_dateline", "\ncompopt() {{ printf '%s\\n' \"$@\"; }}\n_dateline")
    env = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}

    def asked(words: str, at: int) -> list[str]:
        command = ["bash", "-c", script.format(words=words, at=at)]
        return subprocess.run(command, capture_output=True, text=True, env=env, check=True).stdout.split()

    assert asked("dateline run inb", 2) == ["-o", "default"]
    assert asked("dateline run --output inb", 3) == ["-o", "dirnames"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed_whether_or_not_the_shell_is_there(shell):
    done = dateline("completion", shell)

    assert done.returncode == 0, done.stderr
    assert b"_dateline_completion" in done.stdout
    assert f"_DATELINE_COMPLETE={shell}_complete".encode() in done.stdout
