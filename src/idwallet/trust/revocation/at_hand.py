"""What the CRLs and OCSP responses at hand say of the certificates of a path.

Only what can speak of the path is read: CRLs by the issuers that its certificates
name, responses by serial numbers.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from idwallet import limits
from idwallet.codec.text import show
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import CrlNeeded, EvidenceKind, OcspNeeded, Origin
from idwallet.trust.at_hand import certificates_at_hand
from idwallet.trust.certificate import Certificate
from idwallet.trust.distinguished import read_name
from idwallet.trust.evidence import CrlAtHand, OcspAtHand, content_of
from idwallet.trust.material import together
from idwallet.trust.path import ValidatedPath
from idwallet.trust.policy import Policy
from idwallet.trust.revocation.crl import Crl, crl_issuer
from idwallet.trust.revocation.evidence import Evidence, Refused
from idwallet.trust.revocation.judge import judge_path_revocation
from idwallet.trust.revocation.ocsp import OcspResponse, SingleResponse
from idwallet.trust.revocation.scope import crl_issuers_of
from idwallet.trust.revocation.statements import most_telling
from idwallet.trust.revocation.structures import (
    Good,
    OnHold,
    Revocation,
    RevocationRules,
    Revoked,
    Unknown,
    Unsettled,
)

if TYPE_CHECKING:
    from idwallet.trust.anchors import TrustStore

_Thing = TypeVar("_Thing")


class PieceUsed(NamedTuple):
    """A piece of evidence that was looked at; `about` is safe to show."""

    kind: EvidenceKind
    about: str
    as_of: datetime
    origin: Origin


class PathAtHand(NamedTuple):
    """What is known of a path: the worst of what is known of its certificates.

    `certificate` is the one that it is about. `needs` would settle what is unknown.
    For a path of which nothing is revoked, `found` says as of when, and until when.
    `unread` says why some of the evidence could not be read: that is no silence, as
    nobody knows what it would say.
    """

    certificate: Certificate
    found: Revocation
    needs: tuple[CrlNeeded | OcspNeeded, ...]
    used: tuple[PieceUsed, ...]
    unread: Unsettled | None = None


def revocation_at_hand(
    path: ValidatedPath, *, trust: "TrustStore", policy: Policy, at: datetime
) -> PathAtHand:
    """Say what the evidence at hand in `trust` says of the certificates of a path.

    A certificate revoked is told before one on hold, and that before one of which
    nothing is known. That none is revoked is remembered for as long as judging it
    again would come to the same. Nothing is fetched.

    Raises:
        UsageError: `at` has no zone.
    """
    rules = RevocationRules(
        maximum_age=policy.revocation_age, algorithms=policy.algorithms
    )
    return path_at_hand(path, trust=trust, rules=rules, at=at)


def path_at_hand(
    path: ValidatedPath, *, trust: "TrustStore", rules: RevocationRules, at: datetime
) -> PathAtHand:
    """Say the same by rules that may hold a proof of existence; see above.

    Raises:
        UsageError: `at` has no zone.
    """
    above = path.anchor.certificate
    chain = (*path.certificates, *(() if above is None else (above,)))
    ders = tuple(each.der for each in chain)
    key = (ders, rules)
    known = trust.memory.paths.get(key, at=at)
    if known is not None:
        return known
    chosen = _choose(path, trust)
    judged = judge_path_revocation(path, evidence=chosen.evidence, at=at, rules=rules)
    said = _worst(judged, chosen.used)._replace(unread=_unread(chosen.evidence))
    if isinstance(said.found, Good):
        until = min((said.found.until, *_turns(chosen.evidence, at=at)))
        trust.memory.paths.put(key, said, since=at, until=until)
    return said


def _worst(
    judged: tuple[tuple[Certificate, Revocation], ...], used: tuple[PieceUsed, ...]
) -> PathAtHand:
    certificate, found = max(judged, key=lambda each: _weight(each[1]))
    unknown = [each for _, each in judged if isinstance(each, Unknown)]
    needs = tuple(dict.fromkeys(need for each in unknown for need in each.needs))
    if isinstance(found, Good):
        good = [each for _, each in judged if isinstance(each, Good)]
        found = Good(
            min(e.as_of for e in good),
            min(e.until for e in good),
            together(e.material for e in good),
        )
        certificate = judged[0][0]
    return PathAtHand(certificate, found, needs, used)


def _unread(evidence: Evidence) -> Unsettled | None:
    refused = {each.reason for each in evidence.refused}
    told = refused - {Unsettled.RESPONDER_REFUSED}  # it was read, and says nothing
    return most_telling(told) if told else None


_KINDS: Final = (Good, Unknown, OnHold, Revoked)
_UNSETTLED: Final = tuple(Unsettled)


def _weight(found: Revocation) -> tuple[int, int]:
    rank = _UNSETTLED.index(found.reason) if isinstance(found, Unknown) else 0
    return _KINDS.index(type(found)), rank


def _turns(evidence: Evidence, *, at: datetime) -> Iterator[datetime]:
    """Yield the moments to come at which the same evidence may say something else.

    A delegate's certificate ends, or what was taken later than `at` begins to count.
    """
    singles = [
        (basic, single)
        for response in evidence.responses
        if (basic := response.basic) is not None
        for single in basic.singles
    ]
    begins = [
        *(crl.this_update for crl in evidence.crls),
        *(single.this_update for _, single in singles),
        *(basic.produced_at for basic, _ in singles),
    ]
    yield from (each - timedelta.resolution for each in begins if each > at)
    sent = {der for basic, _ in singles for der in basic.certificates}
    read = (_read(partial(Certificate.from_der, e, at="certs"), "certs") for e in sent)
    for signer in (*evidence.certificates, *read):
        if isinstance(signer, Certificate):
            # Its last moment is still one at which it vouches.
            yield from (each for each in (signer.not_after,) if each >= at)


# --- what is read -----------------------------------------------------------------


class _Chosen(NamedTuple):
    evidence: Evidence
    used: tuple[PieceUsed, ...]


def _choose(path: ValidatedPath, trust: "TrustStore") -> _Chosen:
    refused: list[Refused] = []
    crls = _bounded("crls", _crls(path, trust, refused=refused), refused=refused)
    responses = _bounded(
        "responses", _responses(path, trust, refused=refused), refused=refused
    )
    certificates = certificates_at_hand(trust)
    refused += [_refused("signer", each) for each in certificates.faults]
    revokers = certificates.revokers
    if len(revokers) > limits.REVOCATION_CERTIFICATES:
        refused.append(_too_many("certificates"))
        revokers = ()
    evidence = Evidence(
        crls=tuple(crl for crl, _ in crls),
        responses=tuple(response for response, _ in responses),
        certificates=revokers,
        refused=tuple(refused),
    )
    return _Chosen(evidence, tuple(used for _, used in (*crls, *responses)))


_BOUNDS: Final = {"crls": limits.CRLS, "responses": limits.OCSP_RESPONSES}


def _bounded(
    kind: str,
    found: Iterator[tuple[_Thing, PieceUsed]],
    *,
    refused: list[Refused],
) -> tuple[tuple[_Thing, PieceUsed], ...]:
    """Return them all, or none: whoever floods must not choose what is left out."""
    every = tuple(found)
    if len(every) <= _BOUNDS[kind]:
        return every
    refused.append(_too_many(kind))
    return ()


def _too_many(kind: str) -> Refused:
    return Refused(kind, Unsettled.BUDGET_EXCEEDED, "more than its bound")


def _read(read: Callable[[], _Thing], at: str) -> _Thing | Refused:
    try:
        return read()
    except (MalformedError, UnsupportedError) as error:
        return _refused(at, error)


def _refused(at: str, error: MalformedError | UnsupportedError) -> Refused:
    is_malformed = isinstance(error, MalformedError)
    reason = Unsettled.MALFORMED if is_malformed else Unsettled.UNSUPPORTED
    return Refused(at, reason, error.what)


_CRL: Final = EvidenceKind.CRL


def _crls(
    path: ValidatedPath, trust: "TrustStore", *, refused: list[Refused]
) -> Iterator[tuple[Crl, PieceUsed]]:
    issuers = frozenset[bytes]().union(*map(crl_issuers_of, path.certificates))
    for n, piece in enumerate(trust.evidence.crls):
        at = f"crls/{n}"
        issuer = _issuer(piece, trust, at=at)
        if isinstance(issuer, bytes) and issuer not in issuers:
            continue
        found = issuer if isinstance(issuer, Refused) else _crl(piece, trust, at=at)
        if isinstance(found, Refused):
            refused.append(found)
            continue
        about = show(read_name(found.issuer_der)[1])
        yield found, PieceUsed(_CRL, about, found.this_update, piece.origin)


def _issuer(piece: CrlAtHand, trust: "TrustStore", *, at: str) -> bytes | Refused:
    issuer = piece.issuer or trust.memory.crl_issuers.get(piece)
    if issuer is not None:
        return issuer
    found = _read(lambda: crl_issuer(content_of(piece.der), at=at), at)
    if isinstance(found, bytes):
        trust.memory.crl_issuers.put(piece, found)
    return found


def _crl(piece: CrlAtHand, trust: "TrustStore", *, at: str) -> Crl | Refused:
    found = trust.memory.crls.get(piece)
    if found is None:
        found = _read(lambda: Crl.from_der(content_of(piece.der), at=at), at)
        trust.memory.crls.put(piece, found)
    return found


def _responses(
    path: ValidatedPath, trust: "TrustStore", *, refused: list[Refused]
) -> Iterator[tuple[OcspResponse, PieceUsed]]:
    shown = {each.native.serial_number: each.shown for each in path.certificates}
    for n, piece in enumerate(trust.evidence.responses):
        at = f"responses/{n}"
        found = _response(piece, trust, at=at)
        if isinstance(found, Refused):
            refused.append(found)
        elif found.basic is None:
            refused.append(Refused(at, Unsettled.RESPONDER_REFUSED, "no answer"))
        else:
            about = [each for each in found.basic.singles if each.serial in shown]
            if about:
                yield found, _response_used(about, shown, origin=piece.origin)


def _response_used(
    about: list[SingleResponse], shown: dict[int, str], *, origin: Origin
) -> PieceUsed:
    as_of = max(each.this_update for each in about)
    name = shown[about[0].serial]
    return PieceUsed(EvidenceKind.OCSP_RESPONSE, name, as_of, origin)


def _response(
    piece: OcspAtHand, trust: "TrustStore", *, at: str
) -> OcspResponse | Refused:
    found = trust.memory.responses.get(piece)
    if found is None:
        found = _read(
            lambda: OcspResponse.from_der(
                content_of(piece.der), at=at, asked=piece.nonce
            ),
            at,
        )
        trust.memory.responses.put(piece, found)
    return found
