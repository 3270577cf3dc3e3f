"""A compact credential goes through the same hands as any other."""

from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.credentials.compact.issue import Compact, CompactShape
from idwallet.credentials.model import Credential, Format
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.errors import UsageError, VerificationFailed
from idwallet.report import CheckId, Reason
from idwallet.roles.issuer import Issuer
from idwallet.roles.presentation import evaluate_presentation, verify_presentation
from idwallet.testing.compact import twelve_claims
from idwallet.testing.scene import Scene
from idwallet.trust.status_list import StatusReference

COMPACT = Format.COMPACT.value
DAY = timedelta(days=1)


def issued(
    scene: Scene,
    content: Compact | None = None,
    *,
    life: timedelta = timedelta(hours=8),
    issuer: Issuer | None = None,
) -> Credential:
    return (issuer or scene.issuer).issue(
        content or Compact("national-id", twelve_claims()),
        holder_key=HolderKey.unproven(
            scene.holder_signer.public_key, reason="a test key made here"
        ),
        valid_until=scene.at + life,
        at=scene.at,
    )


@pytest.mark.parametrize("shape", CompactShape)
def test_it_is_issued_held_shown_and_verified_like_any_other(
    shape: CompactShape,
) -> None:
    scene = Scene()
    credential = issued(scene, Compact("national-id", twelve_claims(), shape=shape))
    request = scene.request(Query.age_over(18, formats=[COMPACT]))
    body = scene.answer(request, credential)
    verified = verify_presentation(
        body, request=request, trust=scene.trust, at=scene.at
    )
    (shown,) = verified.credentials
    assert shown.format is Format.COMPACT
    assert shown.credential_type == "urn:eudi:pid:1"
    assert dict(shown.claims) == {"age_over_18": True}
    assert verified.age_over(18) is True
    assert verified.age_over(21) is None


def test_what_was_not_asked_for_is_not_shown() -> None:
    scene = Scene()
    request = scene.request(Query.age_over(18, formats=[COMPACT]))
    body = scene.answer(request, issued(scene))
    verified = verify_presentation(
        body, request=request, trust=scene.trust, at=scene.at
    )
    assert verified.credentials[0].disclosed == (("age_over_18",),)
    assert "X0000017" not in body
    assert b"X0000017" not in b64.decode(
        body.partition("%5B%22")[2].partition("%22")[0], at="x", clause="x"
    )


def test_a_birth_date_proves_an_age() -> None:
    scene = Scene()
    query = Query.claims("national-id", "birth_date", formats=[COMPACT])
    request = scene.request(query)
    body = scene.answer(request, issued(scene))
    verified = verify_presentation(
        body, request=request, trust=scene.trust, at=scene.at
    )
    assert verified.age_over(30) is True
    assert verified.claim_named("birth_date", str) == "1990-05-17"


def test_an_answer_is_good_for_its_own_request_alone() -> None:
    scene = Scene()
    query = Query.age_over(18, formats=[COMPACT])
    body = scene.answer(scene.request(query), issued(scene))
    state = scene.request(query)
    other = body.partition("&state=")[0] + f"&state={state.state}"
    judged = evaluate_presentation(other, request=state, trust=scene.trust, at=scene.at)
    (nonce,) = (e for e in judged.report.checks if e.id is CheckId.PRESENTATION_NONCE)
    assert nonce.reason is Reason.MISMATCH


def test_a_wallet_takes_none_that_is_bound_to_a_foreign_key() -> None:
    scene, other = Scene(), Scene()
    credential = scene.issuer.issue(
        Compact("national-id", twelve_claims()),
        holder_key=HolderKey.unproven(
            other.holder_signer.public_key, reason="a test key made here"
        ),
        valid_until=scene.at + timedelta(hours=1),
        at=scene.at,
    )
    with pytest.raises(VerificationFailed) as caught:
        scene.new_wallet().add(credential, at=scene.at)
    assert {each.id for each in caught.value.report.failed()} == {
        CheckId.HOLDER_BINDING
    }


def test_a_wallet_takes_none_whose_claims_do_not_lead_to_the_root() -> None:
    scene = Scene()
    octets = bytearray(b64.decode(issued(scene).raw, at="x", clause="x"))
    place = octets.index(b"X0000017")
    octets[place] ^= 1
    with pytest.raises(VerificationFailed) as caught:
        scene.new_wallet().add(
            Credential(Format.COMPACT, b64.encode(bytes(octets))), at=scene.at
        )
    assert {each.id for each in caught.value.report.failed()} == {
        CheckId.CREDENTIAL_DISCLOSURES
    }


def test_a_day_or_more_without_a_status_is_not_issued() -> None:
    scene = Scene()
    with pytest.raises(UsageError, match="less than a day"):
        issued(scene, life=DAY)
    status = StatusReference("https://list.example/1", 7)
    made = issued(
        scene, Compact("national-id", twelve_claims(), status=status), life=DAY
    )
    held = scene.new_wallet().add(made, at=scene.at)
    assert held.opened().status is not None


@pytest.mark.parametrize(
    "content",
    [
        Compact("national-id", {}),
        Compact("", {"x": 1}),
        Compact("national-id", {"": 1}),
        Compact("national-id", {f"claim {n}": n for n in range(65)}),
        Compact("national-id", {"x": 1.5}),  # type: ignore[dict-item]
        Compact("national-id", {"x": 1 << 64}),
        Compact("national-id", {"portrait": bytes(2049)}),
        Compact(
            "national-id", {"x": 1}, status=StatusReference("http://list.example/1", 7)
        ),
    ],
    ids=range(8),
)
def test_what_no_reader_takes_is_not_issued(content: Compact) -> None:
    with pytest.raises(UsageError):
        issued(Scene(), content)


def test_copies_of_a_batch_have_nothing_in_common_but_what_they_say() -> None:
    scene = Scene()
    keys = [scene.new_holder_signer().public_key for _ in range(3)]
    made = scene.issuer.issue_batch(
        Compact("national-id", twelve_claims()),
        holder_keys=[HolderKey.unproven(each, reason="test keys") for each in keys],
        valid_until=scene.at + timedelta(hours=20),
        at=scene.at,
        rounding=timedelta(hours=1),
    )
    roots = {each.raw[-200:-100] for each in made}
    assert len(roots) == 3
    wallet = scene.new_wallet()
    for each in made:
        wallet.add(each, at=scene.at)


def test_no_repr_shows_a_claim() -> None:
    scene = Scene()
    made = issued(scene)
    held = scene.new_wallet().add(made, at=scene.at)
    opened = held.opened()
    shown = (made, held, opened, opened.choose([("family_name",)]))
    assert not any("Образц" in repr(each) for each in shown)


@pytest.mark.parametrize("inside", [False, True])
def test_pictures_are_bounded_wherever_in_a_claim_they_stand(*, inside: bool) -> None:
    scene = Scene()
    for more in (0, 1):
        picture = bytes(limits.COMPACT_PICTURE_BYTES + more)
        content = Compact("national-id", {"x": {"y": [picture]} if inside else picture})
        if more:
            with pytest.raises(UsageError, match="pictures"):
                issued(scene, content)
        else:
            issued(scene, content)


def test_a_day_without_a_status_is_a_day_too_long() -> None:
    scene = Scene()
    issued(scene, life=DAY - timedelta(minutes=1))
    with pytest.raises(UsageError, match="status"):
        issued(scene, life=DAY)
