"""Whether a signature of a CMS message was made by a key, over which content."""

import hashlib
from collections.abc import Iterable
from typing import Final

from idwallet.codec.der import DerError
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.schemes import EcdsaForm, scheme_matches
from idwallet.envelope.cms import attributes
from idwallet.envelope.cms.structures import (
    CertificateReference,
    IssuerSerial,
    SignerInfo,
    SignerJudgement,
)
from idwallet.report import Reason


def judge_signer(
    signer: SignerInfo,
    *,
    key: PublicKey,
    certificate: bytes,
    digest: bytes | None,
    content_type: bytes | None,
    allowed: frozenset[Algorithm],
) -> SignerJudgement:
    """Judge a signature with a key that the caller has reason to trust.

    `certificate` (DER) is where the key comes from. `digest` is that of the content by
    `signer.digest`, None where the content is not at hand; of a counter-signature the
    content is the signature that it is on. `content_type` is that of the message, None
    for a counter-signature, which signs none (RFC 5652 11.4). The algorithm comes from
    the key and from `allowed`; what the message names may only agree.

    A signature without signed attributes is ABSENT, and its content NOT_AT_HAND:
    whoever has attributes signed by somebody could pass them off as content that was
    signed (RFC 5652 tells the two apart by nothing), and every profile demands them.

    Both content type and digest must be among the signed attributes (RFC 5652 5.3):
    where one is missing the content is TYP_MISMATCH or INTEGRITY_MISMATCH.

    Raises:
        MalformedError: an attribute breaks its format.
    """
    if not signer.signed:
        return SignerJudgement(Reason.ABSENT, Reason.NOT_AT_HAND, Reason.ABSENT)
    return SignerJudgement(
        _signature_reason(signer, key=key, allowed=allowed),
        _content_reason(signer, digest=digest, content_type=content_type),
        _certificate_reason(signer, certificate),
        attributes.signing_time(signer),
    )


def _signature_reason(
    signer: SignerInfo, *, key: PublicKey, allowed: frozenset[Algorithm]
) -> Reason:
    scheme = signer.scheme
    if scheme is None or scheme.algorithms.isdisjoint(allowed):
        return Reason.ALGORITHM_NOT_ALLOWED
    if scheme.algorithms.isdisjoint(key.algorithms):
        return Reason.KEY_UNUSABLE
    if key.algorithms.isdisjoint(allowed):
        return Reason.ALGORITHM_NOT_ALLOWED
    matches = scheme_matches(
        key,
        scheme,
        signature=signer.signature,
        message=signer.signed,
        form=EcdsaForm.DER,
    )
    return Reason.VALID if matches else Reason.INVALID


def _content_reason(
    signer: SignerInfo, *, digest: bytes | None, content_type: bytes | None
) -> Reason:
    if attributes.content_type(signer) != content_type:
        return Reason.TYP_MISMATCH
    signed = attributes.message_digest(signer)
    if signed is None:
        return Reason.INTEGRITY_MISMATCH
    if digest is None:
        return Reason.NOT_AT_HAND
    return Reason.MATCHES if signed == digest else Reason.INTEGRITY_MISMATCH


def _certificate_reason(signer: SignerInfo, certificate: bytes) -> Reason:
    reference = attributes.certificate_reference(signer)
    if not _is_named(signer.sid, certificate):
        return Reason.MISMATCH
    if reference is None:
        return Reason.ABSENT
    return Reason.MATCHES if refers_to(reference, certificate) else Reason.MISMATCH


def _is_named(sid: IssuerSerial | bytes, certificate: bytes) -> bool:
    try:
        if isinstance(sid, IssuerSerial):
            return attributes.issuer_serial_of(certificate) == sid
        return attributes.key_identifier_of(certificate) == sid
    except DerError:
        return False


# RFC 5035 5.4.1: the first version digests with SHA-1. It only chooses among
# certificates that a trusted authority issued, and none of them chooses its digest.
_SHA1: Final = "sha1"


def refers_to(reference: CertificateReference, certificate: bytes) -> bool:
    """Say whether a DER certificate is the one referred to.

    The digest decides; an issuer and serial number beside it may only agree.
    """
    if reference.hashed is None:
        return False
    digest = hashlib.new(
        reference.hashed, certificate, usedforsecurity=reference.hashed != _SHA1
    ).digest()
    if digest != reference.digest:
        return False
    named = reference.issuer_serial
    return named is None or _is_named(named, certificate)


def find_certificate(signer: SignerInfo, candidates: Iterable[bytes]) -> bytes | None:
    """Return the certificate (DER) that the signature says it was made with, or None.

    Where several bear the name, it is the one that the signed reference means; without
    a reference that fits, the first.

    Raises:
        MalformedError: the signed reference breaks its format.
    """
    reference = attributes.certificate_reference(signer)
    named = [each for each in candidates if _is_named(signer.sid, each)]
    meant = (e for e in named if reference is not None and refers_to(reference, e))
    return next(meant, next(iter(named), None))


def digest_content(chunks: Iterable[bytes], names: Iterable[str]) -> dict[str, bytes]:
    """Digest content once by each of these names of hashlib, however long it is."""
    work = {name: hashlib.new(name) for name in set(names)}
    for chunk in chunks:
        for each in work.values():
            each.update(chunk)
    return {name: each.digest() for name, each in work.items()}
