"""What DSS found, and which of it has an explanation."""

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final, Self

Said = tuple[str, str]
"""A message of DSS: its key, which stays the same between versions, and its words."""


@dataclass(frozen=True)
class DssToken:
    """What is said about a signature or a timestamp; `raw` holds all of it."""

    raw: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    @property
    def indication(self) -> str:
        """``TOTAL_PASSED``, ``PASSED``, or ``INDETERMINATE NO_POE`` and the like."""
        sub = self.raw["subindication"]
        return f"{self.raw['indication']} {sub}" if sub else str(self.raw["indication"])

    @property
    def passed(self) -> bool:
        return self.indication in {"TOTAL_PASSED", "PASSED"}

    @property
    def errors(self) -> tuple[Said, ...]:
        return _said(self.raw["errors"])

    @property
    def warnings(self) -> tuple[Said, ...]:
        """Warnings, and what does not fit the schema of the format."""
        structure = self.raw.get("structure", ())
        return (*_said(self.raw["warnings"]), *(("STRUCTURE", e) for e in structure))

    @property
    def covers(self) -> tuple[tuple[str, str], ...]:
        """Each document covered, and how."""
        return tuple((each["name"], each["scope"]) for each in self.raw["covers"])


class DssSignature(DssToken):
    """One signature, or one on another."""

    @property
    def level(self) -> str:
        return str(self.raw["level"])

    @property
    def is_counter_signature(self) -> bool:
        return self.raw["parent"] is not None


class DssTimestamp(DssToken):
    """One timestamp."""

    @property
    def type(self) -> str:
        return str(self.raw["type"])


@dataclass(frozen=True)
class DssVerdict:
    """All that DSS found in a file; `raw` has its three reports where asked for."""

    signatures: tuple[DssSignature, ...]
    timestamps: tuple[DssTimestamp, ...]
    raw: dict[str, Any]

    @classmethod
    def read(cls, found: dict[str, Any]) -> Self:
        signatures = tuple(map(DssSignature, found["signatures"]))
        return cls(signatures, tuple(map(DssTimestamp, found["timestamps"])), found)

    @property
    def tokens(self) -> tuple[DssToken, ...]:
        return (*self.signatures, *self.timestamps)

    def told(self) -> str:
        """Return all that DSS says, for whoever reads why a test failed."""
        return "\n".join(
            f"{each.id[:8]} {each.indication}: {each.errors} {each.warnings}"
            for each in self.tokens
        )


def _said(messages: list[dict[str, str]]) -> tuple[Said, ...]:
    return tuple((each["key"], each["text"]) for each in messages)


@dataclass(frozen=True)
class Explained:
    """Where DSS says more than that all is well, and a clause says that it may."""

    cases: tuple[str, ...]
    says: frozenset[str]
    verdict: str
    reason: str

    def is_about(self, case: str) -> bool:
        return any(fnmatch(case, each) for each in self.cases)


def _read() -> tuple[Explained, ...]:
    here = Path(__file__).parents[2] / "conformance/divergences.toml"
    read = tomllib.loads(here.read_text(encoding="utf-8"))
    return tuple(
        Explained(
            tuple(each["cases"]),
            frozenset(each["says"]),
            each.get("verdict", ""),
            each["reason"].strip(),
        )
        for each in read["dss"]
    )


EXPLAINED: Final = _read()
"""All that DSS says about what we sign, with reasons; names may end in an asterisk."""


def expected_of(case: str) -> tuple[set[str], set[str]]:
    """Return what DSS has to say about a case, and the verdicts it then comes to."""
    entries = [each for each in EXPLAINED if each.is_about(case)]
    said = {key for each in entries for key in each.says}
    return said, {each.verdict for each in entries if each.verdict}


def found_in(verdict: DssVerdict) -> tuple[set[str], set[str]]:
    """Return what DSS did say, and every verdict that is not a pass."""
    said = {k for each in verdict.tokens for k, _ in (*each.errors, *each.warnings)}
    return said, {each.indication for each in verdict.tokens if not each.passed}
