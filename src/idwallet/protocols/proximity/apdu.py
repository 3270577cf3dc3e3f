"""Messages over NFC, in commands and responses of limited length (18013-5 8.3.3.1.2).

A message is a data object of tag 53. A reader sends it in a chain of ENVELOPE commands;
a device answers with as much as the last one allows, and the reader gets the rest by
GET RESPONSE. Octets in and out; who moves them is for others.
"""

from typing import Final

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.protocols.proximity.methods import Nfc
from idwallet.protocols.proximity.ndef import Cursor

CLAUSE: Final = "ISO/IEC 18013-5 §8.3.3.1.2"
APPLICATION: Final = bytes.fromhex("a0000002480400")
"""The identifier of the application of mobile documents."""
SELECT: Final = b"\x00\xa4\x04\x00\x07" + APPLICATION + b"\x00"
"""The command that selects it."""
DONE: Final = b"\x90\x00"

_ENVELOPE, _GET_RESPONSE, _SELECT = 0xC3, 0xC0, 0xA4
_CHAINED, _LAST = 0x10, 0x00
_MORE: Final = 0x61
_DO53: Final = 0x53
_OCTET, _SHORT_LENGTH = 256, 0x80
_LENGTHS: Final = {0x81: 1, 0x82: 2, 0x83: 3}
_NOT_FOUND, _NOT_SUPPORTED, _WRONG = b"\x6a\x82", b"\x6d\x00", b"\x6f\x00"


def wrapped(message: bytes) -> bytes:
    """Return a message as the data object that travels."""
    size = len(message)
    if size < _SHORT_LENGTH:
        return bytes((_DO53, size)) + message
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((_DO53, _SHORT_LENGTH | len(length))) + length + message


def unwrapped(octets: bytes) -> bytes:
    """Return the message inside of a data object.

    Raises:
        MalformedError: it is none, or its length is not in the shortest form.
    """
    cursor = Cursor(octets, at="data object", clause=CLAUSE)
    if cursor.number() != _DO53:
        raise cursor.fault("another tag")
    length = cursor.number()
    if length >= _SHORT_LENGTH:
        length = cursor.number(_LENGTHS.get(length, len(octets)))
    if length != cursor.left:
        raise cursor.fault("another length")
    message = cursor.rest()
    if wrapped(message) != octets:
        raise cursor.fault("a length that is not in the shortest form")
    return message


class NfcReader:
    """A reader's end: commands out, responses in. Not thread-safe."""

    __slots__ = ("_held", "_lengths", "_most", "_pending")

    def __init__(
        self, lengths: Nfc, *, most: int = limits.PROXIMITY_RESPONSE_BYTES
    ) -> None:
        """Take the lengths that both ends support, and the bound of an answer."""
        self._lengths = lengths
        self._most = most
        self._held = b""
        self._pending: list[bytes] = []

    def send(self, message: bytes) -> bytes:
        """Return the first command that carries a message; `SELECT` was before.

        Raises:
            UsageError: another message is under way.
        """
        if self._pending:
            raise UsageError("a message is under way")
        data, size = wrapped(message), self._lengths.command_bytes
        parts = [data[n : n + size] for n in range(0, len(data), size)]
        commands = [_envelope(_CHAINED, part) for part in parts[:-1]]
        commands.append(_envelope(_LAST, parts[-1]) + self._expected())
        self._pending, self._held = commands, b""
        return commands[0]

    def take(self, response: bytes) -> tuple[bytes | None, bytes | None]:
        """Take a response: return the next command, or else the device's message.

        Raises:
            MalformedError: the device said that something is wrong, or broke the form.
            LimitError: the answer gets too long.
            UsageError: no message is under way.
        """
        if not self._pending:
            raise UsageError("no message is under way")
        data, status = response[:-2], response[-2:]
        if len(self._pending) > 1:
            if response != DONE:
                raise self._fault("a chain that was broken off")
            self._pending = self._pending[1:]
            return self._pending[0], None
        self._held += data
        if len(self._held) > self._most:
            self._pending = []
            raise LimitError("too long", at="response", clause="idwallet limits")
        if status == DONE:
            self._pending = []
            return None, unwrapped(self._held)
        if len(status) != len(DONE) or status[0] != _MORE or not data:
            raise self._fault("no answer")
        length = bytes((0, *status[1:])) if status[1] else self._expected()[-2:]
        return bytes((_LAST, _GET_RESPONSE, 0, 0, 0)) + length, None

    def _expected(self) -> bytes:
        """Return how long a response may be: extended, two octets, 65536 as zero."""
        return (self._lengths.response_bytes % (1 << 16)).to_bytes(2)

    def _fault(self, what: str) -> MalformedError:
        self._pending = []
        return MalformedError(what, at="response", clause=CLAUSE)


def _envelope(chain: int, data: bytes) -> bytes:
    head = bytes((chain, _ENVELOPE, 0, 0, 0))
    return head + len(data).to_bytes(2) + data


class NfcDevice:
    """A device's end: commands in, responses out. Not thread-safe."""

    __slots__ = ("_expected", "_held", "_is_selected", "_most", "_rest")

    def __init__(self, *, most: int = limits.PROXIMITY_REQUEST_BYTES) -> None:
        """Begin; `most` bounds a message of the reader."""
        self._most = most
        self._held = self._rest = b""
        self._expected = 0
        self._is_selected = False

    def take(self, command: bytes) -> tuple[bytes | None, bytes | None]:
        """Take a command: return the response, or else the reader's message.

        A message is answered by `send`, which makes the response to its last command.
        What breaks the form is answered by a status word, and what was under way is
        forgotten.
        """
        try:
            return self._taken(_Command(command))
        except MalformedError:
            self._forget()
            return _WRONG, None

    def _forget(self) -> None:
        """Let go of what was under way; nobody waits for an answer any more."""
        self._held = self._rest = b""
        self._expected = 0

    def _taken(self, command: "_Command") -> tuple[bytes | None, bytes | None]:
        if command.instruction == _SELECT:
            self._forget()
            self._is_selected = command.data == APPLICATION
            return (DONE if self._is_selected else _NOT_FOUND), None
        if not self._is_selected:
            return _WRONG, None
        if command.instruction == _GET_RESPONSE and self._rest:
            self._expected = command.expected
            return self._next(), None
        if command.instruction != _ENVELOPE:
            return _NOT_SUPPORTED, None
        return self._enveloped(command)

    def _enveloped(self, command: "_Command") -> tuple[bytes | None, bytes | None]:
        self._held += command.data
        self._rest = b""
        if len(self._held) > self._most + 8:  # the head of the data object
            raise LimitError("too long", at="command", clause="idwallet limits")
        if command.chain == _CHAINED:
            return DONE, None
        held, self._held = self._held, b""
        self._expected = command.expected
        if not self._expected:
            raise MalformedError("no length", at="command", clause=CLAUSE)
        return None, unwrapped(held)

    def send(self, message: bytes) -> bytes:
        """Return the response to the reader's last command, with a message.

        Raises:
            UsageError: the reader expects none.
        """
        if not self._expected:
            raise UsageError("nobody expects an answer")
        self._rest = wrapped(message)
        return self._next()

    def _next(self) -> bytes:
        part, self._rest = self._rest[: self._expected], self._rest[self._expected :]
        left, self._expected = len(self._rest), 0
        if not left:
            return part + DONE
        return part + bytes((_MORE, left if left < _OCTET else 0))


class _Command:
    """One command, taken apart: extended or short lengths."""

    __slots__ = ("chain", "data", "expected", "instruction")

    def __init__(self, octets: bytes) -> None:
        cursor = Cursor(octets, at="command", clause=CLAUSE)
        self.chain, self.instruction = cursor.number(), cursor.number()
        if self.chain not in (_CHAINED, _LAST):
            raise cursor.fault("another class")
        cursor.take(2)
        self.data, self.expected = b"", 0
        if not cursor.left:
            return
        first = cursor.number()
        if first or not cursor.left:
            self._short(cursor, first)
        else:
            self._extended(cursor)
        if cursor.left:
            raise cursor.fault("octets behind the command")

    def _short(self, cursor: Cursor, first: int) -> None:
        if not cursor.left:
            self.expected = first or _OCTET
            return
        self.data = cursor.take(first)
        if cursor.left:
            self.expected = cursor.number() or _OCTET

    def _extended(self, cursor: Cursor) -> None:
        length = cursor.number(2)
        if not cursor.left:
            self.expected = length or 1 << 16
            return
        self.data = cursor.take(length)
        if cursor.left:
            self.expected = cursor.number(2) or 1 << 16
