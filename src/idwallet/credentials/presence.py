"""How a wallet verified that the person was there, and how it says so.

EUDI TS12 section 3.6 defines ``amr`` of a key binding JWT: a list of objects, each of
one factor and the method by which it was verified. It is the wallet's word, signed with
the holder's key: whoever relies on it relies on the issuer to have bound the credential
to a wallet that says the truth (docs/adr/0050-presence-is-said-by-amr.md). No standard
has a data element of ISO mdoc for it.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import UsageError

AMR: Final = "amr"
"""The claim of a key binding JWT that says how the person was verified."""

_KNOWLEDGE: Final = "knowledge"
_INHERENCE: Final = "inherence"


class PersonVerified(StrEnum):
    """How the person was verified on the device, for this one presentation.

    The values are the methods of TS12 section 3.6 under their factor. `NONE` says that
    nobody was verified: whoever holds the phone may be anybody.
    """

    NONE = "none"
    PIN = "pin_6_or_more_digits"
    SHORT_PIN = "pin_less_than_6_digits"
    PATTERN = "pattern"
    PASSPHRASE = "passphrase_12_or_more_chars"  # noqa: S105 - the name of a method
    MEDIUM_PASSPHRASE = "passphrase_8_to_11_chars"  # noqa: S105 - the same
    SHORT_PASSPHRASE = "passphrase_less_than_8_chars"  # noqa: S105 - the same
    FINGERPRINT = "fingerprint_device"
    FINGERPRINT_EXTERNAL = "fingerprint_external"
    FACE = "face_device"
    FACE_EXTERNAL = "face_external"
    OTHER_KNOWLEDGE = "other_knowledge"
    OTHER_INHERENCE = "other_inherence"


_INHERENT: Final = frozenset(
    {
        PersonVerified.FINGERPRINT,
        PersonVerified.FINGERPRINT_EXTERNAL,
        PersonVerified.FACE,
        PersonVerified.FACE_EXTERNAL,
    }
)
_OTHERS: Final[Mapping[str, PersonVerified]] = MappingProxyType(
    {
        _KNOWLEDGE: PersonVerified.OTHER_KNOWLEDGE,
        _INHERENCE: PersonVerified.OTHER_INHERENCE,
    }
)
_METHODS: Final[Mapping[tuple[str, str], PersonVerified]] = MappingProxyType(
    {
        **{
            (_INHERENCE if each in _INHERENT else _KNOWLEDGE, each.value): each
            for each in PersonVerified
            if each is not PersonVerified.NONE and each not in _OTHERS.values()
        },
        **{(factor, "other"): each for factor, each in _OTHERS.items()},
    }
)
_WRITTEN: Final[Mapping[PersonVerified, tuple[str, str]]] = MappingProxyType(
    {each: place for place, each in _METHODS.items()}
)

VerifyPerson = Callable[[], PersonVerified]
"""Verifies the person on the device and returns how, or raises `SigningDeclined`."""


def nobody() -> PersonVerified:
    """Verify nobody: a wallet that was told of no way."""
    return PersonVerified.NONE


def verified_by(verify: VerifyPerson) -> PersonVerified:
    """Verify the person, and return how.

    Raises:
        UsageError: the callback returns something else.
        SigningDeclined: as the callback raises it.
    """
    how = verify()
    if type(how) is not PersonVerified:
        # A text of the same value would be none of these, and say nothing.
        raise UsageError("verify_person returns a PersonVerified")
    return how


def write_amr(how: PersonVerified) -> list[JsonValue]:
    """Return what ``amr`` says of it; empty where nobody was verified."""
    if how is PersonVerified.NONE:
        return []
    factor, method = _WRITTEN[how]
    said: JsonObject = {factor: method}
    return [said]


def presence_claims(how: PersonVerified) -> JsonObject:
    """Return what a key binding says of it; nothing where nobody was verified."""
    return {AMR: write_amr(how)} if how is not PersonVerified.NONE else {}


def read_amr(said: JsonValue) -> PersonVerified:
    """Return by what ``amr`` says that the person was verified, inherence first.

    Possession is no presence: the phone may be lent. What is not in the form of TS12,
    and a method that it does not list, says nothing.
    """
    if not isinstance(said, list):
        return PersonVerified.NONE
    found = {_one(each) for each in said} - {PersonVerified.NONE}
    ranked = sorted(found, key=lambda each: (_WRITTEN[each][0] != _INHERENCE, each))
    return ranked[0] if ranked else PersonVerified.NONE


def _one(entry: JsonValue) -> PersonVerified:
    if not isinstance(entry, dict) or len(entry) != 1:
        return PersonVerified.NONE
    ((factor, method),) = entry.items()
    if not isinstance(method, str):
        return PersonVerified.NONE
    return _METHODS.get((factor, method), PersonVerified.NONE)
