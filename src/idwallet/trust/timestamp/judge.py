"""Whether a timestamp proves that something existed at its moment."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from idwallet.codec.moment import require_aware
from idwallet.envelope.cms import (
    SignerJudgement,
    find_certificate,
    judge_signer,
    names,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import FactValue, Reason
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.certificate import Certificate
from idwallet.trust.chain import order_chain
from idwallet.trust.path import PathFault, ValidatedPath, validate_path
from idwallet.trust.timestamp.structures import (
    ProvenTime,
    TimestampRefused,
    TimestampRules,
    TimestampToken,
)


def judge_timestamp(
    token: TimestampToken,
    *,
    digest: bytes | None,
    trust: TrustStore,
    rules: TimestampRules,
    at: datetime,
    certificates: Iterable[bytes] = (),
) -> ProvenTime | TimestampRefused:
    """Judge a token over octets of which `digest` is the digest by its own hash.

    `digest` is None only where `token.info.hashed` is. The authority's certificate must
    be for timestamps and nothing else, and critically so (RFC 3161 2.3). Its path must
    hold at the moment stamped and at `at`: a key that outlived its certificate stamps
    any moment. `certificates` (DER) are candidates beside those in the token.
    Revocation is judged apart, by the path of what is returned. It never raises because
    of the token.

    Raises:
        UsageError: `at` has no zone.
    """
    require_aware(at)
    try:
        return _judge(
            token,
            digest=digest,
            trust=trust,
            rules=rules,
            at=at,
            certificates=(*token.signed.certificates, *certificates),
        )
    except MalformedError as error:
        return _refused(Reason.MALFORMED, what=error.what, at=error.at)


def _judge(
    token: TimestampToken,
    *,
    digest: bytes | None,
    trust: TrustStore,
    rules: TimestampRules,
    at: datetime,
    certificates: tuple[bytes, ...],
) -> ProvenTime | TimestampRefused:
    info = token.info
    if info.hashed is None:
        return _refused(Reason.ALGORITHM_NOT_ALLOWED, found="a digest of another kind")
    if info.imprint != digest:
        return _refused(Reason.INTEGRITY_MISMATCH)
    leaf = _leaf(token, certificates)
    if isinstance(leaf, TimestampRefused):
        return leaf
    fault = _signature_fault(token, leaf, rules=rules)
    if fault is not None:
        return fault
    chain = order_chain(leaf, certificates, at=token.at)
    path = validate_path(
        chain,
        store=trust,
        purpose=Purpose.SIGN_TIMESTAMPS,
        at=at,
        algorithms=rules.algorithms,
    )
    if isinstance(path, PathFault):
        return TimestampRefused(path.reason, path.facts)
    lost = path.anchor.distrusted_after
    if lost is not None and not (rules.existed and at < lost):
        # Whoever has the lost keys stamps any moment, and nothing proves this one.
        return _refused(Reason.NO_TRUSTED_PATH, name=leaf.shown)
    return _proven(token, path, skewed=at + rules.clock_skew)


def _leaf(
    token: TimestampToken, certificates: tuple[bytes, ...]
) -> Certificate | TimestampRefused:
    """Return the certificate that the token says it was made with."""
    der = find_certificate(token.signed.signers[0], certificates)
    if der is None:
        return _refused(Reason.NO_KEY_MATERIAL)
    try:
        return Certificate.from_der(der, at=token.at)
    except (MalformedError, UnsupportedError) as error:
        return _refused(Reason.CERTIFICATE_PROFILE, name="?", what=error.what)


def _signature_fault(
    token: TimestampToken, leaf: Certificate, *, rules: TimestampRules
) -> TimestampRefused | None:
    """Say what is wrong with the authority's signature, if anything is."""
    signer, content = token.signed.signers[0], token.signed.content or b""
    digest = None
    if signer.digest is not None:
        digest = hashlib.new(signer.digest, content).digest()
    judged = judge_signer(
        signer,
        key=leaf.public_key,
        certificate=leaf.der,
        digest=digest,
        content_type=names.TIMESTAMP_INFO,
        allowed=rules.algorithms,
    )
    return None if judged.is_valid else _of(judged, leaf)


def _of(judged: SignerJudgement, leaf: Certificate) -> TimestampRefused:
    if judged.signature is Reason.ALGORITHM_NOT_ALLOWED:
        return _refused(Reason.ALGORITHM_NOT_ALLOWED, found="a signature of that kind")
    if judged.signature is not Reason.VALID or judged.content is not Reason.MATCHES:
        return _refused(Reason.INVALID)
    # RFC 3161 2.4.2: the signing certificate is a signed attribute that must be there.
    return _refused(Reason.MISMATCH, name=leaf.shown)


def _proven(
    token: TimestampToken, path: ValidatedPath, *, skewed: datetime
) -> ProvenTime | TimestampRefused:
    info, name = token.info, path.leaf.shown
    what = _profile_fault(path.leaf)
    if what is not None:
        return _refused(Reason.CERTIFICATE_PROFILE, name=name, what=what)
    if info.moment > skewed:
        return _refused(Reason.FROM_THE_FUTURE, name=name, signed=info.moment)
    if info.moment < path.since:
        return _refused(Reason.CERTIFICATE_NOT_YET_VALID, name=name, since=path.since)
    facts: dict[str, FactValue] = {"name": name, "signed": info.moment}
    return ProvenTime(info.moment, info.accuracy, path, MappingProxyType(facts))


_ONLY: Final = [ExtendedKeyUsageOID.TIME_STAMPING]


def _profile_fault(leaf: Certificate) -> str | None:
    """Return what RFC 3161 2.3 wants of the certificate and it has not."""
    for each in leaf.native.extensions:
        if isinstance(each.value, x509.ExtendedKeyUsage):
            if list(each.value) != _ONLY:
                return "its extended key usage is not timestamps alone"
            return None if each.critical else "its extended key usage is not critical"
    return "it has no extended key usage"


def _refused(reason: Reason, **facts: FactValue) -> TimestampRefused:
    return TimestampRefused(reason, MappingProxyType(facts))
