"""Ways by which a device says that it is reached (ISO/IEC 18013-5 8.2.1.1, Table 1).

DeviceRetrievalMethod = [type: uint, version: uint, options: map]
"""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue
from idwallet.credentials.mdoc.members import a_list, a_map, typed
from idwallet.errors import LimitError, MalformedError, UsageError

CLAUSE: Final = "ISO/IEC 18013-5 §8.2.1.1"
SERVICE_BYTES: Final = 16
ADDRESS_BYTES: Final = 6
COMMAND_BYTES: Final = range(255, 65_536)
"""How long the data of a command over NFC may be (8.3.3.1.2)."""
RESPONSE_BYTES: Final = range(256, 65_537)
"""How long the data of a response over NFC may be (8.3.3.1.2)."""
PASSPHRASE_CHARACTERS: Final = range(8, 64)
PORTS: Final = range(1, 65_536)

_VERSION: Final = 1
_PARTS: Final = 3
_NFC, _BLE, _WIFI_AWARE, _REST = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Ble:
    """Bluetooth Low Energy: the service of each mode that the device supports.

    `peripheral` is the identifier of the service the device offers, `central` of the
    one it looks for, 16 octets each (a UUID); one of them at least. `address` is the
    device's own, 6 octets, `psm` the port of an L2CAP channel (second edition).
    """

    peripheral: bytes | None = None
    central: bytes | None = None
    address: bytes | None = None
    psm: int | None = None

    def __post_init__(self) -> None:
        """Hold the options to their lengths.

        Raises:
            UsageError: no mode, or an option of another length.
        """
        modes = [each for each in (self.peripheral, self.central) if each is not None]
        if not modes or any(len(each) != SERVICE_BYTES for each in modes):
            raise UsageError("BLE has a mode, and its service 16 octets")
        if self.address is not None and len(self.address) != ADDRESS_BYTES:
            raise UsageError("a BLE address has 6 octets")
        if self.psm is not None and self.psm not in PORTS:
            raise UsageError("no PSM of an L2CAP channel")


@dataclass(frozen=True, slots=True)
class Nfc:
    """NFC: how long the data of one command and of one response may be, in octets."""

    command_bytes: int
    response_bytes: int

    def __post_init__(self) -> None:
        """Hold both to the standard's bounds.

        Raises:
            UsageError: a length outside of them.
        """
        if self.command_bytes not in COMMAND_BYTES:
            raise UsageError("a command has 255 to 65535 octets of data")
        if self.response_bytes not in RESPONSE_BYTES:
            raise UsageError("a response has 256 to 65536 octets of data")


@dataclass(frozen=True, slots=True)
class WifiAware:
    """Wi-Fi Aware: a passphrase, the channel, and the bands as the device has them."""

    passphrase: str | None = field(default=None, repr=False)
    operating_class: int | None = None
    channel: int | None = None
    bands: bytes | None = None

    def __post_init__(self) -> None:
        """Hold the passphrase to its length.

        Raises:
            UsageError: it has fewer than 8 or more than 63 characters.
        """
        phrase = self.passphrase
        if phrase is not None and len(phrase) not in PASSPHRASE_CHARACTERS:
            raise UsageError("a passphrase has 8 to 63 characters")


@dataclass(frozen=True, slots=True)
class Rest:
    """A web address that messages are posted to (ISO/IEC TS 18013-7 Annex A)."""

    uri: str


@dataclass(frozen=True, slots=True)
class OtherMethod:
    """A way that is not known here, or of a later version; of options read past."""

    type: int
    version: int


Method: TypeAlias = Ble | Nfc | WifiAware | Rest | OtherMethod


def read_methods(value: CborValue, *, at: str) -> tuple[Method, ...]:
    """Read a list of ways; what is not known is named and never refused.

    Raises:
        MalformedError: none, or one that breaks its structure.
        LimitError: more than `limits.ENGAGEMENT_METHODS`.
    """
    listed = a_list(value, at=at, clause=CLAUSE)
    if not listed:
        raise MalformedError("an empty list of methods", at=at, clause=CLAUSE)
    if len(listed) > limits.ENGAGEMENT_METHODS:
        raise LimitError("too many methods", at=at, clause="idwallet limits")
    return tuple(_read(each, at=f"{at}/{n}") for n, each in enumerate(listed))


def _read(value: CborValue, *, at: str) -> Method:
    parts = a_list(value, at=at, clause=CLAUSE)
    if len(parts) != _PARTS:
        raise MalformedError("a method has three parts", at=at, clause=CLAUSE)
    kind, version = (typed(each, int, at=at, clause=CLAUSE) for each in parts[:2])
    if kind < 0 or version < 0:
        raise MalformedError("a negative number", at=at, clause=CLAUSE)
    options = _Options(a_map(parts[2], at=at, clause=CLAUSE), at)
    try:
        return _known(kind, version, options=options)
    except UsageError as error:  # what the caller must not say, a peer must not either
        raise MalformedError(str(error), at=at, clause=CLAUSE) from None


def _known(kind: int, version: int, *, options: "_Options") -> Method:
    if version != _VERSION:
        return OtherMethod(kind, version)
    if kind == _NFC:
        return Nfc(options.number(0), options.number(1))
    if kind == _BLE:
        return _ble(options)
    if kind == _WIFI_AWARE:
        held = options.held
        return WifiAware(
            options.text(0) if 0 in held else None,
            options.number(1) if 1 in held else None,
            options.number(2) if 2 in held else None,
            options.octets(3) if 3 in held else None,
        )
    return Rest(options.text(0)) if kind == _REST else OtherMethod(kind, version)


def _ble(options: "_Options") -> Ble:
    held = options.held
    services: list[bytes | None] = []
    for mode, service in ((0, 10), (1, 11)):
        if options.truth(mode):
            services.append(options.octets(service))
        elif service in held:
            raise MalformedError(
                "a service of a mode that is not supported",
                at=options.at,
                clause=CLAUSE,
            )
        else:
            services.append(None)
    peripheral, central = services
    return Ble(
        peripheral,
        central,
        address=options.octets(20) if 20 in held else None,
        psm=options.number(21) if 21 in held else None,
    )


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of one way, taken with their types."""

    held: dict[CborKey, CborValue]
    at: str

    def truth(self, label: int) -> bool:
        value = self.held.get(label)
        if type(value) is not bool:
            raise MalformedError("no truth value", at=self._at(label), clause=CLAUSE)
        return value

    def number(self, label: int) -> int:
        value = self.held.get(label)
        number = typed(value, int, at=self._at(label), clause=CLAUSE)
        if number < 0:
            raise MalformedError("negative", at=self._at(label), clause=CLAUSE)
        return number

    def octets(self, label: int) -> bytes:
        return typed(self.held.get(label), bytes, at=self._at(label), clause=CLAUSE)

    def text(self, label: int) -> str:
        value = typed(self.held.get(label), str, at=self._at(label), clause=CLAUSE)
        if len(value) > limits.URI_CHARACTERS:
            raise LimitError("too long", at=self._at(label), clause="idwallet limits")
        return value

    def _at(self, label: int) -> str:
        return f"{self.at}/{label}"


def write_method(method: Method) -> list[CborValue]:
    """Return a way as it stands in an engagement.

    Raises:
        UsageError: it is one that is not known here.
    """
    options: dict[CborKey, CborValue | None]
    if isinstance(method, Ble):
        kind = _BLE
        options = {
            0: method.peripheral is not None,
            1: method.central is not None,
            10: method.peripheral,
            11: method.central,
            20: method.address,
            21: method.psm,
        }
    elif isinstance(method, Nfc):
        kind, options = _NFC, {0: method.command_bytes, 1: method.response_bytes}
    elif isinstance(method, WifiAware):
        kind = _WIFI_AWARE
        options = {
            0: method.passphrase,
            1: method.operating_class,
            2: method.channel,
            3: method.bands,
        }
    elif isinstance(method, Rest):
        kind, options = _REST, {0: method.uri}
    else:
        raise UsageError("a method that is not known here cannot be offered")
    said: dict[CborKey, CborValue] = {
        label: value for label, value in options.items() if value is not None
    }
    return [kind, _VERSION, said]
