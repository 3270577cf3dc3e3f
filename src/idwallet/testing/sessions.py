"""Signing sessions that come back as they should, or with any one thing wrong.

draft = session_draft(SessionScene())
draft.report()                           # passes
draft.members["seal"] = "AAAA"
draft.report()                           # session.seal failed
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.crypto.seal import SealKey
from idwallet.documents.model import CAdES
from idwallet.report import CheckId, Reason, Report
from idwallet.roles.document_signer.session_form import SessionTerms, SigningSession
from idwallet.roles.document_signer.sessions import SigningSessions
from idwallet.roles.document_signer.sign import Profile
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.pki import TestIdentity
from idwallet.trust.replay import MemoryReplay

NAME: Final = "договор.txt"
PURPOSE: Final = "Договор найма между двумя вымышленными людьми"
_HOUR: Final = timedelta(hours=1)


class SessionScene(DocumentScene):
    """The same people, and somebody who prepares documents for them."""

    def __init__(
        self, *, seed: bytes | None = None, profile: Profile | None = None
    ) -> None:
        """Certify everybody, and make the key of the sessions."""
        super().__init__(seed=seed)
        self.profile = profile or CAdES()
        self.key = SealKey(bytes(range(32)))
        self.terms = SessionTerms(
            name=NAME,
            purpose=PURPOSE,
            signer=self.signer.signer.public_key,
            lifetime=_HOUR,
        )

    def sessions(self, key: SealKey | None = None) -> SigningSessions:
        """Return what prepares and finishes, with a replay guard of its own."""
        return SigningSessions(key=key or self.key, replay=MemoryReplay())


@dataclass
class SessionDraft:
    """What came back to whoever prepared a session, and how it is judged.

    `members` are those of what travelled; `document` is what is there to be signed now.
    `prepared` is the session as it was sent.
    """

    scene: SessionScene
    sessions: SigningSessions
    prepared: SigningSession
    members: JsonObject
    signature: bytes
    at: datetime
    document: bytes | None = CONTRACT
    bend: Callable[[bytes], bytes] = field(default=lambda data: data)

    def returned(self) -> bytes:
        """Return what travelled back."""
        return self.bend(write_json(self.members))

    def report(self) -> Report:
        """Finish the session, or fail to, and return the verdict."""
        return self.sessions.evaluate(
            self.returned(), self.signature, at=self.at, document=self.document
        ).report

    def sign_as(self, who: TestIdentity, session: SigningSession | None = None) -> None:
        """Have somebody sign the session, or another one."""
        made = (session or self.prepared).with_certificate(who.chain, document=CONTRACT)
        self.members = read_object(made.to_bytes(), at="draft", clause="draft")
        self.signature = who.signer.sign(made.message)


def session_draft(scene: SessionScene) -> SessionDraft:
    """Prepare a session, have it signed, and return what comes back."""
    sessions = scene.sessions()
    prepared = sessions.prepare(CONTRACT, scene.profile, terms=scene.terms, at=scene.at)
    made = SessionDraft(scene, sessions, prepared, {}, b"", scene.at)
    made.sign_as(scene.signer)
    return made


Forger = Callable[[SessionDraft], None]


def _cut(made: SessionDraft) -> None:
    made.bend = lambda data: data[:-1]


def _huge(made: SessionDraft) -> None:
    made.members["more"] = "x" * 2_200_000


def _version(made: SessionDraft) -> None:
    made.members["format"] = "idwallet-signing-session/9"


def _no_seal(made: SessionDraft) -> None:
    del made.members["seal"]


def _algorithm(made: SessionDraft) -> None:
    made.members["algorithm"] = "none"


def _body(change: Callable[[JsonObject], None]) -> Forger:
    def forge(made: SessionDraft) -> None:
        octets = b64.decode(str(made.members["body"]), at="draft")
        body = read_object(octets, at="draft", clause="draft")
        change(body)
        made.members["body"] = b64.encode(write_json(body))

    return forge


def _foreign(made: SessionDraft) -> None:
    stranger = made.scene.sessions(SealKey(bytes(32)))
    session = stranger.prepare(
        CONTRACT, made.scene.profile, terms=made.scene.terms, at=made.at
    )
    made.sign_as(made.scene.signer, session)


def _late(made: SessionDraft) -> None:
    made.at += _HOUR


def _early(made: SessionDraft) -> None:
    made.at -= _HOUR


def _other_document(made: SessionDraft) -> None:
    made.document = CONTRACT.replace("двумя".encode(), "тремя".encode())


def _newer_revision(made: SessionDraft) -> None:
    made.document = CONTRACT + b"%%EOF and somebody else's signature"


def _other_person(made: SessionDraft) -> None:
    anybody = made.scene.terms.__class__(name=NAME, lifetime=_HOUR)
    session = made.sessions.prepare(
        CONTRACT, made.scene.profile, terms=anybody, at=made.at
    )
    made.sign_as(made.scene.second, session)
    mine = made.prepared.members()
    made.members |= mine


def _other_message(made: SessionDraft) -> None:
    made.signature = made.scene.signer.signer.sign(b"something else")


def _other_key(made: SessionDraft) -> None:
    message = b64.decode(str(made.members["to_sign"]), at="draft")
    made.signature = made.scene.second.signer.sign(message)


def _no_signature(made: SessionDraft) -> None:
    made.signature = b""


def _of_another_session(made: SessionDraft) -> None:
    other = made.sessions.prepare(
        CONTRACT + b" and more",
        made.scene.profile,
        terms=made.scene.terms,
        at=made.at,
    )
    task = other.with_certificate(made.scene.signer.chain)
    made.signature = made.scene.signer.signer.sign(task.message)


def _again(made: SessionDraft) -> None:
    made.report()


def _another_signature(made: SessionDraft) -> None:
    made.report()
    made.sign_as(made.scene.signer)


def _digests(body: JsonObject) -> None:
    digests = body["digests"]
    if isinstance(digests, dict):
        digests["sha256"] = b64.encode(bytes(32))


_C, _R = CheckId, Reason
FORGERIES: Final = (
    *(
        Forged(f"session: {name}", _C.SESSION_FORMAT, reason, forge)
        for name, reason, forge in (
            ("cut short", _R.MALFORMED, _cut),
            ("without its seal", _R.MALFORMED, _no_seal),
            ("a body with more in it", _R.MALFORMED, _body(lambda e: e.update(x=1))),
            ("a profile of none", _R.MALFORMED, _body(lambda e: e.update(profile={}))),
            ("huge", _R.LIMIT_EXCEEDED, _huge),
            ("of a later version", _R.UNSUPPORTED, _version),
            ("by no algorithm", _R.UNSUPPORTED, _algorithm),
        )
    ),
    *(
        Forged(f"session: {name}", _C.SESSION_SEAL, _R.INVALID, forge)
        for name, forge in (
            ("another purpose", _body(lambda e: e.update(purpose="a loan"))),
            ("a longer life", _body(lambda e: e.update(expires=4_000_000_000))),
            ("another document", _body(_digests)),
            ("another signer", _body(lambda e: e.update(signer=""))),
            ("prepared by a stranger", _foreign),
        )
    ),
    Forged("session: too late", _C.SESSION_VALIDITY, _R.EXPIRED, _late),
    Forged("session: too early", _C.SESSION_VALIDITY, _R.NOT_YET_VALID, _early),
    Forged(
        "session: another document at hand",
        _C.SESSION_DOCUMENT,
        _R.MISMATCH,
        _other_document,
    ),
    Forged(
        "session: a newer revision",
        _C.SESSION_DOCUMENT,
        _R.SUPERSEDED,
        _newer_revision,
    ),
    Forged(
        "session: signed by somebody else",
        _C.SESSION_SIGNATURE,
        _R.MISMATCH,
        _other_person,
    ),
    *(
        Forged(f"session: {name}", _C.SESSION_SIGNATURE, _R.INVALID, forge)
        for name, forge in (
            ("a signature on something else", _other_message),
            ("a signature by another key", _other_key),
            ("no signature", _no_signature),
            ("a signature for another session", _of_another_session),
        )
    ),
    Forged("session: finished before", _C.SESSION_REPLAY, _R.ALREADY_USED, _again),
    Forged(
        "session: signed twice",
        _C.SESSION_REPLAY,
        _R.ALREADY_USED,
        _another_signature,
    ),
)
"""Every forged session there is here; each one's twin is `session_draft` itself."""
