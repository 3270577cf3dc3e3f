"""A document is signed by somebody who is elsewhere, and by nobody else."""

import hashlib
import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from idwallet import limits
from idwallet.adapters.fonts import default_font
from idwallet.adapters.replay import FolderReplay
from idwallet.codec.json import read_object, write_json
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import RemoteKey
from idwallet.documents import (
    DOCUMENTS,
    CAdES,
    Commitment,
    JAdES,
    Level,
    Packaging,
    Serialisation,
    XAdES,
)
from idwallet.documents.appearance import Box, Stamp
from idwallet.documents.asic.profile import ASiC, ASiCKind
from idwallet.documents.pades.profile import (
    AllowedChanges,
    FieldLock,
    LockedFields,
    PAdES,
)
from idwallet.errors import (
    LimitError,
    MalformedError,
    PortError,
    UnsupportedError,
    UsageError,
    VerificationFailed,
)
from idwallet.report import CheckId, Reason
from idwallet.roles.document_signer import (
    SessionTerms,
    SigningSession,
    SigningSessions,
    ToBeSigned,
    sign_document,
    two_steps,
    verify_document,
    written_profile,
)
from idwallet.testing.authorities import document_signer
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.evidence import crls
from idwallet.testing.sessions import NAME, PURPOSE, SessionScene, session_draft
from idwallet.testing.tsa import TestTsa
from idwallet.trust.evidence import EvidenceAtHand
from idwallet.trust.replay import MemoryReplay
from tests.unit.documents.pades.papers import table

HOUR = timedelta(hours=1)
TERMS = SessionTerms(name=NAME, purpose=PURPOSE)


@cache
def scene() -> SessionScene:
    return SessionScene(seed=b"idwallet TEST sessions")


def sessions(**change: object) -> SigningSessions:
    return replace(scene().sessions(), **change)  # type: ignore[arg-type]


def prepared(profile=None, *, terms=TERMS, document=CONTRACT, by=None):
    return (by or sessions()).prepare(
        document, profile or CAdES(), terms=terms, at=scene().at
    )


ANY = replace(DOCUMENTS, algorithms=frozenset(Algorithm))


def believed(*identities):
    everybody = (*identities, scene().authority)
    at_hand = {e.der: e for each in everybody for e in crls(each, at=scene().at)}
    store = scene().pki.store()
    return store.with_evidence(EvidenceAtHand(crls=at_hand.values()))


def verified(signed, *, document=CONTRACT, who=None):
    return verify_document(
        signed,
        document=document,
        trust=believed(who or scene().signer),
        policy=ANY,
        at=scene().at,
    )


# --- all the way --------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_every_kind_of_key_signs_elsewhere(algorithm):
    who = document_signer(scene().pki, algorithm=algorithm)
    desk = sessions()
    sent = prepared(by=desk).to_bytes()
    # On the phone, which has the document and knows what it was asked for.
    session = SigningSession.from_bytes(sent)
    assert session.is_for(CONTRACT)
    task = session.with_certificate(who.chain, algorithm=algorithm)
    signature = who.signer.sign(task.message)
    signed = desk.finish(task.to_bytes(), signature, at=scene().at)
    assert verified(signed, who=who).signatures[0].signing_time == scene().at


PDF = table()
XML = "<договор><p>Найм</p></договор>".encode()
FORMATS = [
    (CAdES(), CONTRACT),
    (CAdES(packaging=Packaging.ENVELOPING), CONTRACT),
    (JAdES(), CONTRACT),
    (JAdES(packaging=Packaging.ENVELOPING, media_type="text/plain"), CONTRACT),
    (JAdES(serialisation=Serialisation.COMPACT), CONTRACT),
    (PAdES(reason="Найм", certify=AllowedChanges.FORMS), PDF),
    (PAdES(lock=FieldLock(LockedFields.ALL_BUT, ("second",))), PDF),
    (ASiC(kind=ASiCKind.S, signature=CAdES), CONTRACT),
    (ASiC(kind=ASiCKind.E, signature=CAdES), CONTRACT),
    (XAdES(), XML),
    (XAdES(packaging=Packaging.ENVELOPING), CONTRACT),
    (
        XAdES(
            packaging=Packaging.ENVELOPING,
            commitment=Commitment.APPROVAL,
            roles=("директор", "свидетель"),
            city="Рига",
        ),
        CONTRACT,
    ),
    (XAdES(packaging=Packaging.DETACHED, commitment=Commitment.APPROVAL), CONTRACT),
]


def signed_elsewhere(profile, document, *, who=None, desk=None):
    who, desk = who or scene().signer, desk or sessions()
    made = prepared(profile, by=desk, document=document).to_bytes()
    session = SigningSession.from_bytes(made)
    assert session.profile == profile
    task = session.with_certificate(who.chain, document=document)
    signature = who.signer.sign(task.message)
    return desk.finish(task.to_bytes(), signature, at=scene().at, document=document)


@pytest.mark.parametrize(("profile", "document"), FORMATS)
def test_every_format_is_signed_elsewhere_and_passes(profile, document):
    signed = signed_elsewhere(profile, document)
    apart = getattr(profile, "packaging", None) is Packaging.DETACHED
    named = {NAME: document} if isinstance(profile, XAdES) else document
    assert verified(signed, document=named if apart else None)


@pytest.mark.parametrize(("profile", "document"), FORMATS)
def test_a_session_makes_what_signing_here_makes(profile, document):
    who = document_signer(scene().pki, algorithm=Algorithm.EDDSA)
    here = sign_document(
        {NAME: document},
        profile,
        signer=who.signer,
        certificates=who.chain,
        signing_time=scene().at,
    )
    assert signed_elsewhere(profile, document, who=who) == here


def test_a_stamp_travels_with_its_font_and_is_put_where_it_was_prepared():
    stamp = Stamp(
        page=0,
        box=Box(50, 50, 250, 110),
        lines=("Подписано", "в чате"),
        font=default_font(),
    )
    signed = signed_elsewhere(PAdES(appearance=stamp), PDF)
    assert verified(signed, document=None)
    assert len(signed) > len(PDF) + 4_000


def test_a_pdf_that_somebody_signed_meanwhile_has_to_be_prepared_again():
    desk, who = sessions(), scene().signer
    task = prepared(PAdES(), by=desk, document=PDF).with_certificate(
        who.chain, document=PDF
    )
    signature = who.signer.sign(task.message)
    meanwhile = signed_elsewhere(PAdES(), PDF, who=scene().second)
    with pytest.raises(VerificationFailed, match="superseded"):
        desk.finish(task.to_bytes(), signature, at=scene().at, document=meanwhile)
    assert desk.finish(task.to_bytes(), signature, at=scene().at, document=PDF)
    both = signed_elsewhere(PAdES(), meanwhile)
    found = verify_document(
        both,
        trust=believed(scene().signer, scene().second),
        policy=ANY,
        at=scene().at,
    )
    assert len(found.signatures) == 2


def test_a_remote_key_gets_a_digest_and_answers_with_der():
    who = scene().signer
    desk = sessions()
    task = prepared(by=desk).with_certificate(who.chain)
    assert task.digest == hashlib.sha256(task.message).digest()
    remote = RemoteKey(who.signer.public_key, algorithm=task.algorithm)
    assert remote.prepare(task.message) == task.task
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    der = who.signer._native.sign(
        task.digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()))
    )
    assert verified(desk.finish(task.to_bytes(), der, at=scene().at))


def test_the_phone_is_told_what_it_signs_and_how():
    session = SigningSession.from_bytes(prepared().to_bytes())
    assert (session.name, session.purpose) == (NAME, PURPOSE)
    assert session.profile == CAdES()
    assert session.size == len(CONTRACT)
    assert session.expires - session.prepared == limits.SESSION_LIFETIME
    assert session.digests["sha512"] == hashlib.sha512(CONTRACT).digest()
    assert not session.is_for(CONTRACT + b" ")
    assert PURPOSE not in repr(session)


def test_texts_from_elsewhere_are_safe_to_show():
    terms = SessionTerms(name="a\u202eb", purpose="<b>\x1b[2J", described=("x\u200by",))
    session = prepared(terms=terms)
    assert "\u202e" not in session.name
    assert "\x1b" not in session.purpose
    assert "\u200b" not in session.described[0]


def test_a_stream_is_prepared_and_never_held():
    class Long(io.RawIOBase):
        left = 40_000_000

        def read(self, size=-1):
            assert 0 < size <= 1 << 20
            piece = min(size, self.left)
            self.left -= piece
            return bytes(piece)

    desk = sessions()
    session = prepared(document=Long(), by=desk)
    assert session.size == 40_000_000
    task = session.with_certificate(scene().signer.chain)
    signature = scene().signer.signer.sign(task.message)
    signed = desk.finish(task.to_bytes(), signature, at=scene().at, document=Long())
    assert verified(signed, document=Long())


def test_several_people_sign_side_by_side():
    desk = sessions()
    signed = None
    for who in (scene().signer, scene().second):
        task = prepared(by=desk).with_certificate(who.chain)
        signature = who.signer.sign(task.message)
        signed = desk.finish(task.to_bytes(), signature, at=scene().at, beside=signed)
    found = verify_document(
        signed,
        document=CONTRACT,
        trust=believed(scene().signer, scene().second),
        policy=ANY,
        at=scene().at,
    )
    assert len(found.signatures) == 2


def test_a_timestamp_is_asked_for_at_the_end_alone():
    tsa = TestTsa(scene().pki, identity=scene().authority)
    desk = sessions(authority=tsa)
    task = prepared(CAdES(level=Level.B_T), by=desk).with_certificate(
        scene().signer.chain
    )
    assert tsa.requests == []
    signature = scene().signer.signer.sign(task.message)
    signed = desk.finish(task.to_bytes(), signature, at=scene().at)
    assert len(tsa.requests) == 1
    assert verified(signed).signatures[0].timestamped


def test_where_the_authority_fails_the_same_signature_may_come_again():
    refuses = TestTsa(scene().pki, identity=scene().authority, refuses=True)
    replay = MemoryReplay()
    desk = sessions(authority=refuses, replay=replay)
    task = prepared(CAdES(level=Level.B_T), by=desk).with_certificate(
        scene().signer.chain
    )
    signature = scene().signer.signer.sign(task.message)
    with pytest.raises(PortError):
        desk.finish(task.to_bytes(), signature, at=scene().at)
    # Another signature of the same person is another answer: it may not come now.
    other = scene().signer.signer.sign(task.message)
    again = replace(desk, authority=TestTsa(scene().pki, identity=scene().authority))
    with pytest.raises(VerificationFailed, match="already_used"):
        again.finish(task.to_bytes(), other, at=scene().at)
    assert again.finish(task.to_bytes(), signature, at=scene().at)
    with pytest.raises(VerificationFailed, match="already_used"):
        again.finish(task.to_bytes(), signature, at=scene().at)


# --- what is refused ----------------------------------------------------------------


def test_nobody_but_the_asked_signer_is_given_anything_to_sign():
    terms = replace(TERMS, signer=scene().signer.signer.public_key)
    session = prepared(terms=terms)
    assert session.with_certificate(scene().signer.chain)
    with pytest.raises(UsageError, match="somebody else"):
        session.with_certificate(scene().second.chain)


def test_another_document_is_not_given_to_be_signed():
    session = prepared(CAdES(packaging=Packaging.ENVELOPING))
    assert session.with_certificate(scene().signer.chain, document=CONTRACT)
    with pytest.raises(UsageError, match="another document"):
        session.with_certificate(scene().signer.chain, document=CONTRACT + b" ")
    with pytest.raises(UsageError, match="needed"):
        session.with_certificate(scene().signer.chain)


def test_an_algorithm_that_is_not_the_key_s_is_refused():
    with pytest.raises(UsageError):
        prepared().with_certificate(scene().signer.chain, algorithm=Algorithm.EDDSA)


def test_an_rsa_key_signs_with_pss_unless_it_is_said():
    who = document_signer(scene().pki, algorithm=Algorithm.RS256)
    session = prepared()
    assert session.with_certificate(who.chain).algorithm is Algorithm.PS256
    task = session.with_certificate(who.chain, algorithm=Algorithm.RS256)
    assert ToBeSigned.from_bytes(task.to_bytes()) == task


def test_what_came_back_is_not_believed_about_what_was_signed():
    """Whoever swaps the octets to be signed gets a signature that fits nothing."""
    desk, who = sessions(), scene().signer
    task = prepared(by=desk).with_certificate(who.chain)
    other = replace(task, message=b"a promise to pay")
    signature = who.signer.sign(other.message)
    for returned in (other.to_bytes(), task.to_bytes()):
        with pytest.raises(VerificationFailed, match=r"session\.signature"):
            desk.finish(returned, signature, at=scene().at)
    good = who.signer.sign(task.message)
    assert desk.finish(other.to_bytes(), good, at=scene().at)  # what is said is nothing


class Unread:
    """A document that nobody may read before the session is believed."""

    def read(self, size: int, /) -> bytes:
        raise AssertionError("a foreign session was followed")


def test_a_foreign_session_is_refused_before_its_document_is_read():
    desk, who = sessions(), scene().signer
    foreign = sessions(key=SealKey(bytes(32)))
    for by, match in ((foreign, r"session\.seal"), (desk, "followed")):
        task = prepared(PAdES(), by=by, document=PDF).with_certificate(
            who.chain, document=PDF
        )
        signature = who.signer.sign(task.message)
        with pytest.raises((VerificationFailed, AssertionError), match=match):
            desk.finish(task.to_bytes(), signature, at=scene().at, document=Unread())


def test_of_many_at_once_exactly_one_is_finished(tmp_path: Path):
    desk = sessions(replay=FolderReplay(tmp_path / "used"))
    task = prepared(by=desk).with_certificate(scene().signer.chain)
    signature = scene().signer.signer.sign(task.message)

    def finish(_: int) -> bool:
        try:
            desk.finish(task.to_bytes(), signature, at=scene().at)
        except VerificationFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(finish, range(24))) == 1


def test_another_process_finishes_what_was_prepared_here(tmp_path: Path):
    desk = sessions()
    task = prepared(by=desk).with_certificate(scene().signer.chain)
    (tmp_path / "session").write_bytes(task.to_bytes())
    (tmp_path / "signature").write_bytes(scene().signer.signer.sign(task.message))
    program = """
import sys
from datetime import datetime
from pathlib import Path
from idwallet.adapters.fonts import default_font
from idwallet.adapters.replay import FolderReplay
from idwallet.crypto.seal import SealKey
from idwallet.errors import VerificationFailed
from idwallet.roles.document_signer import SigningSessions
folder, at = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
replay = FolderReplay(folder / "used")
desk = SigningSessions(key=SealKey(bytes(range(32))), replay=replay)
try:
    made = desk.finish(
        (folder / "session").read_bytes(), (folder / "signature").read_bytes(), at=at
    )
except VerificationFailed as refused:
    sys.exit(f"{refused}")
(folder / "signed").write_bytes(made)
"""
    command = [sys.executable, "-c", program, str(tmp_path), scene().at.isoformat()]
    subprocess.run(command, check=True)
    assert verified((tmp_path / "signed").read_bytes())
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "already_used" in second.stderr


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"name": "x" * 5_000},
        {"purpose": "x" * 5_000},
        {"described": ("x",) * 300},
        {"lifetime": timedelta(0)},
        {"lifetime": timedelta(days=32)},
    ],
)
def test_terms_that_no_session_has_are_refused(change):
    with pytest.raises(UsageError):
        replace(TERMS, **change)


def test_sessions_need_a_key_a_guard_a_zone_and_an_authority_for_a_timestamp():
    with pytest.raises(UsageError):
        SigningSessions(key=bytes(32), replay=MemoryReplay())
    with pytest.raises(UsageError):
        SigningSessions(key=SealKey(bytes(32)), replay=None)
    naive = datetime(2026, 11, 24)  # noqa: DTZ001 - that is what is refused
    with pytest.raises(UsageError):
        sessions().prepare(CONTRACT, CAdES(), terms=TERMS, at=naive)
    with pytest.raises(UsageError, match="authority"):
        prepared(CAdES(level=Level.B_T))
    with pytest.raises(UsageError, match="authority"):
        prepared(by=sessions(authority=TestTsa(scene().pki)))
    with pytest.raises(UsageError, match="profile"):
        sessions().prepare(CONTRACT, "CAdES", terms=TERMS, at=scene().at)
    assert repr(sessions()) == "<SigningSessions>"


def test_the_end_of_a_session_is_its_very_end():
    made = session_draft(scene())
    made.at = made.prepared.expires - timedelta(microseconds=1)
    assert made.report().outcome.value == "passed"
    made = session_draft(scene())
    made.at = made.prepared.expires
    (failed,) = made.report().failed()
    assert (failed.id, failed.reason) == (CheckId.SESSION_VALIDITY, Reason.EXPIRED)


# --- reading without trust ----------------------------------------------------------


def test_every_octet_of_a_session_matters_or_is_refused():
    made = session_draft(scene())
    returned = made.returned()
    session = made.prepared.to_bytes()
    assert returned[: len(session) - 1] == session[:-1]
    passed = 0
    for index in range(0, len(session), 7):
        changed = bytearray(returned)
        changed[index] ^= 1
        report = made.sessions.evaluate(
            bytes(changed), made.signature, at=made.at
        ).report
        passed += report.outcome.value == "passed"
    assert passed == 0


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format":1}', b"\xff" * 40])
def test_what_is_no_session_is_malformed(data):
    with pytest.raises(MalformedError):
        SigningSession.from_bytes(data)


def test_a_later_version_and_a_giant_are_told_apart():
    with pytest.raises(UnsupportedError):
        SigningSession.from_bytes(b'{"format":"idwallet-signing-session/2"}')
    with pytest.raises(LimitError):
        SigningSession.from_bytes(b" " * (limits.SESSION_BYTES + 1))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "AAAA"),
        ("prepared", "now"),
        ("expires", -1),
        ("profile", {"type": "Pickle"}),
        ("profile", {"type": "CAdES", "level": "B-Z", "packaging": "detached"}),
        ("profile", {"type": "CAdES", "level": "B-B", "packaging": "enveloped"}),
        ("profile", {"type": "CAdES", "level": "B-B"}),
        ("profile", {"type": "CAdES", "level": "B-B", "packaging": "detached", "x": 1}),
        ("name", 1),
        ("purpose", None),
        ("described", [1]),
        ("described", ["x"] * 300),
        ("size", -1),
        ("size", True),
        ("digests", {"sha256": "AA"}),
        ("digests", {"sha256": "AA", "sha384": "AA", "sha512": "AA"}),
        ("signer", None),
    ],
)
def test_a_body_that_is_wrong_in_one_member_is_malformed(name, value):
    from idwallet.codec import b64

    good = prepared()
    body = read_object(good.body, at="test", clause="test")
    members = {**good.members(), "body": b64.encode(write_json({**body, name: value}))}
    assert SigningSession.from_bytes(write_json(good.members())) == good
    with pytest.raises(MalformedError):
        SigningSession.from_bytes(write_json(members))


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("certificates", [], MalformedError),
        ("certificates", "AA", MalformedError),
        ("certificates", [1], MalformedError),
        ("certificates", ["AA"], MalformedError),
        ("algorithm", "HS256", UnsupportedError),
        ("algorithm", "EdDSA", MalformedError),
        ("to_sign", 1, MalformedError),
    ],
)
def test_what_was_added_to_a_session_is_read_strictly(name, value, error):
    task = prepared().with_certificate(scene().signer.chain)
    members = read_object(task.to_bytes(), at="test", clause="test")
    assert ToBeSigned.from_bytes(write_json(members)) == task
    with pytest.raises(error):
        ToBeSigned.from_bytes(write_json({**members, name: value}))


# --- profiles that travel -----------------------------------------------------------


@dataclass(frozen=True)
class Inner:
    picture: bytes | None = None
    box: tuple[float, float] = (0.0, 1.5)


@dataclass(frozen=True)
class Outer:
    level: Level = Level.B_B
    names: tuple[str, ...] = ("a", "b")
    inner: Inner | None = None
    times: int = 1
    once: bool = False


KNOWN = {"Outer": Outer}


@pytest.mark.parametrize(
    "profile",
    [
        Outer(),
        Outer(inner=Inner(), names=()),
        Outer(inner=Inner(picture=b"\x00\xff", box=(1, 2.5)), level=Level.B_T),
        Outer(times=7, once=True),
    ],
)
def test_a_profile_travels_with_all_that_it_holds(profile):
    written = read_object(
        write_json(written_profile.write_profile(profile)), at="test", clause="test"
    )
    assert written_profile.read_profile(written, known=KNOWN) == profile


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Inner"},
        {"level": 3},
        {"names": "ab"},
        {"names": [1]},
        {"inner": {"type": "Outer"}},
        {"inner": {"type": "Inner", "picture": {"octets": 1}, "box": [1, 2]}},
        {"inner": {"type": "Inner", "picture": None, "box": [1, 2, 3]}},
        {"times": True},
        {"once": 1},
    ],
)
def test_a_profile_with_a_field_of_another_type_is_malformed(change):
    written = {**written_profile.write_profile(Outer()), **change}
    with pytest.raises(MalformedError):
        written_profile.read_profile(written, known=KNOWN)


def test_what_does_not_travel_is_the_caller_s_mistake():
    @dataclass
    class Open:
        file: object = io.BytesIO()

    for wrong in (Open(), CAdES, "CAdES"):
        with pytest.raises(UsageError):
            written_profile.write_profile(wrong)


# --- two steps ----------------------------------------------------------------------


def test_a_format_that_signs_something_else_each_time_is_refused():
    who = scene().signer
    chosen = two_steps.Chosen((who.certificate,), Algorithm.ES256, scene().at)
    turns = iter(range(9))

    def sign(key, authority):
        return key.sign(b"turn %d" % next(turns))

    message = two_steps.message_of(sign, chosen, stamped=False)
    made = two_steps.Made(message, who.signer.sign(message))
    with pytest.raises(UsageError, match="each time"):
        two_steps.finished(sign, chosen, made=made, authority=None)
    with pytest.raises(UsageError, match="without its key"):
        two_steps.message_of(lambda *_: b"", chosen, stamped=False)
    with pytest.raises(UsageError, match="timestamp"):
        two_steps.message_of(lambda _, a: a.stamp(b""), chosen, stamped=True)
