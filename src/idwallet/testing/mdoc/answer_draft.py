"""An answer to a reader as a whole: what was asked, and every document that came."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from idwallet.codec.cbor import CborValue, read_cbor, write_cbor
from idwallet.codec.json import JsonObject
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.members import CborMap, a_list, a_map
from idwallet.credentials.mdoc.transcript import QrHandover
from idwallet.credentials.query import Query
from idwallet.report import Report
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.reader import DeviceQuestion
from idwallet.roles.relying_party import RelyingParty
from idwallet.roles.verifier import Verifier
from idwallet.testing.mdoc.draft import (
    MDL,
    NAMESPACE,
    MdocDraft,
    MdocScene,
    mdoc_draft,
    stays,
)
from idwallet.testing.mdoc.reader_draft import reader_identity
from idwallet.trust.replay import MemoryReplay

ID: Final = "licence"


@dataclass(slots=True)
class AnswerDraft:
    """One answer in a conversation; change any of it before `judgement`.

    `asked` is the credential query of the question, `documents` what is shown; each is
    signed for the conversation `signed_for`. `judged_at` is when the reader judges.
    `on_response` changes the CBOR of the whole, `on_octets` its octets, and
    `on_question` what the reader has open.
    """

    scene: MdocScene
    asked: JsonObject
    documents: list[MdocDraft]
    session: Session
    signed_for: QrHandover
    judged_at: datetime
    on_response: Callable[[CborMap], object] = stays
    on_octets: Callable[[bytes], bytes] = bytes
    on_question: Callable[[DeviceQuestion], object] = stays

    def question(self) -> DeviceQuestion:
        """Return what the reader asked."""
        by = reader_identity(self.scene)
        identity = RelyingParty(
            signer=by.signer,
            certificates=by.chain,
            answer_to="https://shop.example/answer",
        )
        verifier = Verifier(
            identity=identity, policy=self.scene.policy, replay=MemoryReplay()
        )
        query = Query.from_dcql({"credentials": [self.asked]})
        return verifier.ask_device(query, session=self.session, at=self.scene.at)

    def response(self) -> bytes:
        """Return the DeviceResponse."""
        held: CborMap = {
            "version": "1.0",
            "status": 0,
            "documents": [self._document(each) for each in self.documents],
        }
        self.on_response(held)
        return self.on_octets(write_cbor(held))

    def _document(self, made: MdocDraft) -> CborValue:
        made.signed_for = self.signed_for  # type: ignore[assignment]  # any will do
        whole = a_map(read_cbor(made.response(), at="response"), at="response")
        return a_list(whole["documents"], at="documents")[0]

    def judgement(self) -> Report:
        """Judge the answer as the reader would."""
        question = self.question()
        self.on_question(question)
        return evaluate_presentation(
            self.response(),
            request=question,
            trust=self.scene.root(),
            at=self.judged_at,
        ).report


def elements(*names: str, **wanted: bool) -> list[JsonObject]:
    """Return claims of a query: those of a name, and those of a value."""
    found: list[JsonObject] = [{"path": [NAMESPACE, name]} for name in names]
    for name, value in wanted.items():
        found.append({"path": [NAMESPACE, name], "values": [value]})
    return found


def asking(claims: list[JsonObject], **more: object) -> JsonObject:
    """Return a credential query for the licence."""
    asked: JsonObject = {
        "id": ID,
        "format": "mso_mdoc",
        "meta": {"doctype_value": MDL},
        "claims": [*claims],
    }
    asked.update(more)  # type: ignore[arg-type]  # JSON, as the caller says
    return asked


def telling(made: MdocDraft, **said: bool) -> None:
    """Have a licence state these ages, and show no other."""
    held = made.content.elements[NAMESPACE]
    kept = {name: value for name, value in held.items() if name != "age_over_18"}
    made.content = replace(made.content, elements={NAMESPACE: {**kept, **said}})
    made.shown = ("family_name", *said)


def answer_draft(scene: MdocScene) -> AnswerDraft:
    """Return an answer that passes: a name, and that somebody is of age."""
    handover = QrHandover(secrets.token_bytes(32), secrets.token_bytes(32))
    made = mdoc_draft(scene)
    made.shown = ("family_name", "age_over_18")
    return AnswerDraft(
        scene=scene,
        asked=asking(elements("family_name", age_over_18=True)),
        documents=[made],
        session=Session(handover, scene.reader),
        signed_for=handover,
        judged_at=scene.at,
    )
