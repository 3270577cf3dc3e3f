"""Certificates at hand beside the anchors: read once, found by key or by name.

Nobody is believed because a certificate of theirs is at hand. What is signed by a key
of one counts as far as it leads to an anchor at the moment judged.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from idwallet import limits
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.certificate import Certificate, KeyUsage

if TYPE_CHECKING:
    from idwallet.trust.anchors import Purpose, TrustStore

Chain = tuple[Certificate, ...]

_OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"


class CertificatesAtHand:
    """Certificates that somebody brought, in an order that is not theirs to choose.

    `faults` are those that cannot be read. `revokers` may sign CRLs or OCSP responses
    (RFC 5280 section 4.2.1.3, RFC 6960 section 4.2.2.2); whether one does so for a
    certificate is judged there.
    """

    __slots__ = ("_by_key_id", "_by_subject", "faults", "revokers")

    def __init__(self, ders: Iterable[bytes]) -> None:
        """Read them."""
        self.faults: list[MalformedError | UnsupportedError] = []
        self._by_key_id: dict[bytes, list[Certificate]] = {}
        self._by_subject: dict[bytes, list[Certificate]] = {}
        read = list(self._read(ders))
        self.revokers = tuple(each for each in read if _may_revoke(each))
        # Which chain is tried first must not depend on who lists them, and how.
        for each in sorted(read, key=lambda each: each.der):
            key_id = key_id_of(each.public_key.spki)
            self._by_key_id.setdefault(key_id, []).append(each)
            if each.is_ca:
                self._by_subject.setdefault(each.subject_der, []).append(each)

    def _read(self, ders: Iterable[bytes]) -> Iterator[Certificate]:
        for der in dict.fromkeys(ders):
            try:
                yield Certificate.from_der(der, at="certificate at hand")
            except (MalformedError, UnsupportedError) as error:
                self.faults.append(error)

    def of_key(self, key_id: bytes) -> Sequence[Certificate]:
        """Return those whose key has this identifier (`key_id_of`)."""
        return self._by_key_id.get(key_id, ())

    def above(self, certificate: Certificate) -> Iterator[Certificate]:
        """Yield the CAs that may have issued a certificate, by names and identifiers.

        RFC 5280 sections 6.1.3 (a)(4) and 4.2.1.1; their signatures say whether.
        """
        wanted = certificate.authority_key_id
        for each in self._by_subject.get(certificate.issuer_der, ()):
            had = each.subject_key_id
            if each != certificate and (wanted is None or had in {None, wanted}):
                yield each


def certificates_at_hand(store: "TrustStore") -> CertificatesAtHand:
    """Return those of a trust store, read once for all of its life."""
    found = store.memory.certificates
    if found is None:
        found = CertificatesAtHand(store.evidence.certificates)
        store.memory.certificates = found
    return found


def key_id_of(spki: bytes) -> bytes:
    """Return the first octets of the SHA-256 digest of a SubjectPublicKeyInfo."""
    return sha256(spki).digest()[: limits.KEY_ID_BYTES]


def chains_from(
    leaf: Certificate, *, store: "TrustStore", purpose: "Purpose"
) -> Iterator[Chain]:
    """Yield the chains over certificates at hand that end below the name of an anchor.

    Shorter ones come first. Nothing of them is judged. No more than
    `limits.CHAINS_AT_HAND` are looked at: a forest of cross-certificates is an attack
    on time.
    """
    at_hand = certificates_at_hand(store)
    waiting = deque[Chain]([(leaf,)])
    for _ in range(limits.CHAINS_AT_HAND):
        if not waiting:
            return
        chain = waiting.popleft()
        if store.named(chain[-1].issuer_der, purpose):
            yield chain
        if len(chain) < limits.CHAIN_CERTIFICATES:
            waiting += [
                (*chain, each)
                for each in at_hand.above(chain[-1])
                if each not in chain and store.holding(each, purpose) is None
            ]


def _may_revoke(certificate: Certificate) -> bool:
    usage = certificate.key_usage
    if usage is None or KeyUsage.CRL_SIGN in usage:
        return True
    return _OCSP_SIGNING in (certificate.extended_key_usage or ())
