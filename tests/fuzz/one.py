"""One target in one process: executes it on changed inputs, and writes what it found and how much it did.

    python -m tests.fuzz.one TARGET FOLDER SECONDS EXECUTIONS SEED {coverage|random}

`coverage` needs atheris, which guides the changes by the branches of `flows` that an input reaches.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import time
import traceback
from pathlib import Path
from typing import Any

MAX_CPU_SECONDS = 2.0
"""An input that takes more time of the processor is a finding; inputs have 64 KiB at most."""

STATED_EVERY = 2.0


class Recorder:
    """Executes a target, keeps each finding once, and states the progress in `stats.json`."""

    def __init__(self, target: Any, folder: Path) -> None:
        self._target = target
        self._folder = folder
        self.executions = 0
        self._cpu_before = time.process_time()
        self._began = time.monotonic()
        self._stated = 0.0
        self._findings: dict[str, str] = {}
        self._slowest = 0.0

    def execute(self, data: bytes) -> None:
        began = time.process_time()
        try:
            self._target.check(data)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
            frames = traceback.extract_tb(error.__traceback__)
            where = [f"{Path(f.filename).name}:{f.lineno}" for f in frames][-3:]
            self._keep(f"{type(error).__name__} {' '.join(where)}", data, traceback.format_exc())
        spent = time.process_time() - began
        self._slowest = max(self._slowest, spent)
        if spent > MAX_CPU_SECONDS:
            self._keep(f"slow {int(spent)} s", data, f"{spent:.1f} s of the processor\n")
        self.executions += 1
        if time.monotonic() - self._stated > STATED_EVERY:
            self.state()

    def _keep(self, what: str, data: bytes, why: str) -> None:
        if what in self._findings or len(self._findings) > 200:
            return
        name = hashlib.sha256(what.encode()).hexdigest()[:12]
        self._findings[what] = name
        (self._folder / f"finding-{name}.bin").write_bytes(data)
        (self._folder / f"finding-{name}.txt").write_text(f"{self._target.name}: {what}\n{why}")

    def state(self) -> None:
        self._stated = time.monotonic()
        said = {
            "target": self._target.name,
            "executions": self.executions,
            "seconds": round(time.monotonic() - self._began, 1),
            "cpu_seconds": round(time.process_time() - self._cpu_before, 1),
            "slowest": round(self._slowest, 2),
            "findings": self._findings,
        }
        (self._folder / "stats.json").write_text(json.dumps(said))


def run_randomly(recorder: Recorder, target: Any, seconds: float, executions: int, seed: int) -> None:
    """Change samples at random until the time or the number of executions is over."""
    from tests.fuzz.mutation import mutated  # noqa: PLC0415  # after what it may instrument

    chance = random.Random(seed)  # noqa: S311  # the same inputs again from the same seed
    inputs = target.samples(with_shared=True) or (b"",)
    end = time.monotonic() + seconds
    while recorder.executions < executions and time.monotonic() < end:
        recorder.execute(mutated(chance.choice(inputs), chance, inputs))
    recorder.state()


def main() -> None:
    """See the module."""
    name, folder, seconds, executions, seed, guided = sys.argv[1:]
    place = Path(folder)
    if guided == "random":
        from tests.fuzz.targets import BY_TARGET  # noqa: PLC0415

        run_randomly(
            Recorder(BY_TARGET[name], place), BY_TARGET[name], float(seconds), int(executions), int(seed)
        )
        return
    import atheris  # noqa: PLC0415  # an extra

    with atheris.instrument_imports(include=["flows"]):
        from tests.fuzz.targets import BY_TARGET  # noqa: PLC0415
    from tests.fuzz.mutation import MAX_BYTES, mutated  # noqa: PLC0415

    target = BY_TARGET[name]
    inputs = target.samples(with_shared=True) or (b"",)
    corpus = place / "corpus"
    corpus.mkdir(exist_ok=True)
    for data in inputs:
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data[:MAX_BYTES])
    recorder = Recorder(target, place)

    def changed(data: bytes, max_size: int, seed: int) -> bytes:
        if seed % 2:
            return bytes(atheris.Mutate(data, max_size))
        chance = random.Random(seed)  # noqa: S311
        return mutated(data, chance, inputs)[:max_size]

    atheris.Setup(
        [
            "fuzz",
            str(corpus),
            f"-max_total_time={int(float(seconds))}",
            f"-runs={executions}",
            f"-seed={seed}",
            f"-max_len={MAX_BYTES}",
            "-timeout=120",
            "-rss_limit_mb=3000",
            f"-artifact_prefix={place}/",
        ],
        recorder.execute,
        custom_mutator=changed,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
