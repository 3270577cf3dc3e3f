"""TOML tables whose members are taken one by one, each of its type."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from idwallet.cli.faults import CommandFault, input_fault, name_of
from idwallet.cli.files import read_input

_BYTES: Final = 1_048_576
_Value = TypeVar("_Value")


def read_toml(source: str) -> "Table":
    """Return the table that a TOML file is.

    Raises:
        CommandFault: it cannot be read, or is no TOML.
    """
    data = read_input(source, max_bytes=_BYTES)
    try:
        values = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "no text"
        raise input_fault(f"{name_of(source)}: not TOML: {why}") from error
    return Table(values, file=source, at="")


class Table:
    """The members of a TOML table, each taken once and of its type."""

    def __init__(self, values: dict[str, object], *, file: str, at: str) -> None:
        """Take the values of the table at that place of a file."""
        self._left = dict(values)
        self._file = file
        self._at = at

    def take(self, name: str, kind: type[_Value], *, default: _Value) -> _Value:
        """Take a value of exactly that type, or the default of an absent one."""
        found = self._left.pop(name, default)
        if type(found) is not kind:
            raise self.fault(name, f"not of the type {kind.__name__}")
        return found

    def required(self, name: str, kind: type[_Value]) -> _Value:
        """Take a value of exactly that type."""
        if name not in self._left:
            raise self.fault(name, "absent")
        found = self._left.pop(name)
        if type(found) is not kind:
            raise self.fault(name, f"not of the type {kind.__name__}")
        return found

    def texts(self, name: str) -> list[str]:
        """Take a list of texts; an absent one is empty."""
        found: list[object] = self.take(name, list, default=[])
        if not all(isinstance(each, str) for each in found):
            raise self.fault(name, "not a list of texts")
        return [str(each) for each in found]

    def moment(self, name: str, default: datetime | None) -> datetime | None:
        """Take a moment in UTC."""
        if name not in self._left:
            return default
        found = self.required(name, datetime)
        if found.utcoffset() != timedelta():
            raise self.fault(name, "not a moment in UTC like 2026-11-24T12:00:00Z")
        return found.astimezone(UTC)

    def tables(self, name: str) -> Iterator["Table"]:
        """Take a list of tables; an absent one is empty."""
        found: list[object] = self.take(name, list, default=[])
        for n, each in enumerate(found):
            at = f"{name}[{n}]"
            if not isinstance(each, dict):
                raise self.fault(at, "not a table")
            yield Table(each, file=self._file, at=f"{at}.")

    def done(self) -> None:
        """Return only if nothing is left."""
        for name in self._left:
            raise self.fault(name, "not known here")

    def fault(self, name: str, what: str) -> CommandFault:
        """Return what is wrong with a member."""
        return input_fault(f"{name_of(self._file)}: {self._at}{name}: {what}")
