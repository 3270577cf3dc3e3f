from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject, read_object
from idwallet.credentials.model import Credential, Format, VerifiedPresentation
from idwallet.credentials.possession import HolderKey, make_proof, prove_possession
from idwallet.credentials.sdjwt.issue import SdJwtVc, Shape
from idwallet.credentials.sdjwt.structures import (
    Serialisation,
    read_sd_jwt,
    serialise,
)
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError, UsageError
from idwallet.roles.issuer import Issuer, read_chain
from idwallet.roles.presentation import evaluate_presentation, verify_presentation
from idwallet.testing.scene import LIFE, PID, Scene
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore

SCENE = Scene(seed=b"idwallet TEST issuer")
WHO = SCENE.issuer_identity
AT = SCENE.at
KEY = HolderKey.unproven(SCENE.holder_signer.public_key, reason="a test key")
DAY = timedelta(days=1)


class NoZone(tzinfo):
    """A zone that does not know how far from UTC it is."""

    def utcoffset(self, _: datetime | None) -> timedelta | None:
        return None


def issue(
    issuer: Issuer = SCENE.issuer,
    at: datetime = AT,
    until: datetime = AT + DAY,
    since: datetime | None = None,
) -> Credential:
    return issuer.issue(
        SCENE.content(), holder_key=KEY, valid_until=until, at=at, valid_from=since
    )


def payload(credential: Credential) -> JsonObject:
    return read_object(read_sd_jwt(credential.raw).issuer_jwt.payload, at="test")


@pytest.mark.parametrize("form", Serialisation)
def test_a_credential_is_issued_held_and_shown_in_every_serialisation(
    form: Serialisation,
) -> None:
    content = replace(SCENE.content(), serialisation=form)
    credential = SCENE.issue(content)
    names = {"compact": {}, "flattened": {"signature"}, "general": {"signatures"}}
    if form is Serialisation.COMPACT:
        assert "~" in credential.raw
    else:
        assert read_object(credential.raw, at="test").keys() >= names[form.value]
    request = SCENE.request()
    body = SCENE.answer(request, credential)
    verified = verify_presentation(body, request=request, trust=SCENE.trust, at=AT)
    assert verified.claim("family_name", str) == "Образцова"
    assert serialise(credential.raw, form) == credential.raw


def test_what_fits_no_reader_in_json_is_not_issued_in_json() -> None:
    many = {f"claim {n}": "x" * 1_000 for n in range(570)}
    content = SdJwtVc(vct=PID, claims=many, shape=Shape.FLAT)
    raw = SCENE.issue(content).raw
    room = (limits.SD_JWT_BYTES - len(raw)) // 570 * 3 // 4
    full = {name: value + "x" * room for name, value in many.items()}
    assert SCENE.issue(replace(content, claims=full))
    for form in (Serialisation.FLATTENED, Serialisation.GENERAL):
        with pytest.raises(UsageError):
            SCENE.issue(replace(content, claims=full, serialisation=form))


# --- who issues --------------------------------------------------------------------


def test_an_issuer_is_named_by_certificates_or_by_a_kid_and_not_by_both() -> None:
    assert Issuer(signer=WHO.signer, certificates=WHO.chain)
    assert Issuer(signer=WHO.signer, kid="1")
    with pytest.raises(UsageError):
        Issuer(signer=WHO.signer)
    with pytest.raises(UsageError):
        Issuer(signer=WHO.signer, certificates=WHO.chain, kid="1")


def test_the_first_certificate_holds_the_issuers_key() -> None:
    other = SoftwareSigner.generate(Algorithm.ES256)
    for signer, chain in ((other, WHO.chain), (WHO.signer, WHO.chain[::-1])):
        with pytest.raises(UsageError):
            Issuer(signer=signer, certificates=chain)


def test_a_chain_is_der_or_pem_and_leaves_the_root_out() -> None:
    root = SCENE.pki.root
    pem = WHO.chain_pem + SCENE.pki.root_pem
    for given in (WHO.chain, [*WHO.chain, root.der], pem, pem.encode(), WHO.chain_pem):
        assert tuple(each.der for each in read_chain(given)) == WHO.chain
    assert read_chain([root.der]) == (root,)


def test_a_chain_is_bounded_and_readable() -> None:
    for given in ([], [WHO.chain[0]] * (limits.CHAIN_CERTIFICATES + 1)):
        with pytest.raises(UsageError):
            read_chain(given)
    for broken in ([b"no certificate"], "no PEM"):
        with pytest.raises((MalformedError, UsageError)):
            read_chain(broken)


def test_the_header_names_the_key_and_the_type() -> None:
    certified = read_sd_jwt(issue().raw).issuer_jwt.header
    assert certified.parameters.keys() == {"alg", "typ", "x5c"}
    assert (certified.typ, certified.x5c) == ("dc+sd-jwt", WHO.chain)
    pinned = Issuer(signer=WHO.signer, kid="2026")
    header = read_sd_jwt(issue(pinned).raw).issuer_jwt.header
    assert header.parameters == {"alg": "ES256", "typ": "dc+sd-jwt", "kid": "2026"}


def test_a_pinned_issuer_is_believed_by_who_pinned_it() -> None:
    anchor = TrustAnchor(
        name="the issuer",
        purposes=frozenset({Purpose.ISSUE_CREDENTIALS}),
        issuer_names=frozenset({"https://issuer.example"}),
        keys=(PinnedKey("2026", WHO.signer.public_key),),
    )
    scene = Scene(seed=b"idwallet TEST pinned issuer")
    scene.trust = TrustStore([anchor, scene.pki.anchor()])
    scene.issuer = Issuer(signer=WHO.signer, kid="2026")
    named = replace(scene.content(), issuer_name="https://issuer.example")
    request = scene.request()
    body = scene.answer(request, scene.issue(named))
    found = evaluate_presentation(body, request=request, trust=scene.trust, at=AT)
    assert isinstance(found, VerifiedPresentation)
    assert found.credentials[0].issuer == "https://issuer.example"


# --- what may be issued ---------------------------------------------------------------


def test_a_credential_is_bound_to_the_key_that_was_proven() -> None:
    proof = make_proof(
        SCENE.holder_signer, audience="https://issuer.example", nonce="n", at=AT
    )
    proven = prove_possession(
        proof, audience="https://issuer.example", nonce="n", at=AT
    )
    credential = SCENE.issuer.issue(
        SCENE.content(), holder_key=proven, valid_until=AT + DAY, at=AT
    )
    assert payload(credential)["cnf"] == {"jwk": proven.key.to_jwk()}
    assert credential.format is Format.SD_JWT_VC
    assert repr(credential).startswith("Credential(dc+sd-jwt, <")


def test_nothing_is_bound_to_a_bare_key() -> None:
    with pytest.raises(UsageError):
        SCENE.issuer.issue(
            SCENE.content(),
            holder_key=SCENE.holder_signer.public_key,  # type: ignore[arg-type]
            valid_until=AT + DAY,
            at=AT,
        )


@pytest.mark.parametrize(
    ("until", "since"),
    [
        (AT, None),
        (AT - DAY, None),
        (AT + DAY, AT + DAY),
        (AT + DAY, AT + 2 * DAY),
    ],
)
def test_a_credential_that_would_never_be_valid_is_not_issued(
    until: datetime, since: datetime | None
) -> None:
    assert issue(until=AT + timedelta(seconds=1))
    assert issue(until=AT + DAY, since=AT + DAY - timedelta(seconds=1))
    with pytest.raises(UsageError):
        issue(until=until, since=since)


def test_a_credential_does_not_outlive_a_certificate_of_its_chain() -> None:
    end = WHO.certificate.not_after
    assert issue(until=end)
    with pytest.raises(UsageError, match=f"ends {end:%Y-%m-%dT%H:%M:%S}Z"):
        issue(until=end + timedelta(seconds=1))
    # A pinned key has no end of its own.
    assert issue(Issuer(signer=WHO.signer, kid="1"), until=end + DAY)


def test_nothing_is_issued_outside_the_certificates_life() -> None:
    begin, end = WHO.certificate.not_before, WHO.certificate.not_after
    assert issue(at=begin, until=begin + DAY)
    for at in (begin - timedelta(seconds=1), end + timedelta(seconds=1)):
        with pytest.raises(UsageError):
            issue(at=at, until=at + timedelta(milliseconds=500))


@pytest.mark.parametrize("zone", [None, NoZone()])
def test_every_moment_has_a_zone(zone: tzinfo | None) -> None:
    for name in ("at", "until", "since"):
        moments = {"at": AT, "until": AT + DAY, "since": AT}
        assert issue(**moments)  # type: ignore[arg-type]  # moments all
        moments[name] = moments[name].replace(tzinfo=zone)
        with pytest.raises(UsageError):
            issue(**moments)  # type: ignore[arg-type]  # moments all


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    moscow = timezone(timedelta(hours=3))
    made = payload(issue(at=AT.astimezone(moscow), until=(AT + DAY).astimezone(moscow)))
    assert made["iat"] == int(AT.timestamp())
    assert made["exp"] == int((AT + DAY).timestamp())
    assert AT.tzinfo is UTC


def test_two_credentials_of_one_person_share_no_salt_and_no_digest() -> None:
    first, second = SCENE.issue(), SCENE.issue()
    one, two = (set(each.raw.split("~")[1:-1]) for each in (first, second))
    assert one.isdisjoint(two)
    digests = [set(map(str, payload(e)["_sd"])) for e in (first, second)]  # type: ignore[arg-type]  # a list
    assert digests[0].isdisjoint(digests[1])


def test_the_random_source_is_the_callers_to_choose() -> None:
    issuer = Issuer(signer=WHO.signer, certificates=WHO.chain, random=bytes)
    same = [issue(issuer).raw.split("~")[1:] for _ in range(2)]
    assert same[0] == same[1]


def test_a_credential_without_claims_can_be_issued() -> None:
    credential = SCENE.issue(SdJwtVc(vct=PID, claims={}))
    assert credential.raw.count("~") == 1
    assert payload(credential)["exp"] == int((AT + LIFE).timestamp())
