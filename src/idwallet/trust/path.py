"""Certification path validation at a given moment (RFC 5280 section 6.1).

The chain is judged in the order it came, leaf first, against the anchors that bear
the name its last certificate was issued under. Nothing searches for other orders or
other certificates: a forest of cross-certificates is an attack on time.
"""

from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from cryptography.x509.oid import SignatureAlgorithmOID

from idwallet import limits
from idwallet.crypto.algorithms import ECDSA, Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.errors import UsageError
from idwallet.report import Facts, Reason
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.issued import ECDSA_WITH_SHA_2, is_signed_by
from idwallet.trust.material import Material
from idwallet.trust.names import NameConstraints, violation
from idwallet.trust.usages import KEY_PURPOSES, KEY_USAGES


class _Seal:
    """What only `validate_path` holds."""


_SEAL: Final = _Seal()
_END: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ValidatedPath:
    """A chain that validated under `anchor`; only `validate_path` can make one.

    `certificates` go leaf first, without the anchor's. The path holds from `since`
    to `until`: where the validity of all its certificates and of the anchor meet.
    """

    certificates: tuple[Certificate, ...]
    anchor: TrustAnchor
    since: datetime
    until: datetime
    seal: InitVar[object] = field(kw_only=True)

    def __post_init__(self, seal: object) -> None:
        """Refuse a path that nothing validated.

        Raises:
            UsageError: it was not made by `validate_path`.
        """
        if seal is not _SEAL:
            raise UsageError("a ValidatedPath comes from validate_path alone")

    def authority_key_ids(self) -> tuple[bytes, ...]:
        """Return the authority key identifiers of its certificates, leaf first.

        They are what ``aki`` of a query's trusted authorities is compared with
        (OpenID4VP 1.0 section 6.1.1.1).
        """
        return tuple(
            each.authority_key_id
            for each in self.certificates
            if each.authority_key_id is not None
        )

    @property
    def leaf(self) -> Certificate:
        """The signer's certificate."""
        return self.certificates[0]

    @property
    def authorities_until(self) -> datetime:
        """Until when those are valid who certified the CAs of it, the anchor too.

        A signature names its signer's certificate by a digest, so that this is as old
        as the signature. The CAs above are named by nothing: whoever holds the keys of
        one that ended may certify others by now, as of any day, unless it is proven
        since when their certificates are there.
        """
        if len(self.certificates) == 1:
            return _END
        ends = [each.not_after for each in self.certificates[2:]]
        above = self.anchor.certificate
        if above is not None:
            ends.append(above.not_after)
        if self.anchor.validity is not None:
            ends.append(self.anchor.validity.until)
        return min(ends, default=_END)

    @property
    def material(self) -> Material:
        """All of its certificates, the anchor's own among them."""
        above = self.anchor.certificate
        chain = (*self.certificates, *(() if above is None else (above,)))
        return Material(certificates=tuple(dict.fromkeys(each.der for each in chain)))

    @property
    def key(self) -> PublicKey:
        """The signer's key."""
        return self.certificates[0].public_key


@dataclass(frozen=True, slots=True)
class PathFault:
    """Why a chain was refused, in the words of `idwallet.report.TABLE`.

    `facts` has ``name`` (of the certificate at fault, safe to show) and what else the
    reason promises: ``until``, ``since`` or ``what``.
    """

    reason: Reason
    facts: Facts


# Which of our algorithms the issuer's key must be allowed for, by how it signed
# (RFC 5280 4.1.1.2, RFC 9881). Any SHA-2 of 256 bits or more goes with any curve.
_SIGNATURES: Final = MappingProxyType(
    {
        SignatureAlgorithmOID.ECDSA_WITH_SHA256: ECDSA,
        SignatureAlgorithmOID.ECDSA_WITH_SHA384: ECDSA,
        SignatureAlgorithmOID.ECDSA_WITH_SHA512: ECDSA,
        SignatureAlgorithmOID.ED25519: frozenset({Algorithm.EDDSA}),
        SignatureAlgorithmOID.RSA_WITH_SHA256: frozenset({Algorithm.RS256}),
        SignatureAlgorithmOID.RSA_WITH_SHA384: frozenset({Algorithm.RS256}),
        SignatureAlgorithmOID.RSA_WITH_SHA512: frozenset({Algorithm.RS256}),
        SignatureAlgorithmOID.RSASSA_PSS: frozenset({Algorithm.PS256}),
        SignatureAlgorithmOID.ML_DSA_44: frozenset({Algorithm.ML_DSA_44}),
        SignatureAlgorithmOID.ML_DSA_65: frozenset({Algorithm.ML_DSA_65}),
        SignatureAlgorithmOID.ML_DSA_87: frozenset({Algorithm.ML_DSA_87}),
    }
)


def validate_path(
    chain: Sequence[Certificate],
    *,
    store: TrustStore,
    purpose: Purpose,
    at: datetime,
    algorithms: frozenset[Algorithm],
) -> ValidatedPath | PathFault:
    """Judge a chain, leaf first, at a moment.

    It never raises because of the certificates. `algorithms` bounds the keys and
    signatures that certify; RSA counts only where RS256 or PS256 is named. An anchor's
    own certificate in the chain is tolerated: the path ends below it.

    Raises:
        UsageError: the chain is empty, or `at` has no zone.
    """
    if not chain:
        raise UsageError("a chain has at least one certificate")
    if at.utcoffset() is None:
        raise UsageError("the moment judged needs a zone")
    key = (tuple([each.der for each in chain]), purpose, algorithms)
    known = store.paths.get(key, at=at)
    if known is not None:
        return known
    try:
        path = _Judge(store, purpose=purpose, at=at, algorithms=algorithms).judge(
            tuple(chain)
        )
    except _Refusal as refusal:
        return refusal.fault
    store.paths.put(key, path, since=path.since, until=path.until)
    return path


class _Refusal(Exception):  # noqa: N818 - never leaves this module
    """Carries the fault out of the judge."""

    def __init__(self, reason: Reason, name: str, **facts: str | datetime) -> None:
        super().__init__(reason)
        self.fault = PathFault(reason, MappingProxyType({"name": name, **facts}))


def _profile(certificate: Certificate, what: str) -> _Refusal:
    return _Refusal(Reason.CERTIFICATE_PROFILE, certificate.shown, what=what)


class _Judge:
    """One validation, with what is left of its budget."""

    def __init__(
        self,
        store: TrustStore,
        *,
        purpose: Purpose,
        at: datetime,
        algorithms: frozenset[Algorithm],
    ) -> None:
        self._store = store
        self._purpose = purpose
        self._at = at
        self._algorithms = algorithms
        self._signature_checks = limits.PATH_SIGNATURE_CHECKS
        self._name_checks = limits.PATH_NAME_CHECKS

    def judge(self, chain: tuple[Certificate, ...]) -> ValidatedPath:
        leaf = chain[0]
        if len(chain) > limits.CHAIN_CERTIFICATES:
            raise _Refusal(Reason.BUDGET_EXCEEDED, leaf.shown)
        anchor = self._store.holding(leaf, self._purpose)
        if anchor is not None and not anchor.signs_directly:
            # HAIP 1.0 6.1.1: what signs a token is not self-signed.
            raise _profile(leaf, "a trust anchor signs certificates only")
        if anchor is not None:
            return self._direct(leaf, anchor)
        chain, candidates = self._anchored(chain)
        if not candidates:
            raise _Refusal(Reason.NO_TRUSTED_PATH, leaf.shown)
        for lower, upper in pairwise(chain):
            self._link(lower, upper, leaf=leaf)
        return self._under_any(chain, candidates)

    def _direct(self, leaf: Certificate, anchor: TrustAnchor) -> ValidatedPath:
        """Take a signer who is believed itself; who certified it proves nothing."""
        since, until = self._current(leaf, anchor)
        _require_understood(leaf)
        _require_purpose(leaf, KEY_PURPOSES[self._purpose] | anchor.key_purposes)
        _require_leaf(leaf, self._purpose)
        return ValidatedPath((leaf,), anchor, since, until, seal=_SEAL)

    def _anchored(
        self, chain: tuple[Certificate, ...]
    ) -> tuple[tuple[Certificate, ...], tuple[tuple[TrustAnchor, Certificate], ...]]:
        """End the chain below an anchor that is part of it, else look one up by name.

        What came above that anchor proves nothing and is not looked at.
        """
        for n, each in enumerate(chain[1:], start=1):
            anchor = self._store.holding(each, self._purpose)
            if anchor is not None and not anchor.signs_directly:
                return chain[:n], ((anchor, each),)
        return chain, self._store.named(chain[-1].issuer_der, self._purpose)

    def _under_any(
        self,
        chain: tuple[Certificate, ...],
        candidates: tuple[tuple[TrustAnchor, Certificate], ...],
    ) -> ValidatedPath:
        """Take the first anchor under which the chain stands.

        If none does, the fault told is the one under an anchor that did sign: "expired"
        helps more than "another root of that name did not sign it".
        """
        told: _Refusal | None = None
        for anchor, certificate in candidates:
            try:
                self._link(chain[-1], certificate, leaf=chain[0])
                return self._under(chain, anchor, certificate=certificate)
            except _Refusal as refusal:
                if refusal.fault.reason is Reason.BUDGET_EXCEEDED:
                    raise
                if told is None or told.fault.reason is Reason.NO_TRUSTED_PATH:
                    told = refusal
        raise told or _Refusal(Reason.NO_TRUSTED_PATH, chain[0].shown)

    def _link(
        self, lower: Certificate, upper: Certificate, *, leaf: Certificate
    ) -> None:
        """Require that `upper` issued `lower` (RFC 5280 6.1.3 (a)(1) and (a)(4)).

        Names are compared byte by byte, which RFC 5280 4.1.2.6 makes CAs keep.
        """
        if lower.issuer_der != upper.subject_der or _other_key(lower, upper):
            raise _Refusal(Reason.NO_TRUSTED_PATH, leaf.shown)
        signs = ECDSA
        if lower.signed.algorithm not in ECDSA_WITH_SHA_2:
            oid = lower.native.signature_algorithm_oid
            signs = _SIGNATURES.get(oid, frozenset())
        if not signs & upper.public_key.algorithms & self._algorithms:
            raise _profile(lower, "signed with an algorithm that is not allowed")
        if self._signature_checks == 0:
            raise _Refusal(Reason.BUDGET_EXCEEDED, leaf.shown)
        self._signature_checks -= 1
        if not is_signed_by(lower, upper):
            raise _Refusal(Reason.NO_TRUSTED_PATH, leaf.shown)

    def _under(
        self,
        chain: tuple[Certificate, ...],
        anchor: TrustAnchor,
        *,
        certificate: Certificate,
    ) -> ValidatedPath:
        """Walk from the anchor down to the leaf (RFC 5280 6.1.3 to 6.1.5)."""
        since, until = self._current(certificate, anchor)
        _require_understood(certificate)
        room = _narrowest(len(chain), certificate)
        constraints = _constraints(certificate)
        purposes = KEY_PURPOSES[self._purpose] | anchor.key_purposes
        for each in chain[:0:-1]:
            first, last = self._current(each)
            since, until = max(since, first), min(until, last)
            _require_understood(each)
            if not each.self_issued:
                self._require_names(each, constraints)
            _require_purpose(each, purposes)
            room = _require_ca(each, room)
            constraints += _constraints(each)
        leaf = chain[0]
        first, last = self._current(leaf)
        _require_understood(leaf)
        if constraints:
            self._require_names(leaf, constraints)
        _require_purpose(leaf, purposes)
        _require_leaf(leaf, self._purpose)
        since, until = max(since, first), min(until, last)
        return ValidatedPath(chain, anchor, since, until, seal=_SEAL)

    def _current(
        self, certificate: Certificate, anchor: TrustAnchor | None = None
    ) -> tuple[datetime, datetime]:
        """Require validity at the moment (RFC 5280 6.1.3 (a)(2)); say from, until."""
        since, until = certificate.not_before, certificate.not_after
        if anchor is not None and anchor.validity is not None:
            since = max(since, anchor.validity.since)
            until = min(until, anchor.validity.until)
        if self._at > until:
            name = certificate.shown
            raise _Refusal(Reason.CERTIFICATE_EXPIRED, name, until=until)
        if self._at < since:
            name = certificate.shown
            raise _Refusal(Reason.CERTIFICATE_NOT_YET_VALID, name, since=since)
        return since, until

    def _require_names(
        self, certificate: Certificate, constraints: tuple[NameConstraints, ...]
    ) -> None:
        if not constraints:
            return
        self._name_checks -= len(certificate.names) * sum(c.size for c in constraints)
        if self._name_checks < 0:
            raise _Refusal(Reason.BUDGET_EXCEEDED, certificate.shown)
        what = violation(certificate.names, constraints)
        if what:
            raise _profile(certificate, what)


def _other_key(lower: Certificate, upper: Certificate) -> bool:
    """Whether the identifiers say that another key signed (RFC 5280 4.2.1.1)."""
    wanted, had = lower.authority_key_id, upper.subject_key_id
    return wanted is not None and had is not None and wanted != had


def _constraints(certificate: Certificate) -> tuple[NameConstraints, ...]:
    return () if certificate.constraints is None else (certificate.constraints,)


def _narrowest(room: int, certificate: Certificate) -> int:
    length = certificate.path_length
    return room if length is None else min(room, length)


def _require_understood(certificate: Certificate) -> None:
    if certificate.unsupported:
        raise _profile(certificate, certificate.unsupported[0])


def _require_purpose(certificate: Certificate, accepted: frozenset[str]) -> None:
    """Hold CAs to it too: a CA for web servers makes no issuers of credentials."""
    named = certificate.extended_key_usage
    if named is not None and not named & accepted:
        raise _profile(certificate, "its extended key usage is for something else")


def _require_ca(certificate: Certificate, room: int) -> int:
    """Require a CA that may stand here; return how many more may stand below it.

    RFC 5280 6.1.4 (k) to (n).
    """
    if not certificate.is_ca:
        raise _profile(certificate, "not a CA certificate")
    usage = certificate.key_usage
    if usage is not None and KeyUsage.KEY_CERT_SIGN not in usage:
        raise _profile(certificate, "its key must not sign certificates")
    if not certificate.self_issued:
        if room == 0:
            raise _profile(certificate, "more CA certificates than the path may have")
        room -= 1
    return _narrowest(room, certificate)


def _require_leaf(certificate: Certificate, purpose: Purpose) -> None:
    if certificate.is_ca:
        raise _profile(certificate, "a CA certificate signs certificates only")
    usage = certificate.key_usage
    if usage is not None and not usage & KEY_USAGES[purpose]:
        raise _profile(certificate, "its key must not sign data")
