"""What was found in some bytes, without any secret that was in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from idwallet.codec.json import JsonValue

HIDDEN: Final = "(private, not shown)"

# RFC 7518 §6.2.2, §6.3.2, §6.4.1; RFC 8037 §2; RFC 9964 §3.
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})


@dataclass(frozen=True, slots=True)
class Part:
    """One decoded part under its title.

    A table is a list of objects that all have the same members.
    """

    title: str
    value: JsonValue
    is_table: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What the bytes are, in words, and their parts in order.

    Private members of keys are taken out when it is made, wherever they stand.
    """

    kind: str
    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        """Take private keys out."""
        public = tuple(
            Part(each.title, without_secrets(each.value), each.is_table)
            for each in self.parts
        )
        object.__setattr__(self, "parts", public)

    def to_json(self) -> dict[str, object]:
        """Return it as a JSON document."""
        return {
            "verified": False,
            "kind": self.kind,
            "parts": [
                {"title": each.title, "value": each.value} for each in self.parts
            ],
        }

    def inside(self, where: str) -> Iterator[Part]:
        """Yield the parts with a title that says what they stand in."""
        for each in self.parts:
            yield Part(f"{where}: {each.title}", each.value, each.is_table)


def without_secrets(value: JsonValue) -> JsonValue:
    """Return the value with the private members of every JWK in it hidden."""
    if isinstance(value, list):
        return [without_secrets(each) for each in value]
    if not isinstance(value, dict):
        return value
    is_key = "kty" in value
    return {
        name: HIDDEN if is_key and name in _PRIVATE else without_secrets(member)
        for name, member in value.items()
    }
