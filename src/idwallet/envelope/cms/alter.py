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
_OTHER: Final = 0xA1
_WITH_OTHERS: Final = 5


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


def with_material(
    message: SignedData,
    *,
    certificates: Iterable[bytes] = (),
    crls: Iterable[bytes] = (),
    responses: Iterable[bytes] = (),
    digests: Iterable[str] = (),
) -> bytes:
    """Return the message with more certificates and evidence about revocation.

    Each is DER; what is there already stays as it is and where it is, and is not
    written twice. OCSP responses are written as RFC 5940 2.1 has it. `digests` are
    names of hashlib that are told of beside those that signers use.

    Raises:
        UsageError: there would be more of them than `limits.CMS_CERTIFICATES` or
            `limits.CMS_REVOCATIONS`.
    """
    have = frozenset((*message.crls, *message.responses))
    found = [
        *(each for each in crls if each not in have),
        *(
            tlv(_OTHER, tlv(OID, names.OCSP_RESPONSE), each)
            for each in responses
            if each not in have
        ),
    ]
    return _message(
        [each.der for each in message.signers],
        message,
        certificates=certificates,
        revocations=found,
        digests=[names.digest_identifier(each) for each in digests],
    )


def stamped_info(info: bytes, *, attributes: Iterable[bytes], at: str) -> bytes:
    """Return a DER SignerInfo alone with more unsigned attributes on it.

    Raises:
        LimitError, MalformedError, DerError: see `read_signer_info`.
        UsageError: there would be too many attributes.
    """
    return _added(read_signer_info(info, at=at), tuple(attributes))


def with_unsigned_instead(
    message: SignedData, signer: int, *, attributes: Iterable[bytes]
) -> bytes:
    """Return the message with these unsigned attributes on a signature, and no others.

    Each is a whole DER Attribute. What an archive timestamp covers must be among them
    as it was.

    Raises:
        UsageError: there is no such signer, or they are too many.
    """
    if not 0 <= signer < len(message.signers):
        raise UsageError("there is no such signer")
    infos = [each.der for each in message.signers]
    infos[signer] = info_with(infos[signer], attributes)
    return _message(infos, message)


def info_with(info: bytes, attributes: Iterable[bytes]) -> bytes:
    """Return a DER SignerInfo with these unsigned attributes, and no others.

    Raises:
        DerError: it is none.
        UsageError: they are too many.
    """
    held = tuple(attributes)
    if len(held) > limits.CMS_ATTRIBUTES:
        raise UsageError("more attributes than limits.CMS_ATTRIBUTES")
    taken = [whole(info, each) for each in Fields(info).rest()]
    if taken[-1][0] == _UNSIGNED:
        taken.pop()
    return sequence(*taken, tlv(_UNSIGNED, *held))


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
    infos: list[bytes],
    *messages: SignedData,
    certificates: Iterable[bytes] = (),
    revocations: Iterable[bytes] = (),
    digests: Iterable[bytes] = (),
) -> bytes:
    parts = [each.parts for each in messages]
    hashed = _once((part.digests for part in parts), digests)
    certified = _once((part.certificates for part in parts), certificates)
    revoked = _once((part.revocations for part in parts), revocations)
    if len(certified) > limits.CMS_CERTIFICATES:
        raise UsageError("more certificates than limits.CMS_CERTIFICATES")
    if len(revoked) > limits.CMS_REVOCATIONS:
        raise UsageError("more revocations than limits.CMS_REVOCATIONS")
    # RFC 5652 5.1: revocations that are no CRLs make it version 5.
    others = _WITH_OTHERS if any(each[0] == _OTHER for each in revoked) else 1
    signed = sequence(
        integer(max(others, *(part.version for part in parts))),
        set_of(*hashed),
        parts[0].encapsulated,
        tlv(_CERTIFICATES, *certified) if certified else b"",
        tlv(_REVOCATIONS, *revoked) if revoked else b"",
        tlv(SET, *infos),
    )
    return sequence(tlv(OID, names.SIGNED_DATA), tlv(_EXPLICIT, signed))


def _once(have: Iterable[tuple[bytes, ...]], more: Iterable[bytes]) -> list[bytes]:
    return list(dict.fromkeys((*(each for part in have for each in part), *more)))


def _added(signer: SignerInfo, attributes: tuple[bytes, ...]) -> bytes:
    return info_with(signer.der, (*(each.der for each in signer.unsigned), *attributes))
