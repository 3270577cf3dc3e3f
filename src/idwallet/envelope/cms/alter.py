"""Signed data with something added that no signature covers, all else as it came."""

from collections.abc import Iterable
from typing import Final

from idwallet import limits
from idwallet.codec.der import OID, SET, Fields, integer, sequence, set_of, tlv, whole
from idwallet.envelope.cms import names
from idwallet.envelope.cms.signer_info import read_signer_info
from idwallet.envelope.cms.structures import SignedData, SignerInfo
from idwallet.errors import UsageError

_EXPLICIT: Final = 0xA0
_CERTIFICATES: Final = 0xA0
_REVOCATIONS: Final = 0xA1
_UNSIGNED: Final = 0xA1


def with_unsigned(
    message: SignedData,
    signer: int,
    *,
    attributes: Iterable[bytes],
    certificates: Iterable[bytes] = (),
) -> bytes:
    """Return the message with more unsigned attributes on one of its signatures.

    Each of `attributes` is a DER Attribute. Those that were there stay as they are and
    where they are: archive timestamps cover them as they came. `certificates` (DER) are
    those that what is added needs.

    Raises:
        UsageError: there is no such signer, or there would be too many attributes or
            certificates.
    """
    if not 0 <= signer < len(message.signers):
        raise UsageError("there is no such signer")
    infos = [each.der for each in message.signers]
    infos[signer] = _added(message.signers[signer], tuple(attributes))
    return _message(infos, message, certificates=certificates)


def stamped_info(info: bytes, *, attributes: Iterable[bytes], at: str) -> bytes:
    """Return a DER SignerInfo alone with more unsigned attributes on it.

    Raises:
        LimitError, MalformedError, DerError: see `read_signer_info`.
        UsageError: there would be too many attributes.
    """
    return _added(read_signer_info(info, at=at), tuple(attributes))


def with_signers(message: SignedData, other: SignedData) -> bytes:
    """Return the message with the signers of another over the same content.

    Raises:
        UsageError: they sign another content, or a detached one beside one inside; or
            there would be too many signers or certificates.
    """
    if (message.content_type, message.content) != (other.content_type, other.content):
        raise UsageError("the signatures are not over the same content")
    infos = [each.der for each in (*message.signers, *other.signers)]
    if len(infos) > limits.CMS_SIGNERS:
        raise UsageError("more signers than limits.CMS_SIGNERS")
    return _message(infos, message, other)


def _message(
    infos: list[bytes], *messages: SignedData, certificates: Iterable[bytes] = ()
) -> bytes:
    parts = [each.parts for each in messages]
    digests = dict.fromkeys(each for part in parts for each in part.digests)
    have = (each for part in parts for each in part.certificates)
    certificates = dict.fromkeys((*have, *certificates))
    revocations = dict.fromkeys(each for part in parts for each in part.revocations)
    if len(certificates) > limits.CMS_CERTIFICATES:
        raise UsageError("more certificates than limits.CMS_CERTIFICATES")
    signed = sequence(
        integer(max(part.version for part in parts)),
        set_of(*digests),
        parts[0].encapsulated,
        tlv(_CERTIFICATES, *certificates) if certificates else b"",
        tlv(_REVOCATIONS, *revocations) if revocations else b"",
        tlv(SET, *infos),
    )
    return sequence(tlv(OID, names.SIGNED_DATA), tlv(_EXPLICIT, signed))


def _added(signer: SignerInfo, attributes: tuple[bytes, ...]) -> bytes:
    kept = [each.der for each in signer.unsigned]
    if len(kept) + len(attributes) > limits.CMS_ATTRIBUTES:
        raise UsageError("more attributes than limits.CMS_ATTRIBUTES")
    fields = Fields(signer.der)
    taken = [whole(signer.der, each) for each in fields.rest()]
    if taken[-1][0] == _UNSIGNED:
        taken.pop()
    return sequence(*taken, tlv(_UNSIGNED, *kept, *attributes))
