"""A batch is one person's, and nothing but its claims tells so."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from idwallet import limits
from idwallet.adapters.sql import SqlStatusStore
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.mdoc.mso import MobileSecurityObject
from idwallet.credentials.mdoc.structures import read_issuer_signed
from idwallet.credentials.model import Credential, Format
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.credentials.sdjwt.structures import read_sd_jwt
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import UsageError
from idwallet.roles.batch_terms import neighbours
from idwallet.roles.issuer import Issuer
from idwallet.roles.status_issuer import StatusIssuer, StatusPlan
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene
from idwallet.testing.scene import Scene
from idwallet.trust.status_list import StatusReference

NOON = datetime(2026, 11, 24, 12, 34, 56, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
SCENE = Scene(at=NOON)
ISSUER = Issuer(
    signer=SCENE.issuer_identity.signer, certificates=SCENE.issuer_identity.chain
)
UNTIL = NOON + timedelta(days=14)
URI = "https://issuer.example/status/1"
MDOCS = MdocScene(at=NOON)
LICENCES = Issuer(signer=MDOCS.signer.signer, certificates=MDOCS.signer.chain)
LICENCE = Mdoc(
    MDL,
    {NAMESPACE: {"family_name": "Примерова", "birth_date": date(1990, 5, 17)}},
    decoys=6,
)
CARD = replace(SCENE.content(), decoys=2)


def keys(count: int) -> list[HolderKey]:
    return [
        HolderKey.unproven(
            SoftwareSigner.generate(Algorithm.ES256).public_key, reason="a test key"
        )
        for _ in range(count)
    ]


def batch(
    content: SdJwtVc | Mdoc = CARD, count: int = 5, **terms: object
) -> tuple[Credential, ...]:
    issuer = ISSUER if isinstance(content, SdJwtVc) else LICENCES
    given = {"holder_keys": keys(count), "valid_until": UNTIL, "at": NOON} | terms
    return issuer.issue_batch(content, **given)  # type: ignore[arg-type]


def payload(credential: Credential) -> JsonObject:
    return read_object(read_sd_jwt(credential.raw).issuer_jwt.payload, at="test")


def mso(credential: Credential) -> MobileSecurityObject:
    return read_issuer_signed(b64.decode(credential.raw, at="test"), at="test").mso


def test_each_copy_has_its_key_in_the_order_of_the_keys() -> None:
    given = keys(3)
    found = batch(holder_keys=given)
    jwks = [payload(each)["cnf"] for each in found]
    assert jwks == [{"jwk": each.key.to_jwk()} for each in given]
    licences = batch(LICENCE, holder_keys=given)
    assert [mso(each).device_key for each in licences] == [e.key for e in given]
    assert {each.format for each in licences} == {Format.MDOC}


def test_no_salt_digest_or_signature_stands_in_two_copies() -> None:
    found = [read_sd_jwt(each.raw) for each in batch()]
    disclosures = [set(each.disclosures) for each in found]
    signed = {each.issuer_jwt.signature for each in found}
    digests = [set(map(str, payload(each)["_sd"])) for each in batch()]  # type: ignore[arg-type]
    assert len(signed) == len(found)
    for one, other in [*combinations(disclosures, 2), *combinations(digests, 2)]:
        assert not one & other


def test_no_digest_stands_in_two_licences_and_their_order_differs() -> None:
    found = [
        read_issuer_signed(b64.decode(each.raw, at="test"), at="test")
        for each in batch(LICENCE, count=6)
    ]
    digests = [set(each.mso.digests[NAMESPACE].values()) for each in found]
    assert not any(one & other for one, other in combinations(digests, 2))
    orders = {
        tuple(item.digest_id for item in each.namespaces[NAMESPACE]) for each in found
    }
    assert len(orders) > 1


def test_times_are_rounded_down_to_what_everybody_of_that_day_shares() -> None:
    for each in batch():
        said = payload(each)
        assert said["iat"] == int(MIDNIGHT.timestamp())
        assert said["exp"] == int((MIDNIGHT + timedelta(days=14)).timestamp())
        assert "nbf" not in said
    planned = replace(LICENCE, expected_update=NOON + timedelta(days=10))
    for each in batch(planned):
        found = mso(each).validity
        assert found.signed == found.valid_from == MIDNIGHT
        assert found.valid_until == MIDNIGHT + timedelta(days=14)
        assert found.expected_update == MIDNIGHT + timedelta(days=10)


def test_times_are_rounded_to_what_the_issuer_says() -> None:
    (first, *_) = batch(rounding=timedelta(hours=1))
    assert payload(first)["iat"] == int(NOON.replace(minute=0, second=0).timestamp())


def places(*indexes: int) -> list[StatusReference]:
    return [StatusReference(URI, each) for each in indexes]


def entries(found: tuple[Credential, ...]) -> list[object]:
    return [payload(each)["status"]["status_list"]["idx"] for each in found]  # type: ignore[call-overload,index]


def test_each_copy_has_a_status_of_its_own_in_no_order() -> None:
    given = places(*range(0, 64, 2))
    found = entries(batch(count=32, statuses=given))
    assert sorted(map(int, map(str, found))) == [each.index for each in given]
    assert found != [each.index for each in given]


def test_who_gets_which_status_is_drawn_anew_each_time() -> None:
    given = places(*range(0, 64, 2))
    held = keys(32)
    one, other = (entries(batch(holder_keys=held, statuses=given)) for _ in range(2))
    assert one != other


@pytest.mark.parametrize("indexes", [(3, 3), (3, 4), (9, 8)])
def test_statuses_that_stand_together_are_refused(indexes: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="allocate_apart"):
        batch(count=3, statuses=places(100, *indexes))
    apart = [StatusReference(f"{URI}{n}", each) for n, each in enumerate(indexes)]
    assert batch(count=3, statuses=[*places(100), *apart])


def twice() -> list[HolderKey]:
    (one,) = keys(1)
    return [one, one]


@pytest.mark.parametrize(
    "terms",
    [
        {"holder_keys": keys(1)},
        {"holder_keys": keys(1) * (limits.BATCH_CREDENTIALS + 1)},
        {"holder_keys": twice()},
        {"holder_keys": ["a key", "another"]},
        {"statuses": places(1, 5)},
        {"rounding": timedelta(minutes=59)},
        {"rounding": timedelta(days=32)},
        {"rounding": timedelta(hours=1, microseconds=1)},
        {"rounding": timedelta(0)},
        {"valid_until": NOON + timedelta(hours=11)},
        {"at": NOON.replace(tzinfo=None)},
        {"content": replace(CARD, status=StatusReference(URI, 1))},
        {"at": SCENE.issuer_identity.chain and NOON - timedelta(days=4000)},
    ],
)
def test_what_would_link_the_copies_or_never_hold_is_refused(
    terms: dict[str, object],
) -> None:
    with pytest.raises(UsageError):
        batch(**terms)  # type: ignore[arg-type]


def test_a_certificate_of_today_cannot_have_signed_at_midnight() -> None:
    young = SCENE.pki.issuer(
        change=lambda plan: replace(plan, not_before=NOON - timedelta(hours=2))
    )
    issuer = Issuer(signer=young.signer, certificates=young.chain)
    terms = {"holder_keys": keys(2), "valid_until": UNTIL, "at": NOON}
    with pytest.raises(UsageError, match="younger"):
        issuer.issue_batch(CARD, **terms)  # type: ignore[arg-type]
    assert issuer.issue_batch(CARD, rounding=timedelta(hours=1), **terms)  # type: ignore[arg-type]


@pytest.fixture
def status(tmp_path: Path) -> Iterator[StatusIssuer]:
    plan = StatusPlan(uri=f"{URI}/", entries=limits.STATUS_ENTRIES_MINIMUM)
    with closing(SqlStatusStore(f"sqlite:///{tmp_path / 'status.db'}")) as store:
        yield StatusIssuer(store=store, plan=plan)


def test_places_for_a_batch_are_never_neighbours(status: StatusIssuer) -> None:
    # Of 256 in 65,536 chance puts some side by side in most draws of five.
    drawn = [status.allocate(256, valid_until=UNTIL) for _ in range(5)]
    assert any(map(neighbours, drawn))
    for _ in range(5):
        found = status.allocate_apart(256, valid_until=UNTIL)
        assert len(set(found)) == 256
        assert not neighbours(found)


def test_a_batch_that_finds_neighbours_only_is_refused(status: StatusIssuer) -> None:
    most = limits.STATUS_ENTRIES_MINIMUM // 2 + 1
    with pytest.raises(UsageError, match="too full"):
        status.allocate_apart(most, valid_until=UNTIL)
