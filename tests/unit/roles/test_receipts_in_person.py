"""Whoever answered in a session takes a receipt for it home."""

from datetime import date, timedelta

import pytest

from idwallet import HolderKey, Issuer, MemoryReplay, Query, StoredKeySigner, policies
from idwallet.adapters.store import MemoryStore
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.crypto.seal import SealKey
from idwallet.crypto.software import MemoryKeyStore
from idwallet.errors import UsageError, VerificationFailed
from idwallet.protocols import DeviceSession, ReaderSession
from idwallet.roles import (
    DeviceAnswered,
    SessionHolder,
    SessionVerifier,
    give_receipt,
    receipt_code,
)
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.relying_party import RelyingParty
from idwallet.roles.verifier import Verifier
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene, reader_identity

SCENE = MdocScene()
AT = SCENE.at
WANTED = Query.claims(
    MDL,
    (NAMESPACE, "family_name"),
    (NAMESPACE, "driving_privileges"),
    formats=["mso_mdoc"],
)


def wallet() -> Holder:
    keys = MemoryKeyStore()
    made = Holder(
        store=MemoryStore(), seal=SealKey(bytes(32)), keys=keys, trust=SCENE.root()
    )
    issuer = Issuer(signer=SCENE.signer.signer, certificates=SCENE.signer.chain)
    code = {"vehicle_category_code": "B", "issue_date": date(2020, 1, 1)}
    licence = {
        "family_name": "Примерова",
        "birth_date": date(1990, 5, 17),
        "driving_privileges": [code],
    }
    key = StoredKeySigner(keys.create("ES256", None)).public_key
    issued = issuer.issue(
        Mdoc(MDL, {NAMESPACE: licence}),
        holder_key=HolderKey.unproven(key, reason="made for a test"),
        valid_until=AT + timedelta(days=30),
        at=AT,
    )
    made.add(issued, at=AT)
    return made


def receipted(holder: Holder) -> str:
    """Have a desk ask in a session; return its receipt."""
    by = reader_identity(SCENE)
    desk = Verifier(
        identity=RelyingParty(
            signer=by.signer,
            certificates=by.chain,
            answer_to="https://desk.example/answer",
        ),
        policy=policies.RETAIL,
        replay=MemoryReplay(),
    )
    phone = SessionHolder(holder, DeviceSession.by_qr(at=AT))
    link = phone.session.engagement.to_uri()
    till = SessionVerifier(desk, ReaderSession.by_qr(link, at=AT))
    phone.receive(till.ask(WANTED, at=AT), at=AT)
    choice = phone.match(at=AT).choose()
    (event,) = till.receive(phone.present(choice, at=AT).octets, at=AT)
    assert isinstance(event, DeviceAnswered)
    found = verify_presentation(
        event.response, request=event.question, trust=SCENE.root(), at=AT
    )
    return give_receipt(found, request=event.question, at=AT)


def test_a_receipt_of_a_session_is_for_what_the_wallet_showed_in_it() -> None:
    holder = wallet()
    token = receipted(holder)
    found = holder.keep_receipt(receipt_code(token), at=AT)
    assert found.receipt.disclosed is not None
    (shown,) = found.receipt.disclosed
    # A DeviceRequest numbers its documents: the desk's own name for it is not told.
    assert shown.query == "document-0"
    assert (NAMESPACE, "family_name") in shown.paths
    (happening,) = holder.history()
    assert len(happening.receipts) == 1


def test_a_receipt_of_another_session_is_for_nothing_here() -> None:
    holder = wallet()
    token, other = receipted(holder), receipted(wallet())
    with pytest.raises(UsageError, match="no answer"):
        holder.keep_receipt(other, at=AT)
    with pytest.raises(VerificationFailed):
        holder.keep_receipt(other, index=0, at=AT)
    assert holder.keep_receipt(token, index=0, at=AT)
