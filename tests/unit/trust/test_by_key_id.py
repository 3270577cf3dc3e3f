"""A key named by nothing but an identifier is found, or nobody is believed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from cryptography import x509

from idwallet import limits
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import Reason
from idwallet.testing.certificates import CertificatePlan, key_from_seed, test_name
from idwallet.testing.pki import MOMENT, Change, TestPki
from idwallet.trust import path
from idwallet.trust.anchor import Validity
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.at_hand import CertificatesAtHand, chains_from, key_id_of
from idwallet.trust.by_key_id import resolve_by_key_id
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.evidence import EvidenceAtHand
from idwallet.trust.signer import SignerFound, SignerRefused

PKI = TestPki(seed=b"by key id")
ISSUE = Purpose.ISSUE_CREDENTIALS
DAY, TICK = timedelta(days=1), timedelta(seconds=1)
KEY = key_from_seed(Algorithm.ES256, seed=b"by key id", label="shared")
SHARED = SoftwareSigner(KEY).public_key


def shared(change: Change = lambda plan: plan) -> Change:
    """Certify the one key that several certificates of this file are for."""

    def changed(plan: CertificatePlan) -> CertificatePlan:
        return change(replace(plan, key=KEY))

    return changed


def store_of(
    certificates: Iterable[bytes], *anchors: TrustAnchor, pki: TestPki = PKI
) -> TrustStore:
    evidence = EvidenceAtHand(certificates=certificates)
    return TrustStore([pki.anchor(), *anchors], evidence=evidence)


def resolve(
    kid: bytes, store: TrustStore, *, at: datetime = MOMENT, purpose: Purpose = ISSUE
) -> SignerFound | SignerRefused:
    return resolve_by_key_id(
        kid, store=store, purpose=purpose, at=at, algorithms=DEFAULT_ALGORITHMS
    )


def pinned(name: str, *, kid: str = "1") -> TrustAnchor:
    return TrustAnchor(
        name=name,
        purposes=frozenset({ISSUE}),
        issuer_names=frozenset({f"https://{name}.example"}),
        keys=(PinnedKey(kid, SHARED),),
    )


@pytest.mark.parametrize("intermediates", [0, 1, 3])
def test_a_chain_at_hand_leads_to_its_anchor_in_whichever_order_it_came(
    intermediates: int,
) -> None:
    issuer = PKI.issuer(intermediates=intermediates)
    kid = key_id_of(issuer.signer.public_key.spki)
    for certificates in permutations(issuer.chain):
        found = resolve(kid, store_of(certificates))
        assert isinstance(found, SignerFound)
        assert found.key == issuer.signer.public_key
        assert found.path is not None
        assert tuple(each.der for each in found.path.certificates) == issuer.chain
        assert found.reason is Reason.TRUSTED


@pytest.mark.parametrize(
    ("late", "reason"),
    [(timedelta(), Reason.TRUSTED), (TICK, Reason.CERTIFICATE_EXPIRED)],
)
def test_it_is_believed_as_long_as_its_chain_stands(
    late: timedelta, reason: Reason
) -> None:
    issuer = PKI.issuer(change=lambda plan: replace(plan, not_after=MOMENT + DAY))
    kid = key_id_of(issuer.signer.public_key.spki)
    store = store_of(issuer.chain)
    assert resolve(kid, store).reason is Reason.TRUSTED
    assert resolve(kid, store, at=MOMENT + DAY + late).reason is reason


def test_what_is_at_hand_and_leads_nowhere_keeps_nobody_from_being_believed() -> None:
    issuer = PKI.issuer(change=shared())
    before = PKI.issuer(
        change=shared(lambda plan: replace(plan, not_after=MOMENT - TICK))
    )
    stranger = TestPki(seed=b"somebody else").issuer(change=shared())
    junk = (b"junk", *before.chain, *stranger.chain)
    found = resolve(key_id_of(SHARED.spki), store_of((*junk, *issuer.chain)))
    assert isinstance(found, SignerFound)
    assert found.path is not None
    assert found.path.leaf == issuer.certificate
    alone = resolve(key_id_of(SHARED.spki), store_of(junk))
    assert alone.reason is Reason.KEY_NOT_PINNED


def test_two_that_are_believed_at_one_moment_are_none_and_one_of_them_is() -> None:
    renewed = PKI.issuer(
        "https://namesake.example",
        change=shared(lambda plan: replace(plan, not_before=MOMENT + DAY)),
    )
    issuer = PKI.issuer(
        change=shared(lambda plan: replace(plan, not_after=MOMENT + 2 * DAY))
    )
    store = store_of((*issuer.chain, *renewed.chain))
    kid = key_id_of(SHARED.spki)
    for days, reason in enumerate(
        [Reason.TRUSTED, Reason.KEY_AMBIGUOUS, Reason.KEY_AMBIGUOUS, Reason.TRUSTED]
    ):
        assert resolve(kid, store, at=MOMENT + days * DAY).reason is reason, days


def renewal(*, later: timedelta = timedelta(), **changes: object) -> bytes:
    """Certify the shared key for one name from some moment on, and for ten days."""

    def change(plan: CertificatePlan) -> CertificatePlan:
        began = MOMENT - DAY + later
        made = replace(plan, not_before=began, not_after=began + 10 * DAY)
        return replace(made, **changes)  # type: ignore[arg-type]

    return PKI.issuer(change=shared(change), intermediates=0).chain[0]


def test_a_renewed_certificate_of_one_key_is_no_second_signer() -> None:
    """Of those that stand, it is the one that has stood longest."""
    # Made in this order, the serial numbers say the contrary of the moments.
    newest, new, old = (renewal(later=n * DAY) for n in (8, 4, 0))
    kid = key_id_of(SHARED.spki)
    # They begin a day before, last ten days, and are looked at to their last moment.
    stands = [(0, old), (5, old), (9, old), (10, new), (13, new), (14, newest)]
    for order in permutations((old, new, newest)):
        store = store_of(order)
        for days, expected in stands:
            found = resolve(kid, store, at=MOMENT + days * DAY)
            assert isinstance(found, SignerFound), days
            assert found.path is not None
            assert found.path.leaf.der == expected, days
        assert resolve(kid, store, at=MOMENT + 18 * DAY).reason is not Reason.TRUSTED


def test_two_of_one_moment_are_chosen_between_by_their_octets() -> None:
    twins = [renewal(), renewal()]
    kid = key_id_of(SHARED.spki)
    for order in permutations(twins):
        found = resolve(kid, store_of(order))
        assert isinstance(found, SignerFound)
        assert found.path is not None
        assert found.path.leaf.der == min(twins)


OTHER_NAME = (x509.UniformResourceIdentifier("https://other.example"),)


@pytest.mark.parametrize(
    "changes",
    [{"subject": test_name("other")}, {"alternative_names": OTHER_NAME}],
    ids=["subject", "alternative names"],
)
def test_who_shares_a_key_under_another_name_is_a_second_signer(
    changes: dict[str, object],
) -> None:
    kid = key_id_of(SHARED.spki)
    first, other = renewal(), renewal(**changes)
    for each in (first, other):
        assert resolve(kid, store_of([each])).reason is Reason.TRUSTED
    for order in permutations((first, other)):
        assert resolve(kid, store_of(order)).reason is Reason.KEY_AMBIGUOUS


def test_two_keys_of_one_name_whose_identifiers_collide_are_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = key_from_seed(Algorithm.ES256, seed=b"by key id", label="colliding")
    certificates = renewal(), renewal(key=other)
    monkeypatch.setattr(limits, "KEY_ID_BYTES", 0)
    for each in certificates:
        assert resolve(b"", store_of([each])).reason is Reason.TRUSTED
    for order in permutations(certificates):
        assert resolve(b"", store_of(order)).reason is Reason.KEY_AMBIGUOUS


def test_two_cas_that_certify_one_signer_make_two() -> None:
    """Each takes back its own: who was revoked by one must not stand by the other."""
    kid = key_id_of(SHARED.spki)
    one, other = (PKI.issuer(change=shared()) for _ in range(2))
    assert one.certificate.issuer_der == other.certificate.issuer_der
    assert one.certificate.subject_der == other.certificate.subject_der
    assert resolve(kid, store_of(one.chain)).reason is Reason.TRUSTED
    both = store_of((*one.chain, *other.chain))
    assert resolve(kid, both).reason is Reason.KEY_AMBIGUOUS
    direct = store_of((*one.chain, renewal()))
    assert resolve(kid, direct).reason is Reason.KEY_AMBIGUOUS


def test_one_signer_below_two_anchors_is_two() -> None:
    leaf = renewal()
    own = TrustAnchor.from_signer_certificate(
        renewal(later=DAY), name="own", purposes=[ISSUE]
    )
    at = MOMENT + DAY
    kid = key_id_of(SHARED.spki)
    assert resolve(kid, store_of([leaf]), at=at).reason is Reason.TRUSTED
    assert resolve(kid, store_of([], own), at=at).reason is Reason.TRUSTED
    assert resolve(kid, store_of([leaf], own), at=at).reason is Reason.KEY_AMBIGUOUS


def test_one_certificate_twice_is_one() -> None:
    issuer = PKI.issuer()
    kid = key_id_of(issuer.signer.public_key.spki)
    assert resolve(kid, store_of(issuer.chain * 2)).reason is Reason.TRUSTED
    own = TrustAnchor.from_signer_certificate(
        issuer.chain[0], name="own", purposes=[ISSUE]
    )
    found = resolve(kid, store_of(issuer.chain, own))
    assert isinstance(found, SignerFound)
    assert found.anchor is own


@pytest.mark.parametrize("beside", ["a chain", "another pin", "nothing"])
def test_a_pin_counts_alone(beside: str) -> None:
    certificates = PKI.issuer(change=shared()).chain if beside == "a chain" else ()
    anchors = [pinned("one")]
    if beside == "another pin":
        anchors.append(pinned("other", kid="2"))
    for order in permutations(anchors):
        found = resolve(key_id_of(SHARED.spki), store_of(certificates, *order))
        alone = beside == "nothing"
        reason = Reason.KEY_PINNED if alone else Reason.KEY_AMBIGUOUS
        assert found.reason is reason


def test_one_anchor_may_call_its_key_by_two_names() -> None:
    anchor = replace(
        pinned("one"), keys=(PinnedKey("1", SHARED), PinnedKey("2", SHARED))
    )
    for kid in (b"1", b"2", key_id_of(SHARED.spki)):
        assert resolve(kid, store_of((), anchor)).reason is Reason.KEY_PINNED


def test_an_anchor_believes_a_chain_for_its_own_purposes_alone() -> None:
    issuer = PKI.issuer()
    kid = key_id_of(issuer.signer.public_key.spki)
    asks = PKI.anchor(purposes=[Purpose.READ_CREDENTIALS])
    evidence = EvidenceAtHand(certificates=issuer.chain)
    store = TrustStore([asks], evidence=evidence)
    assert resolve(kid, store).reason is Reason.NO_TRUSTED_PATH
    assert resolve(kid, store_of(issuer.chain)).reason is Reason.TRUSTED


def test_a_pin_counts_for_its_purposes_and_in_its_time_alone() -> None:
    kid, anchor = key_id_of(SHARED.spki), pinned("one")
    assert resolve(kid, store_of((), anchor)).reason is Reason.KEY_PINNED
    asks = replace(anchor, purposes=frozenset({Purpose.READ_CREDENTIALS}))
    before = replace(anchor, validity=Validity(MOMENT - DAY, MOMENT - TICK))
    for other in (asks, before):
        assert resolve(kid, store_of((), other)).reason is Reason.KEY_NOT_PINNED
        beside = store_of((), other, pinned("two", kid="2"))
        assert resolve(kid, beside).reason is Reason.KEY_PINNED


def test_a_signer_believed_for_something_else_makes_nobody_ambiguous() -> None:
    issuer = PKI.issuer(change=shared())
    asks = TrustAnchor.from_signer_certificate(
        renewal(), name="asks", purposes=[Purpose.READ_CREDENTIALS]
    )
    found = resolve(key_id_of(SHARED.spki), store_of(issuer.chain, asks))
    assert found.reason is Reason.TRUSTED


@pytest.mark.parametrize("kid", [b"", b"1", bytes(8), bytes(32)])
def test_an_identifier_of_nobody_finds_nobody(kid: bytes) -> None:
    found = resolve(kid, store_of(PKI.issuer().chain))
    assert isinstance(found, SignerRefused)
    assert (found.reason, found.key) == (Reason.KEY_NOT_PINNED, None)
    assert found.facts["name"] == f"key {kid.hex()}"


def test_the_whole_digest_and_a_part_of_it_are_no_identifier() -> None:
    issuer = PKI.issuer()
    digest = key_id_of(issuer.signer.public_key.spki)
    store = store_of(issuer.chain)
    assert resolve(digest, store).reason is Reason.TRUSTED
    for other in (digest[:-1], digest + b"\0", digest.hex().encode()):
        assert resolve(other, store).reason is Reason.KEY_NOT_PINNED


def test_a_forest_of_cross_certificates_costs_a_bounded_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stranger = TestPki(seed=b"forest")
    leaf = stranger.issuer(intermediates=0)

    # Every one of them may have issued every other, and none leads to an anchor.
    def renamed(plan: CertificatePlan) -> CertificatePlan:
        return replace(
            plan,
            subject=leaf.above[0].name,
            issuer=leaf.above[0].name,
            authority_key_id=None,
            subject_key_id=None,
        )

    ones = [stranger.issuer(ca_change=renamed).chain[1] for _ in range(40)]
    kid = key_id_of(leaf.signer.public_key.spki)
    checked: list[Certificate] = []
    signed = path.is_signed_by

    def counted(lower: Certificate, upper: Certificate) -> bool:
        checked.append(lower)
        return signed(lower, upper)

    monkeypatch.setattr(path, "is_signed_by", counted)
    store = store_of((leaf.chain[0], *ones))
    said = resolve(kid, store)
    assert said.reason is Reason.NO_TRUSTED_PATH
    assert len(checked) <= limits.CHAINS_AT_HAND * limits.CHAIN_CERTIFICATES
    certificate = Certificate.from_der(leaf.chain[0], at="leaf")
    looked_at = list(chains_from(certificate, store=store, purpose=ISSUE))
    assert 1 < len(looked_at) <= limits.CHAINS_AT_HAND


def test_a_chain_is_no_longer_than_any_that_is_judged() -> None:
    longest = PKI.issuer(intermediates=limits.CHAIN_CERTIFICATES - 1)
    longer = PKI.issuer(intermediates=limits.CHAIN_CERTIFICATES)
    for issuer, reason in (
        (longest, Reason.TRUSTED),
        (longer, Reason.NO_TRUSTED_PATH),
    ):
        kid = key_id_of(issuer.signer.public_key.spki)
        assert resolve(kid, store_of(issuer.chain)).reason is reason


def test_who_may_not_revoke_is_no_signer_of_revocations() -> None:
    issuer = PKI.issuer()
    bare = PKI.issuer(change=lambda plan: replace(plan, key_usage=None))
    lists = PKI.issuer(
        change=lambda plan: replace(plan, key_usage=frozenset({KeyUsage.CRL_SIGN}))
    )
    responds = PKI.issuer(
        change=lambda plan: replace(plan, key_purposes=("1.3.6.1.5.5.7.3.9",))
    )
    every = (issuer, bare, lists, responds)
    found = CertificatesAtHand(each.chain[0] for each in every)
    assert found.revokers == (bare.certificate, lists.certificate, responds.certificate)
