"""Of a batch of documents, each reader sees another copy."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

import pytest

from idwallet.codec.b64 import encode
from idwallet.codec.cbor import write_cbor
from idwallet.consent import linkability
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.transcript import QrHandover
from idwallet.credentials.model import VerifiedPresentation
from idwallet.credentials.possession import HolderKey
from idwallet.crypto.agreement import EphemeralKey
from idwallet.errors import BatchEmpty
from idwallet.roles.holder import Holder
from idwallet.roles.issuer import Issuer
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.mdoc import reader_identity
from idwallet.trust.policies import RETAIL
from idwallet.trust.replay import MemoryReplay
from tests.unit.roles.two_formats import (
    licence,
    mdocs,
    of_licence,
    query,
    scene,
    wallet,
)

AT = mdocs().at


@dataclass
class Meeting:
    """A reader and a wallet that have engaged; each knows the conversation."""

    key: EphemeralKey
    handover: QrHandover


def meeting() -> Meeting:
    key = EphemeralKey.generate()
    engagement = write_cbor({0: "1.0", 1: [1, EphemeralKey.generate().public_key.spki]})
    return Meeting(key, QrHandover(engagement, write_cbor(key.public_key.to_cose())))


def shown_to_a_reader(own: Holder) -> bytes:
    by, met = reader_identity(mdocs()), meeting()
    verifier = Verifier(
        identity=RelyingParty(
            signer=by.signer,
            certificates=by.chain,
            answer_to="https://shop.example/answer",
        ),
        policy=RETAIL,
        replay=MemoryReplay(),
    )
    question = verifier.ask_device(
        query(of_licence("age_over_21")),
        session=Session(met.handover, met.key),
        at=AT,
    )
    asked = own.read_device_request(question.message, handover=met.handover, at=AT)
    choice = own.match(asked, at=AT).choose()
    assert own.linked(choice) == ()
    response = own.present_device(asked, choice, at=AT)
    found = evaluate_presentation(
        response, request=question, trust=scene().trust, at=AT
    )
    assert isinstance(found, VerifiedPresentation)
    return response


def test_each_reader_sees_another_copy_and_then_none() -> None:
    identity, own = mdocs().signer, wallet()
    issuer = Issuer(signer=identity.signer, certificates=identity.chain)
    keys = [scene().new_holder_signer().public_key for _ in range(3)]
    batch = issuer.issue_batch(
        licence(),
        holder_keys=[HolderKey.unproven(e, reason="a test key") for e in keys],
        valid_until=AT + timedelta(days=14),
        at=AT,
    )
    card = own.add_batch(batch, at=AT)
    assert own.credentials() == (card,)
    seen = [encode(shown_to_a_reader(own)) for _ in keys]
    for one, other in combinations(seen, 2):
        assert linkability(one, other).links == ()
    with pytest.raises(BatchEmpty):
        shown_to_a_reader(own)
