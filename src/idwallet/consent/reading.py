"""Members of the JSON forms of this layer, read strictly: nothing may be extra."""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final, NoReturn, TypeVar

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.numeric_date import numeric_date
from idwallet.credentials.paths import ClaimPath, is_pointer
from idwallet.errors import LimitError, MalformedError

_Read = TypeVar("_Read")
_Code = TypeVar("_Code", bound=StrEnum)
_DIGEST_BYTES: Final = 32
_MOST: Final = 2**53 - 1  # RFC 8259 section 6: what is digested has no larger one


class Members:
    """One JSON object whose members are taken one by one; `done` finds what is left.

    `at` is its place, `clause` what it breaks where it is malformed.
    """

    __slots__ = ("_left", "at", "clause")

    def __init__(self, value: JsonValue, *, at: str, clause: str) -> None:
        """Take an object.

        Raises:
            MalformedError: it is none.
        """
        self.at = at
        self.clause = clause
        if not isinstance(value, dict):
            self._refuse("no object", "")
        self._left: JsonObject = dict(value)

    def _refuse(self, what: str, name: str) -> NoReturn:
        raise MalformedError(what, at=f"{self.at}/{name}", clause=self.clause)

    def done(self) -> None:
        """Return only if every member was taken.

        Raises:
            MalformedError: one is left that this version does not know.
        """
        if self._left:
            self._refuse("a member that is not known", "")

    def has(self, name: str) -> bool:
        """Whether a member of that name is there and was not taken."""
        return name in self._left

    def take(self, name: str) -> JsonValue:
        """Return a member that must be there."""
        if name not in self._left:
            self._refuse("a member is missing", name)
        return self._left.pop(name)

    def text(self, name: str) -> str:
        """Return a text, of at most `limits.LEDGER_TEXT_CHARACTERS`."""
        value = self.take(name)
        if not isinstance(value, str):
            self._refuse("no text", name)
        if len(value) > limits.LEDGER_TEXT_CHARACTERS:
            at = f"{self.at}/{name}"
            raise LimitError("a text is too long", at=at, clause=self.clause)
        return value

    def long_text(self, name: str) -> str:
        """Return a text that is bounded by what it stands in."""
        value = self.take(name)
        if not isinstance(value, str):
            self._refuse("no text", name)
        return value

    def expect(self, name: str, text: str) -> None:
        """Return only if a member holds exactly that text, as a version is."""
        if self.take(name) != text:
            self._refuse("not the one that is known here", name)

    def code(self, name: str, kind: type[_Code]) -> _Code:
        """Return a code of a closed list."""
        text = self.text(name)
        if text not in kind._value2member_map_:
            self._refuse("a code that is not known", name)
        return kind(text)

    def maybe(self, name: str, read: Callable[[str], _Read]) -> _Read | None:
        """Return what `read` makes of a member, None where there is none."""
        return read(name) if name in self._left else None

    def number(self, name: str) -> int:
        """Return a number that counts something, exact to every reader of JSON."""
        value = self.take(name)
        if type(value) is not int or not 0 <= value <= _MOST:
            self._refuse("no number", name)
        return value

    def boolean(self, name: str) -> bool:
        """Return whether."""
        value = self.take(name)
        if not isinstance(value, bool):
            self._refuse("neither true nor false", name)
        return value

    def moment(self, name: str) -> datetime:
        """Return a NumericDate as a moment."""
        moment = numeric_date(self.take(name))
        if moment is None:
            self._refuse("no moment", name)
        return moment

    def octets(self, name: str) -> bytes:
        """Return what a base64url text spells."""
        value = self.take(name)
        if not isinstance(value, str):
            self._refuse("no text", name)
        return b64.decode(value, at=f"{self.at}/{name}", clause=self.clause)

    def digest(self, name: str) -> bytes:
        """Return a SHA-256 digest."""
        found = self.octets(name)
        if len(found) != _DIGEST_BYTES:
            self._refuse("no SHA-256 digest", name)
        return found

    def items(self, name: str, bound: int) -> list[JsonValue]:
        """Return a list of at most `bound`; one that is not there is empty."""
        value = self._left.pop(name, [])
        if not isinstance(value, list):
            self._refuse("no list", name)
        if len(value) > bound:
            at = f"{self.at}/{name}"
            raise LimitError("too many of them", at=at, clause=self.clause)
        return value

    def objects(self, name: str, bound: int) -> list["Members"]:
        """Return a list of objects."""
        return [
            Members(each, at=f"{self.at}/{name}/{n}", clause=self.clause)
            for n, each in enumerate(self.items(name, bound))
        ]

    def object(self, name: str) -> "Members":
        """Return an object that must be there."""
        return Members(self.take(name), at=f"{self.at}/{name}", clause=self.clause)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        found = self.items(name, limits.REGISTERED_TEXTS)
        texts = tuple(each for each in found if isinstance(each, str))
        if len(texts) != len(found):
            self._refuse("no list of texts", name)
        return texts

    def paths(self, name: str) -> tuple[ClaimPath, ...]:
        """Return claims path pointers (OpenID4VP 1.0 section 7)."""
        return tuple(
            self._path(each, f"{name}/{n}")
            for n, each in enumerate(self.items(name, limits.LEDGER_PATHS))
        )

    def _path(self, value: JsonValue, name: str) -> ClaimPath:
        steps = value if isinstance(value, list) else []
        path = tuple(
            each for each in steps if each is None or isinstance(each, str | int)
        )
        is_whole = len(path) == len(steps) <= limits.QUERY_PATH_ELEMENTS
        if not is_whole or not is_pointer(path):
            self._refuse("no claims path", name)
        return path


def filled(**members: JsonValue) -> JsonObject:
    """Return an object without those members that say nothing: None, or empty."""
    return {
        name: value
        for name, value in members.items()
        if value is not None and value not in ([], {}, "")
    }


def path_lists(paths: Iterable[ClaimPath]) -> list[JsonValue]:
    """Return claim paths as JSON has them."""
    return [list[JsonValue](each) for each in paths]
