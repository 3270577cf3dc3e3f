"""Forged answers to a reader, each with its valid twin: what is wrong is in the whole.

What may be wrong with one document is in `idwallet.testing.mdoc.forgeries`.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from idwallet.codec.b64 import encode
from idwallet.credentials.mdoc.members import CborMap, a_list
from idwallet.credentials.mdoc.transcript import QrHandover
from idwallet.report import CheckId, Reason
from idwallet.roles.reader import DeviceQuestion
from idwallet.testing.corpus.forgery import Forged, nothing
from idwallet.testing.mdoc.answer_draft import (
    AnswerDraft,
    answer_draft,
    asking,
    elements,
    telling,
)
from idwallet.testing.mdoc.draft import MdocScene, mdoc_draft

_C, _R = CheckId, Reason
_Forger = Callable[[AnswerDraft], None]


@dataclass(frozen=True, slots=True)
class AnswerForgery(Forged[AnswerDraft]):
    """An answer that no reader may take; see `Forged`."""

    def twins(self, scene: MdocScene) -> tuple[AnswerDraft, AnswerDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: answer_draft(scene))


def _whole(change: Callable[[CborMap], object]) -> _Forger:
    def forge(made: AnswerDraft) -> None:
        made.on_response = change

    return forge


def _octets(change: Callable[[bytes], bytes]) -> _Forger:
    def forge(made: AnswerDraft) -> None:
        made.on_octets = change

    return forge


def _many(held: CborMap) -> None:
    held["documents"] = a_list(held["documents"], at="documents") * 33


_FORMATS: Final[tuple[tuple[str, Reason, _Forger], ...]] = (
    ("an error of the device", _R.MALFORMED, _whole(lambda h: h.update(status=10))),
    (
        "a status that is no number",
        _R.MALFORMED,
        _whole(lambda h: h.update(status=False)),
    ),
    ("no status", _R.MALFORMED, _whole(lambda h: h.pop("status"))),
    ("no version", _R.MALFORMED, _whole(lambda h: h.pop("version"))),
    ("another version", _R.UNSUPPORTED, _whole(lambda h: h.update(version="2.0"))),
    (
        "documents that are no list",
        _R.MALFORMED,
        _whole(lambda h: h.update(documents={})),
    ),
    ("octets behind the answer", _R.MALFORMED, _octets(lambda data: data + b"\0")),
    ("an answer cut off", _R.MALFORMED, _octets(lambda data: data[:-1])),
    ("nothing at all", _R.MALFORMED, _octets(lambda _: b"")),
    ("more documents than anybody has", _R.LIMIT_EXCEEDED, _whole(_many)),
)


def _also(doc_type: str) -> _Forger:
    """Return what shows another document beside the one asked for."""

    def forge(made: AnswerDraft) -> None:
        other = mdoc_draft(made.scene)
        other.content = replace(other.content, doc_type=doc_type)
        made.documents.append(other)

    return forge


def _twice(held: CborMap) -> None:
    held["documents"] = a_list(held["documents"], at="documents") * 2


def _showing(*names: str) -> _Forger:
    def forge(made: AnswerDraft) -> None:
        made.documents[0].shown = names

    return forge


def _stating(**said: bool) -> _Forger:
    def forge(made: AnswerDraft) -> None:
        telling(made.documents[0], **said)

    return forge


def _of_twenty(made: AnswerDraft) -> None:
    """Ask for an age that the licence does not state, and answer by the nearest."""
    made.asked = asking(elements("family_name", age_over_20=True))
    telling(made.documents[0], age_over_21=True)


def _by_issuer(key_id: bytes) -> Callable[[AnswerDraft], None]:
    def forge(made: AnswerDraft) -> None:
        authorities = [{"type": "aki", "values": [encode(key_id)]}]
        claims = elements("family_name", age_over_18=True)
        made.asked = asking(claims, trusted_authorities=authorities)

    return forge


def _by_its_issuer(made: AnswerDraft) -> None:
    own = made.scene.signer.certificate.authority_key_id
    _by_issuer(own or b"")(made)


_QUERIES: Final[tuple[tuple[str, Reason, _Forger, _Forger], ...]] = (
    (
        "a document that nobody asked for",
        _R.CREDENTIAL_NOT_REQUESTED,
        _also("org.example.other"),
        nothing,
    ),
    (
        "the document twice",
        _R.CREDENTIAL_NOT_REQUESTED,
        _whole(_twice),
        nothing,
    ),
    ("an element left out", _R.CLAIM_MISSING, _showing("age_over_18"), nothing),
    ("an age left out", _R.CLAIM_MISSING, _showing("family_name"), nothing),
    (
        "somebody who is not of age",
        _R.VALUE_DIFFERS,
        _stating(age_over_18=False),
        nothing,
    ),
    (
        "a younger age in its place",
        _R.CLAIM_MISSING,
        _stating(age_over_18=True),
        _of_twenty,
    ),
    (
        "a younger age that is not reached",
        _R.VALUE_DIFFERS,
        _stating(age_over_18=False),
        _of_twenty,
    ),
    (
        "an older age that is not reached",
        _R.CLAIM_MISSING,
        _stating(age_over_21=False),
        _of_twenty,
    ),
    (
        "an issuer that was not asked for",
        _R.AUTHORITY_NOT_REQUESTED,
        _by_issuer(b"another issuer"),
        _by_its_issuer,
    ),
)


def _elsewhere(made: AnswerDraft) -> None:
    made.signed_for = QrHandover(secrets.token_bytes(32), secrets.token_bytes(32))


def _other_session(made: AnswerDraft) -> None:
    _elsewhere(made)
    made.session = replace(made.session, others=(made.signed_for,))


def _tagged_twice(made: AnswerDraft) -> None:
    """Sign for the engagement with its tag inside of its tag, as some wallets do."""
    octets = b"\xd8\x18\x58\x20" + made.signed_for.engagement
    made.signed_for = replace(made.signed_for, engagement=octets)


_BINDINGS: Final[tuple[tuple[str, Reason, _Forger], ...]] = (
    ("an answer to another conversation", _R.INVALID, _elsewhere),
    ("an answer to another open session", _R.TRANSCRIPT_MISMATCH, _other_session),
    ("an engagement tagged twice", _R.TRANSCRIPT_MISMATCH, _tagged_twice),
)


def _judged(when: timedelta) -> _Forger:
    def forge(made: AnswerDraft) -> None:
        made.judged_at += when

    return forge


def _answered_before(made: AnswerDraft) -> None:
    def used(question: DeviceQuestion) -> None:
        guard = question.verifier.replay
        until = question.expires
        guard.consume(question.key(), bytes(32), until=until, at=made.judged_at)

    made.on_question = used


_MINUTE: Final = timedelta(minutes=1)


def _all() -> tuple[AnswerForgery, ...]:
    made = [
        AnswerForgery(
            "an answer that came too late",
            _C.PRESENTATION_FRESHNESS,
            _R.REQUEST_EXPIRED,
            _judged(6 * _MINUTE),
        ),
        AnswerForgery(
            "an answer from before the question",
            _C.PRESENTATION_FRESHNESS,
            _R.FROM_THE_FUTURE,
            _judged(-2 * _MINUTE),
        ),
        AnswerForgery(
            "a question that was answered before",
            _C.PRESENTATION_REPLAY,
            _R.ALREADY_USED,
            _answered_before,
        ),
    ]
    for name, reason, forge in _FORMATS:
        made.append(AnswerForgery(name, _C.PRESENTATION_FORMAT, reason, forge))
    for name, reason, forge, prepare in _QUERIES:
        made.append(AnswerForgery(name, _C.PRESENTATION_QUERY, reason, forge, prepare))
    for name, reason, forge in _BINDINGS:
        made.append(AnswerForgery(name, _C.HOLDER_BINDING, reason, forge))
    return tuple(made)


ANSWER_FORGERIES: Final = _all()
"""Every forged answer to a reader, by the check that it is about."""
