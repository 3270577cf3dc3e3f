"""Forged archive timestamps: on something else, or by somebody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet.codec.der import Fields, oid, sequence, whole
from idwallet.envelope.cms import attribute, names, read_signed_data
from idwallet.report import CheckId, Reason
from idwallet.testing.archive_draft import (
    ArchiveDraft,
    IndexDraft,
    archive_draft,
    lists_about,
    rebuilt,
)
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.authorities import timestamp_authority
from idwallet.testing.cms_draft import CmsDraft, octets
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.evidence import crls
from idwallet.testing.pki import Fault, TestIdentity
from idwallet.testing.tsa import TimestampDraft
from idwallet.trust.evidence import content_of

Forger = Callable[[ArchiveDraft], None]
_DAY: Final = timedelta(days=1)
_STAMP: Final = CheckId.TIMESTAMP_TRUST
_R = Reason


# --- what the timestamp is on ---------------------------------------------------------


def _index(change: Callable[[IndexDraft], None]) -> Forger:
    return lambda made: setattr(made.rounds[0], "index", change)


def _indexed(**changes: object) -> Forger:
    def change(index: IndexDraft) -> None:
        for name, value in changes.items():
            setattr(index, name, value)

    return _index(change)


def _after(change: Callable[[bytes], bytes]) -> Forger:
    return lambda made: setattr(made, "after", change)


def _named(kind: str) -> Forger:
    """Name one more digest, of nothing that is there."""
    return _index(lambda index: getattr(index, kind).append(bytes(32)))


_PRIVATE: Final = attribute(oid("1.3.6.1.4.1.55555.9")[2:], sequence())


def _with_more(made: ArchiveDraft) -> None:
    """Put in what nobody needs, and the archive timestamp covers."""
    made.more = (_PRIVATE,)
    made.rounds[0].certificates = (made.scene.second.chain[0],)


def _without_more(message: bytes) -> bytes:
    return rebuilt(message, unsigned=lambda u: tuple(e for e in u if e != _PRIVATE))


def _less(listed: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return listed[1:]


def _without_its_own(made: ArchiveDraft) -> None:
    """Take a certificate out that is not needed."""
    own = made.rounds[0].certificates
    made.after = lambda message: rebuilt(
        message, certificates=lambda c: tuple(e for e in c if e not in own)
    )


def _swapped(made: ArchiveDraft) -> None:
    """Put another certificate in the place of one that is not needed."""
    own, other = made.rounds[0].certificates, made.scene.authorities[3].chain[0]
    made.after = lambda message: rebuilt(
        message, certificates=lambda c: tuple(other if e in own else e for e in c)
    )


def _other_list(made: ArchiveDraft) -> None:
    newer = content_of(lists_about(made.scene, made.signer, year=0.1)[0].der)
    made.after = lambda message: rebuilt(
        message, revocations=lambda found: (newer, *found[1:])
    )


def _shrunk(index: bytes) -> bytes:
    """Return an index that names no attribute any more."""
    fields = Fields(index)
    kept = [whole(index, each) for each in fields.rest()[:-1]]
    return sequence(*kept, sequence())


def _moved(made: ArchiveDraft) -> None:
    """Take the archive timestamp from another signature on the same document."""
    other = archive_draft(made.scene)
    held = read_signed_data(other.to_bytes(), at="draft").signers[0].unsigned[-1]
    made.after = lambda der: rebuilt(der, unsigned=lambda u: (*u[:-1], held.der))


def _on_the_value(made: ArchiveDraft) -> None:
    """Pass a timestamp on the signature value off as one on all of it."""

    def after(message: bytes) -> bytes:
        first = read_signed_data(message, at="draft").signers[0].unsigned[0]
        held = attribute(names.ARCHIVE_TIMESTAMP, *first.values)
        return rebuilt(message, unsigned=lambda found: (*found[:-1], held))

    made.after = after


_MISMATCHES: Final = (
    ("a certificate named that is not there", _named("certificates")),
    ("a list named that is not there", _named("revocations")),
    ("an attribute named that is not there", _named("attributes")),
    ("no index", _indexed(count=0)),
    ("two indexes", _indexed(count=2)),
    ("an index of two values", _indexed(values=2)),
    ("an index that is junk", _indexed(bend=lambda _: octets(b"junk"))),
    ("an index of another digest", _indexed(hashed="sha512")),
    ("an index changed afterwards", _indexed(shown=_shrunk)),
    ("something after the index", _indexed(bend=lambda der: der + b"\5\0")),
    ("another document", lambda made: setattr(made.rounds[0], "document", b"another")),
    ("a list taken out", _after(lambda m: rebuilt(m, revocations=_less))),
    ("a list replaced", _other_list),
    ("from another signature", _moved),
    ("on the signature value only", _on_the_value),
)


# --- the timestamp itself -------------------------------------------------------------


def _stamp(**changes: object) -> Forger:
    def change(stamp: TimestampDraft) -> None:
        for name, value in changes.items():
            setattr(stamp, name, value)

    return lambda made: setattr(made.rounds[0], "stamp", change)


def _two_signers(cms: CmsDraft) -> None:
    cms.signers.append(cms.signer)


def _covered(cms: CmsDraft) -> None:
    cms.signer.covered = b"something else"


def _bare(cms: CmsDraft) -> None:
    cms.certificates = ()


def _by(certify: Callable[[ArchiveScene], TestIdentity]) -> Forger:
    def forge(made: ArchiveDraft) -> None:
        who = certify(made.scene)
        made.rounds[0].by = who
        made.known = (*made.known, *crls(who, at=made.at))

    return forge


def _faulty(fault: Fault) -> Forger:
    return _by(lambda scene: timestamp_authority(scene.pki, fault=fault))


def _at_hand(**changes: object) -> Forger:
    """Know something else about the authority of the newest archive timestamp."""

    def forge(made: ArchiveDraft) -> None:
        here = made.scene
        others = [e for e in here.everybody if e is not made.rounds[-1].by]
        about = crls(made.rounds[-1].by, at=made.at, **changes)  # type: ignore[arg-type]  # any field
        made.known = (*lists_about(here, *others), *about)
        made.rounds[0].known = lists_about(here, *others)

    return forge


def _unknown(made: ArchiveDraft) -> None:
    here = made.scene
    others = [each for each in here.everybody if each is not made.rounds[-1].by]
    made.known = made.rounds[0].known = lists_about(here, *others)


_SHA1: Final = sequence(sequence(oid("1.3.14.3.2.26")), octets(bytes(20)))
_STAMPS: Final = (
    ("of two signers", _R.MALFORMED, _stamp(change=_two_signers)),
    ("without a time", _R.MALFORMED, _stamp(time=octets(b"now"))),
    ("no timestamp at all", _R.UNSUPPORTED, _stamp(content_type=names.DATA)),
    ("over something else", _R.INVALID, _stamp(change=_covered)),
    ("by SHA-1", _R.ALGORITHM_NOT_ALLOWED, _stamp(imprint=_SHA1)),
    ("without certificates", _R.NO_KEY_MATERIAL, _stamp(change=_bare)),
    ("by a stranger", _R.NO_TRUSTED_PATH, _faulty(Fault.STRANGER_ROOT)),
    ("by itself", _R.NO_TRUSTED_PATH, _faulty(Fault.SELF_SIGNED)),
    ("by a signer", _R.CERTIFICATE_PROFILE, _by(lambda scene: scene.second)),
    ("by an ended certificate", _R.CERTIFICATE_EXPIRED, _faulty(Fault.LEAF_EXPIRED)),
    (
        "before its certificate",
        _R.CERTIFICATE_NOT_YET_VALID,
        lambda made: setattr(made.rounds[0], "moment", made.at - 2 * _DAY),
    ),
    (
        "of tomorrow",
        _R.FROM_THE_FUTURE,
        lambda made: setattr(made.rounds[0], "moment", made.at + _DAY),
    ),
    (
        "by a stolen key",
        _R.REVOKED,
        _at_hand(revoked={0: ReasonFlags.key_compromise}),
    ),
    (
        "by a key on hold",
        _R.ON_HOLD,
        _at_hand(revoked={0: ReasonFlags.certificate_hold}),
    ),
    ("by a revoked CA", _R.REVOKED, _at_hand(revoked={1: ReasonFlags.ca_compromise})),
    ("by nobody known", _R.UNKNOWN, _unknown),
)


STAMP_FORGERIES: Final[tuple[Forged[ArchiveDraft], ...]] = (
    *(
        Forged(f"archive: {name}", _STAMP, _R.INTEGRITY_MISMATCH, forge)
        for name, forge in _MISMATCHES
    ),
    *(
        Forged(
            f"archive: {name}", _STAMP, _R.INTEGRITY_MISMATCH, forge, prepare=_with_more
        )
        for name, forge in (
            ("an attribute taken out", _after(_without_more)),
            ("a certificate taken out", _without_its_own),
            ("a certificate replaced", _swapped),
        )
    ),
    *(
        Forged(f"archive: {name}", _STAMP, reason, forge)
        for name, reason, forge in _STAMPS
    ),
)
"""Every archive timestamp here that proves nothing."""
