"""What a check found: a level, what was wanted, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from flows.errors import DatelineError

OK, WARNING, PROBLEM = "ok", "warning", "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `dateline doctor`. `wanted` and `remedy` are empty where all is well."""

    check: str
    level: str
    found: str
    wanted: str = ""
    remedy: str = ""

    def lines(self) -> list[str]:
        """Return the finding as it is printed."""
        first = f"{self.level:<8} {self.check}: {self.found}"
        if self.level == OK:
            return [first]
        return [f"{first}; wanted {self.wanted}", f"{'':<9}What to do: {self.remedy}."]

    def as_json(self) -> dict[str, str]:
        """Return the finding in plain types."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Asked:
    """What `dateline doctor` is asked to check. `settings` is what is wrong with the settings file, if it is."""

    output: Path | str
    target: str | None = None
    settings: DatelineError | None = None


Check = Callable[[Asked], Iterable[Finding]]


def of_error(check: str, error: DatelineError, level: str = PROBLEM) -> Finding:
    """Return the finding for an error: its fields where it has them."""
    found = str(getattr(error, "found", error))
    wanted = str(getattr(error, "wanted", "what works"))
    where = getattr(error, "what", None) or getattr(error, "name", None)
    return Finding(check, level, f"{where}: {found}" if where else found, wanted, error.what_to_do())


def of_system(check: str, error: OSError, wanted: str, remedy: str) -> Finding:
    """Return the finding for an error of the operating system."""
    where = f"{error.filename}: " if error.filename else ""
    return Finding(check, PROBLEM, f"{where}{error.strerror or error}", wanted, remedy)
