"""An answer is encrypted to the key of its request, of either format, and judged so."""

import secrets
from dataclasses import replace

import pytest

from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.errors import UsageError
from idwallet.profiles import HAIP_1_0
from idwallet.protocols.openid4vp.encryption import AnswerKey, encrypt_answer
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.report import Outcome, Reason
from idwallet.roles.asked import PresentationResponse
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import PresentationRequest
from tests.unit.roles.two_formats import (
    issued,
    of_card,
    of_licence,
    query,
    scene,
    wallet,
)

BOTH = query(of_card("family_name"), of_licence("age_over_21"))
SEAL = SealKey(bytes(range(32)))
CONTEXT = b"idwallet presentation request/1"
JWT = ResponseMode.DIRECT_POST_JWT


def asked(mode: ResponseMode | None = JWT) -> PresentationRequest:
    return scene().verifier.request(BOTH, purpose="a test", at=scene().at, mode=mode)


def answered(request: PresentationRequest) -> PresentationResponse:
    holder = wallet(scene().issue(), issued())
    read = holder.read_request(request.message.to_uri(), at=scene().at)
    choice = holder.match(read, at=scene().at).choose()
    return holder.present(read, choice, at=scene().at)


def judged(
    request: PresentationRequest, body: str
) -> VerifiedPresentation | Unverified:
    return evaluate_presentation(
        body, request=request, trust=scene().trust, at=scene().at
    )


def faults(found: VerifiedPresentation | Unverified) -> dict[str, Reason]:
    failed = (e for e in found.report.checks if e.outcome is Outcome.FAILED)
    return {f"{e.id.value} of {e.subject}": e.reason for e in failed}


def test_a_card_and_a_licence_are_shown_in_one_encrypted_answer() -> None:
    request = asked()
    answer = answered(request)
    assert answer.mode is JWT
    assert list(read_object(answer.json, at="test")) == ["response"]
    assert "vp_token" not in answer.body
    for body in (answer.body, answer.json):
        found = judged(replace_guard(request), body)
        assert isinstance(found, VerifiedPresentation), faults(found)
    assert found.report.outcome is Outcome.PASSED


def replace_guard(request: PresentationRequest) -> PresentationRequest:
    """The same request, not answered yet."""
    verifier = scene().new_verifier()
    return verifier.restore(request.save(SEAL), SEAL)


def test_another_process_opens_the_answer_to_a_saved_request() -> None:
    request = asked()
    body = answered(request).body
    found = judged(replace_guard(request), body)
    assert isinstance(found, VerifiedPresentation), faults(found)


def test_a_request_saved_in_the_first_version_is_judged_as_ever() -> None:
    request = asked(ResponseMode.DIRECT_POST)
    plain = unseal(request.save(SEAL), key=SEAL, context=CONTEXT, at="state")
    first: JsonObject = {**read_object(plain, at=""), "format": "idwallet-request/1"}
    saved = seal(
        write_json(first), key=SEAL, context=CONTEXT, random=secrets.token_bytes
    )
    restored = scene().new_verifier().restore(saved, SEAL)
    assert restored.decryption is None
    found = judged(restored, answered(request).body)
    assert isinstance(found, VerifiedPresentation), faults(found)


def test_each_request_has_a_key_of_its_own() -> None:
    keys = [asked().decryption for _ in range(4)]
    assert len({k.public.thumbprint for k in keys if k is not None}) == 4
    assert len({k.kid for k in keys if k is not None}) == 4


def test_an_answer_in_the_clear_to_a_request_for_an_encrypted_one_fails() -> None:
    request = asked()
    key = request.decryption
    assert key is not None
    parts = key.decrypted(str(read_object(answered(request).json, at="")["response"]))
    clear = write_json(parts).decode()
    assert faults(judged(request, clear)) == {
        "presentation.format of response": Reason.MALFORMED
    }


def test_an_encrypted_answer_to_a_request_for_one_in_the_clear_fails() -> None:
    clear = asked(ResponseMode.DIRECT_POST)
    found = judged(clear, answered(asked()).body)
    assert faults(found) == {"presentation.format of response": Reason.UNSUPPORTED}


def test_an_answer_encrypted_to_the_key_of_another_request_fails() -> None:
    first, second = asked(), asked()
    found = judged(second, answered(first).body)
    assert faults(found) == {"presentation.format of response": Reason.MALFORMED}


def test_a_document_shown_for_another_key_fails_though_it_is_encrypted_anew() -> None:
    """B.2.6.1: who takes an answer out and encrypts it again is found out."""
    request = asked()
    own = request.decryption
    assert own is not None
    other = AnswerKey.generate(own.kid)
    body = answered(swapped(request, other)).json
    parts = other.decrypted(str(read_object(body, at="")["response"]))
    again = encrypt_answer(parts, to=own.public, random=secrets.token_bytes)
    found = judged(request, write_json({"response": again}).decode())
    assert list(faults(found)) == ["holder.binding of mdl"]
    honest = answered(replace_guard(request)).body
    twin = judged(replace_guard(request), honest)
    assert isinstance(twin, VerifiedPresentation), faults(twin)


def swapped(request: PresentationRequest, key: AnswerKey) -> PresentationRequest:
    """The request as somebody between passes it on, with a key of their own."""
    from idwallet.protocols.openid4vp.request import (
        build_request_object,
        read_request,
    )

    read = read_request(request.message.raw).request
    who = scene().verifier.identity
    raw = build_request_object(
        replace(read, encryption=key.public),
        signer=who.signer,
        certificates=who.certificates,
    )
    message = replace(request.message, raw=raw)
    plain = unseal(request.save(SEAL), key=SEAL, context=CONTEXT, at="state")
    state: JsonObject = {**read_object(plain, at=""), "raw": message.raw}
    saved = seal(
        write_json(state), key=SEAL, context=CONTEXT, random=secrets.token_bytes
    )
    return scene().verifier.restore(saved, SEAL)


def test_a_refusal_is_encrypted_too() -> None:
    request = asked()
    holder = wallet()
    read = holder.read_request(request.message.raw, at=scene().at)
    answer = holder.decline(read, at=scene().at)
    assert "access_denied" not in answer.body + answer.json
    assert faults(judged(request, answer.body)) == {
        "presentation.format of response": Reason.DECLINED
    }


def test_under_the_high_assurance_profile_answers_are_encrypted_unasked() -> None:
    strict = replace(scene().verifier.policy, profile=HAIP_1_0)
    verifier = scene().new_verifier(policy=strict)
    made = verifier.request(BOTH, purpose="a test", at=scene().at)
    assert made.decryption is not None
    assert asked(None).decryption is None


def test_under_the_high_assurance_profile_no_link_holds_a_request() -> None:
    strict = replace(scene().verifier.policy, profile=HAIP_1_0)
    verifier = scene().new_verifier(policy=strict)
    made = verifier.request(BOTH, purpose="a test", at=scene().at)
    for each in (
        made,
        made.addressed(made.message.raw),
        verifier.restore(made.save(SEAL), SEAL),
    ):
        with pytest.raises(UsageError, match="PresentationService"):
            each.message.to_uri("haip-vp")
        assert each.message.to_json()
    assert asked(None).message.to_uri()


def test_a_fragment_goes_to_the_browser_and_not_to_an_address_to_post_to() -> None:
    request = asked(ResponseMode.FRAGMENT)
    answer = answered(request)
    assert answer.mode is ResponseMode.FRAGMENT
    found = judged(request, answer.body)
    assert isinstance(found, VerifiedPresentation), faults(found)
