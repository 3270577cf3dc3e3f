"""How a wallet says that the person was there, and what is made of it."""

from dataclasses import replace

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import JsonValue
from idwallet.credentials.model import VerifiedPresentation
from idwallet.credentials.presence import (
    PersonVerified,
    nobody,
    read_amr,
    verified_by,
    write_amr,
)
from idwallet.crypto.seal import SealKey
from idwallet.errors import SigningDeclined, UsageError
from idwallet.report import CheckId, Reason
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.scene import Scene
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import PresenceRule

PRESENT = replace(RETAIL, name="present", presence=PresenceRule.ATTESTED)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST presence", policy=PRESENT)


def wallet(scene: Scene, how: PersonVerified) -> Holder:
    made = Holder(
        store=MemoryStore(),
        seal=SealKey(bytes(range(32))),
        keys=scene.keys,
        trust=scene.trust,
        verify_person=lambda: how,
    )
    made.add(scene.issue(), at=scene.at)
    return made


@pytest.mark.parametrize("how", PersonVerified)
def test_what_a_wallet_verified_reaches_the_verifier(
    scene: Scene, how: PersonVerified
) -> None:
    held, request = wallet(scene, how), scene.request()
    asked = held.read_request(request.message.raw, at=scene.at)
    choice = held.match(asked, at=scene.at).choose()
    answer = held.present(asked, choice, at=scene.at)
    assert answer.person is how
    found = evaluate_presentation(
        answer.body, request=request, trust=scene.trust, at=scene.at
    )
    (check,) = [e for e in found.report.checks if e.id is CheckId.HOLDER_PRESENCE]
    if how is PersonVerified.NONE:
        assert check.reason is Reason.NOT_ESTABLISHED
    else:
        assert isinstance(found, VerifiedPresentation)
        assert (check.reason, dict(check.facts)) == (
            Reason.ATTESTED,
            {"what": how.value},
        )


def test_nothing_is_signed_when_the_person_says_no(scene: Scene) -> None:
    def decline() -> PersonVerified:
        raise SigningDeclined("the person said no")

    held = Holder(
        store=MemoryStore(),
        seal=SealKey(bytes(range(32))),
        keys=scene.keys,
        trust=scene.trust,
        verify_person=decline,
    )
    held.add(scene.issue(), at=scene.at)
    asked = held.read_request(scene.request().message.raw, at=scene.at)
    choice = held.match(asked, at=scene.at).choose()
    with pytest.raises(SigningDeclined):
        held.present(asked, choice, at=scene.at)


@pytest.mark.parametrize("how", PersonVerified)
def test_what_is_written_is_read(how: PersonVerified) -> None:
    assert read_amr(write_amr(how)) is how


@pytest.mark.parametrize(
    "said",
    [
        None,
        "pin",
        {},
        [],
        ["pin", "fpt"],
        [[]],
        [{}],
        [{"possession": "key_in_local_native_wscd"}],
        [{"knowledge": "fingerprint_device"}],
        [{"inherence": "pattern"}],
        [{"knowledge": ["pattern"]}],
        [{"knowledge": "pattern", "inherence": "face_device"}],
        [{"knowledge": "none"}],
        [{"knowledge": "other_knowledge"}],
    ],
)
def test_what_says_nothing_in_the_standards_form_is_nothing(said: JsonValue) -> None:
    assert read_amr(said) is PersonVerified.NONE


def test_a_trait_of_the_body_says_more_than_what_can_be_told_to_others() -> None:
    said: list[JsonValue] = [
        {"possession": "key_in_local_native_wscd"},
        {"knowledge": "pin_6_or_more_digits"},
        {"inherence": "face_device"},
    ]
    assert read_amr(said) is PersonVerified.FACE


def test_a_callback_answers_with_what_was_done() -> None:
    assert verified_by(nobody) is PersonVerified.NONE
    with pytest.raises(UsageError):
        verified_by(lambda: "face_device")  # type: ignore[arg-type,return-value]  # on purpose
