"""A JSON object that its holder cannot change, at no cost until it is looked into."""

from collections.abc import Iterator, Mapping

from idwallet.codec.json import JsonObject, JsonValue


class FrozenObject(Mapping[str, JsonValue]):
    """A read-only JSON object.

    Lists and objects in it are handed out as copies, so nothing reaches into it, and
    nothing is copied before it is asked for. Equal to any mapping of equal members.
    """

    __slots__ = ("_values",)

    def __init__(self, values: JsonObject) -> None:
        """Take over `values`; nobody else may hold it."""
        self._values = values

    def __getitem__(self, name: str) -> JsonValue:
        """Return the value; KeyError when there is no such member."""
        return _copied(self._values[name])

    def __contains__(self, name: object) -> bool:
        """Say whether there is such a member, without copying it."""
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        """Yield the names in the order received."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return how many members there are."""
        return len(self._values)

    def __repr__(self) -> str:
        """Show the number of members only: names and values may be personal data."""
        return f"{type(self).__name__}(<{len(self._values)} members>)"


def _copied(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {name: _copied(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_copied(each) for each in value]
    return value
