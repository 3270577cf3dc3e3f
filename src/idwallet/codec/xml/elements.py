"""XML read into frozen elements, for data and not for documents."""

from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.xml import _door
from idwallet.codec.xml.guard import Bounds, events, scan
from idwallet.errors import MalformedError

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_SPACE: Final = " \t\r\n"
_NO_SPACE: Final = str.maketrans("", "", _SPACE)


class XmlElement(NamedTuple):
    """An element of a data format: text or children, never both.

    `name` and the names of `attributes` are ``{namespace}local``, or ``local`` where
    there is no namespace. `text` is all character data directly in it, comments taken
    out and what stood around them joined. `at` says where it stands.
    """

    name: str
    attributes: Mapping[str, str]
    text: str
    children: tuple["XmlElement", ...]
    at: str

    def __repr__(self) -> str:
        """Say how much there is: text may be personal data."""
        return f"XmlElement(<{len(self.children)} children>)"

    def all(self, name: str) -> tuple["XmlElement", ...]:
        """Return the children of that name, in order."""
        return tuple(each for each in self.children if each.name == name)

    def maybe(self, name: str, *, clause: str) -> "XmlElement | None":
        """Return the one child of that name, or None.

        Raises:
            MalformedError: there are several.
        """
        found = self.all(name)
        if len(found) > 1:
            raise MalformedError(
                f"{local(name)} stands more than once", at=self.at, clause=clause
            )
        return found[0] if found else None

    def one(self, name: str, *, clause: str) -> "XmlElement":
        """Return the one child of that name.

        Raises:
            MalformedError: there is none, or there are several.
        """
        found = self.maybe(name, clause=clause)
        if found is None:
            raise MalformedError(f"no {local(name)}", at=self.at, clause=clause)
        return found

    def value(self, *, clause: str) -> str:
        """Return the text without the white space around it.

        Raises:
            MalformedError: there is none, or there are elements in it.
        """
        text = self.text.strip(_SPACE)
        if self.children or not text:
            raise MalformedError("no text", at=self.at, clause=clause)
        return text

    def octets(self, *, clause: str) -> bytes:
        """Return what the text spells in base64, white space left out (RFC 4648 §4).

        Raises:
            MalformedError: it is no base64, or not the one spelling of its octets.
        """
        spelled = self.value(clause=clause).translate(_NO_SPACE)
        try:
            found = a2b_base64(spelled.encode("ascii"), strict_mode=True)
        except (Error, UnicodeEncodeError):
            raise MalformedError("not base64", at=self.at, clause=clause) from None
        if b2a_base64(found, newline=False).decode("ascii") != spelled:
            raise MalformedError("not canonical base64", at=self.at, clause=clause)
        return found


def require_unmixed(text: str, *, has_children: bool, at: str) -> None:
    """Return unless an element has text beside its children.

    Raises:
        MalformedError: it has: this is a document, and no data.
    """
    if has_children and text.strip(_SPACE):
        raise MalformedError("text beside elements", at=at, clause="XML 1.0 §3.2.2")


def local(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


def read_element(
    data: bytes, *, at: str, max_bytes: int = limits.XML_BYTES
) -> XmlElement:
    """Read an XML document whose elements hold text or elements.

    Comments and processing instructions are left out. Nothing is fetched, no entity
    is replaced, and nothing else stands for what was written.

    Raises:
        LimitError: a bound of `limits` is passed.
        MalformedError: it is not well-formed, has a DTD, or text beside elements.
        UnsupportedError: another encoding than UTF-8.
    """
    text = scan(data, at=at, max_bytes=max_bytes)
    builder = _Builder(at)
    events(text, builder, at=at)
    return builder.root()


class _Open(NamedTuple):
    name: str
    attributes: Mapping[str, str]
    text: list[str]
    children: list[XmlElement]
    at: str


class _Builder(Bounds):
    """Builds elements while the bounds hold."""

    def __init__(self, at: str) -> None:
        super().__init__(at)
        self._open: list[_Open] = [_Open("", _NOTHING, [], [], at)]
        # One text for each pair of names: an attacker chooses how many elements stand
        # below how long a name.
        self._places: dict[tuple[str, str], str] = {}

    @_door.takes_namespaces
    def start(  # noqa: PLR0917 - as the parser calls it
        self, tag: str, attributes: Mapping[str, str], declared: Mapping[str, str]
    ) -> None:
        super().start(tag, attributes, declared)
        above = self._open[-1].name
        place = self._places.get((above, tag))
        if place is None:
            place = f"{local(above) or self.at}/{local(tag)}"
            self._places[above, tag] = place
        held = MappingProxyType(dict(attributes)) if attributes else _NOTHING
        self._open.append(_Open(tag, held, [], [], place))

    def end(self, tag: str) -> None:
        super().end(tag)
        name, attributes, parts, children, at = self._open.pop()
        text = "".join(parts)
        require_unmixed(text, has_children=bool(children), at=at)
        made = XmlElement(name, attributes, text, tuple(children), at)
        self._open[-1].children.append(made)

    def data(self, text: str) -> None:
        self._open[-1].text.append(text)

    def root(self) -> XmlElement:
        return self._open[0].children[0]
