"""What each piece of evidence says of one certificate, once it is found authentic."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.x509 import ReasonFlags
from cryptography.x509.ocsp import OCSPCertStatus

from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.certificate import Certificate
from idwallet.trust.material import Material
from idwallet.trust.revocation.authority import Authorities, Standing, is_other_key
from idwallet.trust.revocation.crl import Crl
from idwallet.trust.revocation.entries import Entry
from idwallet.trust.revocation.evidence import Evidence
from idwallet.trust.revocation.ocsp import BasicResponse, SingleResponse
from idwallet.trust.revocation.scope import concerns, covered
from idwallet.trust.revocation.signatures import signature_fault
from idwallet.trust.revocation.statements import Says, Statement, most_telling
from idwallet.trust.revocation.structures import Unsettled


@dataclass(frozen=True, slots=True)
class _Listed:
    """An authentic CRL that covers the certificate, and its entries for it."""

    crl: Crl
    covers: frozenset[ReasonFlags]
    bar: Unsettled | None
    entries: tuple[Entry, ...]
    material: Material

    @property
    def lifts(self) -> bool:
        """Whether it takes the certificate off the list (RFC 5280 5.3.1)."""
        return bool(self.entries) and all(
            each.reason is ReasonFlags.remove_from_crl for each in self.entries
        )


class Reading:
    """The statements about one certificate; `faults` says why there are not more."""

    def __init__(
        self, certificate: Certificate, authorities: Authorities, *, evidence: Evidence
    ) -> None:
        """Take the certificate, who may speak for its issuer, and what was said."""
        self._certificate = certificate
        self._authorities = authorities
        self._evidence = evidence
        self.faults: set[Unsettled] = {each.reason for each in evidence.refused}

    # --- CRLs ----------------------------------------------------------------------

    def of_crls(self) -> Iterator[Statement]:
        """Yield what the CRLs say, delta CRLs together with what they change.

        Raises:
            BudgetError: the signature checks are used up.
        """
        listed = [each for each in map(self._listed, self._evidence.crls) if each]
        whole = [each for each in listed if not each.crl.is_delta]
        for each in listed:
            yield from self._own(each)
        for delta in (each for each in listed if each.crl.is_delta):
            bases = [base for base in whole if _combine(base.crl, delta.crl)]
            for base in bases:
                yield from self._combined(base, delta)
            if not bases:
                self.faults.add(Unsettled.BASE_MISSING)

    def _listed(self, crl: Crl) -> _Listed | None:
        if not concerns(crl, self._certificate):
            return None
        covers = covered(crl, self._certificate)
        if not covers:
            self.faults.add(Unsettled.OUT_OF_SCOPE)
            return None
        standing = self._crl_standing(crl)
        if standing.refused is not None:
            self.faults.add(standing.refused)
            return None
        try:
            entries = crl.entries().find(
                self._certificate.native.serial_number,
                issuer=self._certificate.issuer_der,
            )
        except ValueError:
            self.faults.add(Unsettled.UNSUPPORTED)
            return None
        material = Material(crls=(crl.der,)).plus(standing.material)
        return _Listed(crl, covers, standing.bar, entries, material)

    def _own(self, listed: _Listed) -> Iterator[Statement]:
        """Yield what one CRL says by itself; a delta CRL's silence says nothing."""
        crl = listed.crl
        if crl.is_delta:
            if not listed.lifts:
                yield from self._entries(listed)
        elif any(e.reason is ReasonFlags.remove_from_crl for e in listed.entries):
            self.faults.add(Unsettled.MALFORMED)  # RFC 5280 5.3.1: in delta CRLs only
        elif listed.entries:
            yield from self._entries(listed)
        else:
            yield self._absent(listed)

    def _combined(self, base: _Listed, delta: _Listed) -> Iterator[Statement]:
        """Yield what a complete CRL comes to with its changes (RFC 5280 5.2.4).

        Both together are complete as of the delta CRL, while both are in force. A
        revocation for good that is on the complete one stands by itself and is not
        lifted.
        """
        both = _Listed(
            delta.crl,
            base.covers & delta.covers,
            base.bar or delta.bar,
            () if delta.lifts else base.entries,
            base.material.plus(delta.material),
        )
        ends = [each.crl.next_update for each in (base, delta) if each.crl.next_update]
        if both.entries:
            said = self._entries(both)
        elif delta.lifts or not delta.entries:
            said = iter((self._absent(both),))
        else:
            return
        yield from (replace(each, until=min(ends, default=None)) for each in said)

    def _entries(self, listed: _Listed) -> Iterator[Statement]:
        said = _said(listed)
        for each in listed.entries:
            if each.reason is not ReasonFlags.remove_from_crl:
                yield said.revoking(each.since, each.reason)

    def _absent(self, listed: _Listed) -> Statement:
        crl = listed.crl
        expired = self._expired(crl.this_update, crl.covers_expired_since)
        return replace(_said(listed), bar=listed.bar or expired)

    def _crl_standing(self, crl: Crl) -> Standing:
        """Find who signed a CRL (RFC 5280 6.3.3 (f) and (g))."""
        issuers = self._authorities.issuers
        others = (each for each in self._evidence.certificates if each not in issuers)
        found: list[Unsettled] = []
        for signer in (*issuers, *others):
            if signer.subject_der != crl.issuer_der or is_other_key(crl, signer):
                continue
            if not crl.is_known_from(signer.public_key):
                self._authorities.budget.spend()
            fault = crl.signature_fault(
                key=signer.public_key, allowed=self._authorities.algorithms
            )
            standing = (
                self._authorities.crl_signer(signer, signed_at=crl.this_update)
                if fault is None
                else Standing(refused=fault)
            )
            if standing.refused is None:
                return standing
            found.append(standing.refused)
        return Standing(refused=_refusal(found))

    # --- OCSP ----------------------------------------------------------------------

    def of_responses(self) -> Iterator[Statement]:
        """Yield what the OCSP responses say.

        Raises:
            BudgetError: the signature checks are used up.
        """
        for response in self._evidence.responses:
            if response.basic is None:
                self.faults.add(Unsettled.RESPONDER_REFUSED)
                continue
            singles = [
                each
                for each in response.basic.singles
                if each.concerns(self._certificate, issuer=self._authorities.issuer)
            ]
            if singles:
                fits = response.basic.answers(response.asked)
                bar = None if fits else Unsettled.NONCE_MISMATCH
                said = self._answers(response.basic, singles, bar=bar)
                own = Material(responses=(response.der,))
                yield from (
                    replace(each, material=own.plus(each.material)) for each in said
                )

    def _answers(
        self,
        basic: BasicResponse,
        singles: Iterable[SingleResponse],
        *,
        bar: Unsettled | None,
    ) -> Iterator[Statement]:
        standing = self._responder_standing(basic)
        if standing.refused is not None:
            self.faults.add(standing.refused)
            return
        bar = bar or standing.bar
        if basic.produced_at > self._authorities.at:
            bar = bar or Unsettled.NOT_YET
        material = standing.material.without(basic.certificates)
        for each in singles:
            said = self._answer(each, bar=bar)
            if isinstance(said, Unsettled):
                self.faults.add(said)
            else:
                yield replace(said, material=material)

    def _answer(
        self, single: SingleResponse, *, bar: Unsettled | None
    ) -> Statement | Unsettled:
        if single.status is OCSPCertStatus.UNKNOWN:
            return Unsettled.RESPONDER_UNKNOWN
        said = Statement(Says.GOOD, single.this_update, single.next_update, bar=bar)
        if single.since is None:
            expired = self._expired(single.this_update, single.archive_cutoff)
            return replace(said, bar=bar or expired)
        reason = single.reason or ReasonFlags.unspecified
        if reason is ReasonFlags.remove_from_crl:
            return Unsettled.MALFORMED  # it lifts what no response can set
        return said.revoking(single.since, reason)

    def _responder_standing(self, basic: BasicResponse) -> Standing:
        """Find who signed a response (RFC 6960 4.2.2.2 and 3.2)."""
        issuer = self._authorities.issuer
        sent = _readable(basic.certificates)
        found: list[Unsettled] = []
        for signer in dict.fromkeys((issuer, *sent, *self._evidence.certificates)):
            if not basic.is_from(signer):
                continue
            self._authorities.budget.spend()
            fault = signature_fault(
                basic.signed,
                key=signer.public_key,
                allowed=self._authorities.algorithms,
            )
            standing = (
                self._authorities.ocsp_signer(signer, signed_at=basic.produced_at)
                if fault is None
                else Standing(refused=fault)
            )
            if standing.refused is None:
                return standing
            found.append(standing.refused)
        return Standing(refused=_refusal(found))

    def _expired(
        self, as_of: datetime, kept_since: datetime | None
    ) -> Unsettled | None:
        """Say if silence means nothing, since entries may be gone.

        RFC 5280 3.3: an entry leaves the CRL after the certificate's end, unless the
        list says how long it keeps them (RFC 6960 4.4.4, X.509 expiredCertsOnCRL).
        """
        end = self._certificate.not_after
        if as_of <= end or (kept_since is not None and kept_since <= end):
            return None
        return Unsettled.CERTIFICATE_EXPIRED


def _said(listed: _Listed) -> Statement:
    """Return that nothing is on the list, as of its CRL."""
    crl = listed.crl
    return Statement(
        Says.GOOD,
        crl.this_update,
        crl.next_update,
        covers=listed.covers,
        bar=listed.bar,
        material=listed.material,
    )


def _refusal(found: list[Unsettled]) -> Unsettled:
    return most_telling(found) if found else Unsettled.SIGNER_UNKNOWN


def _readable(ders: Iterable[bytes]) -> Iterator[Certificate]:
    """Yield those of a response's certificates that can be read."""
    for n, der in enumerate(ders):
        try:
            yield Certificate.from_der(der, at=f"certs/{n}")
        except (MalformedError, UnsupportedError):
            continue


def _combine(base: Crl, delta: Crl) -> bool:
    """Whether a delta CRL changes that complete one (RFC 5280 5.2.4, 6.3.3 (c)).

    Issuer, scope and key are the same, and the complete one is not older than the
    one the delta CRL starts from, and older than the delta CRL.
    """
    if base.number is None or delta.number is None or delta.base_number is None:
        return False
    return (
        base.issuer_der == delta.issuer_der
        and base.scope == delta.scope
        and base.authority_key_id == delta.authority_key_id
        and delta.base_number <= base.number < delta.number
        and base.this_update <= delta.this_update
    )
