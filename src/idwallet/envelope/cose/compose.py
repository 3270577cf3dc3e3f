"""The parts of a COSE message that its headers and form decide, written once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from idwallet.codec.cbor import CborKey, CborTag, CborValue, write_cbor
from idwallet.crypto.algorithms import CURVE_OF_KEY, Algorithm
from idwallet.envelope.cose import labels
from idwallet.envelope.cose.header import read_header, read_outside
from idwallet.envelope.cose.rules import ChainRule, CoseRules, TagRule
from idwallet.envelope.cose.structures import string_head
from idwallet.errors import MalformedError, UsageError

_NULL: Final = b"\xf6"


class PayloadPlace(Enum):
    """Where the payload travels; it is covered either way."""

    ATTACHED = "attached"
    DETACHED = "detached"


class Naming(Enum):
    """How the algorithm of a signature is named."""

    FULL = "full"
    """By the number that is registered for it, curve and all."""

    CURVE_OF_KEY = "curve of the key"
    """By a number of RFC 9053 that leaves the curve to the key, where there is one: as
    ISO/IEC 18013-5:2021 has it for the Brainpool curves."""

    def number(self, algorithm: Algorithm) -> int:
        """Return what an algorithm is called."""
        if self is Naming.CURVE_OF_KEY:
            return _LEFT_TO_THE_KEY.get(algorithm, algorithm.cose)
        return algorithm.cose


_LEFT_TO_THE_KEY: Final = {each: number for number, each in CURVE_OF_KEY.items()}


class TagForm(Enum):
    """Which tags are written around the array."""

    TAGGED = "tagged"
    UNTAGGED = "untagged"
    CWT = "cwt"
    """Tag 61 and the structure's own (RFC 8392 §6)."""


@dataclass(frozen=True, slots=True)
class CoseHeaders:
    """Both headers of a message to be made; `protected` holds all but `alg`."""

    protected: Mapping[CborKey, CborValue] = field(default_factory=dict)
    unprotected: Mapping[CborKey, CborValue] = field(default_factory=dict)


NO_HEADERS: Final = CoseHeaders()


@dataclass(frozen=True, slots=True)
class CoseForm:
    """How a message is written."""

    tag: TagForm = TagForm.TAGGED
    payload: PayloadPlace = PayloadPlace.ATTACHED
    naming: Naming = Naming.FULL


TAGGED: Final = CoseForm()


class Composition:
    """All of a message but payload and proof, held to the rules of a strict reader."""

    __slots__ = ("_head", "_is_attached", "_tags", "_unprotected", "protected")

    protected: bytes

    def __init__(
        self, headers: CoseHeaders, *, algorithm: int, own: int, form: CoseForm
    ) -> None:
        """Write the headers with `algorithm`, and the tags with `own` if any.

        Raises:
            UsageError: headers that no reader takes, or that hold `alg`.
        """
        if labels.ALG in headers.protected:
            raise UsageError("alg is set by the key")
        self.protected = write_cbor({labels.ALG: algorithm, **headers.protected})
        self._unprotected = dict(headers.unprotected)
        _require_readable(self.protected, self._unprotected)
        self._is_attached = form.payload is PayloadPlace.ATTACHED
        self._tags = _tags(form.tag, own=own)
        self._head = b"".join(
            (
                *map(labels.TAG_HEADS.__getitem__, self._tags),
                labels.ARRAY,
                string_head(len(self.protected)),
                self.protected,
                write_cbor(self._unprotected),
            )
        )

    def written(self, payload: bytes, proof: bytes) -> bytes:
        """Return the encoded message."""
        shown = (string_head(len(payload)), payload) if self._is_attached else (_NULL,)
        return b"".join((self._head, *shown, string_head(len(proof)), proof))

    def value(self, payload: bytes, proof: bytes) -> CborValue:
        """Return the message before it is encoded."""
        shown = payload if self._is_attached else None
        value: CborValue = [self.protected, dict(self._unprotected), shown, proof]
        for number in reversed(self._tags):
            value = CborTag(number, value)
        return value


def _tags(form: TagForm, *, own: int) -> tuple[int, ...]:
    """Return the tags to write, outermost first."""
    if form is TagForm.UNTAGGED:
        return ()
    return (labels.CWT_TAG, own) if form is TagForm.CWT else (own,)


def _require_readable(protected: bytes, unprotected: dict[CborKey, CborValue]) -> None:
    try:
        header = read_header(protected, at="")
        rules = CoseRules(
            TagRule.TAGGED, chain=ChainRule.EITHER, understood=header.critical
        )
        read_outside(unprotected, header, at="", rules=rules)
    except MalformedError as error:
        raise UsageError(f"no reader takes these headers: {error}") from error
