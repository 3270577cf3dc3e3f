"""No object that holds claims, tokens or secret keys shows them when it is printed."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import pytest

from idwallet.codec.json import read_object
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.structures import read_device_response
from idwallet.credentials.mdoc.transcript import QrHandover
from idwallet.credentials.model import VerifiedPresentation
from idwallet.credentials.possession import make_proof, prove_possession
from idwallet.credentials.required import Context, Expected, HeldBy
from idwallet.credentials.sdjwt.conceal import Concealment, random_salts
from idwallet.credentials.sdjwt.evaluate import evaluate
from idwallet.credentials.sdjwt.issue import plan_for
from idwallet.credentials.sdjwt.key_binding import Binding
from idwallet.credentials.sdjwt.narrow import narrow
from idwallet.credentials.sdjwt.present import read_held
from idwallet.credentials.sdjwt.structures import (
    Serialisation,
    read_disclosure,
    read_sd_jwt,
    serialise,
)
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import JsonSigner, read_compact
from idwallet.ports import Shelf
from idwallet.protocols.openid4vp.evaluate import evaluate_request
from idwallet.protocols.openid4vp.message import read_carrier
from idwallet.protocols.openid4vp.response import ResponseParts, read_response
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.mdoc import NAMESPACE, reader_identity
from idwallet.trust import policies
from idwallet.trust.replay import MemoryReplay
from tests.properties.presentations import (
    CANARY,
    canary_content,
    judged,
    scene,
    views,
)
from tests.unit.roles import two_formats
from tests.unit.roles.two_formats import (
    issued,
    licence,
    mdocs,
    of_licence,
    query,
    wallet,
)

SECRET = bytes(range(7, 39))


def _members(value: object) -> Iterator[object]:
    """Yield what an object holds, by whatever way it holds it."""
    if isinstance(value, Mapping):
        yield from value.keys()
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    names = [*getattr(value, "__dict__", ())]
    for each in type(value).__mro__:
        slots = each.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else slots
    for name in names:
        yield getattr(value, name, None)


def _reachable(roots: Iterable[object]) -> list[object]:
    """Return every object of the library's own classes that the roots lead to."""
    seen: dict[int, object] = {}
    found: list[object] = []
    waiting = [*roots]
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, str | bytes | int | type | None):
            continue
        seen[id(value)] = value
        if type(value).__module__.startswith("idwallet"):
            found.append(value)
        if type(value).__module__.startswith(("idwallet", "builtins", "collections")):
            waiting += _members(value)
    return found


def _roots() -> Iterator[object]:
    """Make one of everything that a claim, a token or a key passes through."""
    world = scene()
    content = canary_content()
    credential = world.issue(content)
    wallet = world.new_wallet()
    request = world.request()
    asked = wallet.read_request(request.message.raw, at=world.at)
    yield from (content, credential, wallet, request, asked)
    held = wallet.add(credential, at=world.at)
    yield from (held, held.candidate())
    yield (wallet.vault, *wallet.vault.records(Shelf.CREDENTIAL))
    yield wallet.credentials()
    match = wallet.match(asked, at=world.at)
    choice = match.choose()
    response = wallet.present(asked, choice, at=world.at)
    yield from (match, choice, response)
    answer = read_response(response.body)
    assert isinstance(answer, ResponseParts)
    yield answer
    ((shown,),) = answer.presentations.values()
    yield from _judging(shown, request.nonce, request.client_id)
    yield read_carrier(request.message.raw)
    yield evaluate_request(
        request.message.raw, trust=world.trust, policy=policies.WALLET, at=world.at
    )
    verified = judged(response.body, request)
    assert isinstance(verified, VerifiedPresentation)
    yield verified
    yield judged(response.body, request)
    yield from _keys()
    yield from _in_person()


def _in_person() -> Iterator[object]:
    """Make one of everything that a mobile document passes through."""
    content = licence(family_name=CANARY, portrait=CANARY.encode())
    own = wallet(issued(content))
    asked_for = query(of_licence("family_name", "portrait"))
    by = reader_identity(mdocs())
    identity = RelyingParty(
        signer=by.signer, certificates=by.chain, answer_to="https://shop.example/"
    )
    asks = Verifier(identity=identity, policy=policies.RETAIL, replay=MemoryReplay())
    key = EphemeralKey.generate()
    session = Session(QrHandover(b"\xa0", b"\xa0"), key)
    question = asks.ask_device(asked_for, session=session, at=mdocs().at)
    yield from (content, own, own.credentials(), own._vault, question)
    heard = own.read_device_request(
        question.message, handover=session.handover, at=mdocs().at
    )
    choice = own.match(heard, at=mdocs().at).choose()
    yield from (heard, own.match(heard, at=mdocs().at), choice)
    for each in own.credentials():
        opened = each.opened()
        yield from (opened, opened.choose([(NAMESPACE, "family_name")]))
    response = own.present_device(heard, choice, at=mdocs().at, reader=key.public_key)
    yield read_device_response(response, at="response")
    yield evaluate_presentation(
        response, request=question, trust=two_formats.scene().trust, at=mdocs().at
    )


def _judging(shown: str, nonce: str, audience: str) -> Iterator[object]:
    world = scene()
    context = Context(world.trust, policies.RETAIL, world.at)
    yield context
    for form in Serialisation:
        text = serialise(shown, form)
        read = read_sd_jwt(text)
        yield from (read, read_compact(read.key_binding or "", at="x"))
        for expected in (Expected(nonce, audience), HeldBy(frozenset())):
            yield expected
            verdict = evaluate(text, expected=expected, context=context, subject="pid")
            yield verdict
            assert verdict.unpacked is not None
            yield narrow(verdict.unpacked, ())
    yield read_disclosure(read_sd_jwt(shown).disclosures[0], number=1)
    held = read_held(world.issue(canary_content()).raw)
    work = Concealment(salts=random_salts())
    work.conceal(dict(canary_content().claims), plan_for(canary_content()))
    yield from (held, held.unpacked.revealed, work, plan_for(canary_content()))


def _keys() -> Iterator[object]:
    signer = SoftwareSigner.generate(Algorithm.ES256)
    yield from (signer, SealKey(SECRET), JsonSigner(signer, {"kid": "k"}))
    yield from (scene().keys, scene().holder_signer, scene().issuer)
    proof = make_proof(signer, audience="https://i.example", nonce="n", at=scene().at)
    yield read_compact(proof, at="proof")
    yield prove_possession(
        proof, audience="https://i.example", nonce="n", at=scene().at
    )


@cache
def _found() -> tuple[object, ...]:
    return tuple(_reachable(_roots()))


KINDS = sorted({type(each) for each in _found()}, key=lambda each: each.__qualname__)


@pytest.mark.parametrize("kind", KINDS, ids=lambda each: each.__qualname__)
def test_nothing_shows_a_claim_a_token_or_a_key(kind: type) -> None:
    for each in _found():
        if type(each) is kind:
            for text in (repr(each), str(each)):
                assert CANARY not in "\0".join(views(text)), text
                assert SECRET.hex() not in text


def test_the_walk_reaches_what_holds_claims_and_what_verdicts_are_made_of() -> None:
    names = {each.__name__ for each in KINDS}
    assert names >= {
        *(
            "Jws",
            "JwsHeader",
            "SdJwt",
            "Disclosure",
            "Unpacked",
            "Held",
            "SdJwtVerdict",
        ),
        *("HeldCredential", "Credential", "VerifiedCredential", "VerifiedPresentation"),
        *("PresentationRequest", "RequestObject", "Asked", "Match", "Choice", "Shown"),
        *("PresentationResponse", "ResponseParts", "Report", "Check", "Candidate"),
        *("SoftwareSigner", "SealKey", "ProvenKey", "FrozenObject", "Narrowed"),
        *("IssuerSigned", "Item", "MobileSecurityObject", "DeviceResponse", "Mdoc"),
        *("MdocOpened", "MdocChosen", "DeviceQuestion", "HeardRequest", "DeviceSigned"),
    }


def test_a_key_binding_that_was_read_shows_nothing() -> None:
    world = scene()
    request = world.request()
    body = world.answer(request, world.issue(canary_content()))
    answer = read_response(body)
    assert isinstance(answer, ResponseParts)
    ((shown,),) = answer.presentations.values()
    jws = read_compact(read_sd_jwt(shown).key_binding or "", at="key binding")
    said = read_object(jws.payload, at="key binding")
    assert said["nonce"] == request.nonce
    binding = Binding(world.holder_signer.public_key, jws, said)
    for text in (repr(binding), str(binding)):
        assert request.nonce not in text
        assert "sd_hash" not in text
