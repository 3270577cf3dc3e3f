"""Who may sign a list, and who may not: docs/adr/0010-status-list-signers.md."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import Reason
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.draft import ABSENT
from idwallet.testing.pki import MOMENT, TestIdentity, TestPki
from idwallet.testing.status import StatusScene, status_draft
from idwallet.testing.status_draft import delegated
from idwallet.trust import policies
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer
from idwallet.trust.status_list import (
    FreshnessRule,
    ListContext,
    ListFault,
    ListJudgement,
    ListRefused,
    ListSource,
    StatusList,
    StatusListContent,
    StatusReason,
    evaluate_status_list,
    issue_status_list,
    issue_status_list_cwt,
    judge_status,
)
from idwallet.trust.status_list.signers import Authority, authority
from idwallet.trust.usages import STATUS_SIGNING

PKI = TestPki(seed=b"status signers")
ISSUER, LIBRARY = PKI.issuer(), PKI.issuer("https://library.example")
DELEGATE = PKI.issuer("https://status.example", change=delegated)
NAME = "https://issuer.example"
URI = "https://issuer.example/status/1"
CONTENT = StatusListContent(uri=URI, bits=1, array=b"\0")
ISSUE, LISTS = Purpose.ISSUE_CREDENTIALS, Purpose.SIGN_STATUS_LISTS
STORE = PKI.store(purposes=[ISSUE])
LONE = SoftwareSigner.generate(Algorithm.ES256)


def pins(
    *keys: SoftwareSigner, purpose: Purpose, names: Iterable[str], first: int = 1
) -> TrustAnchor:
    jwks = [
        {**key.public_key.to_jwk(), "kid": str(n)}
        for n, key in enumerate(keys, start=first)
    ]
    return TrustAnchor.from_jwks(
        {"keys": list(jwks)}, name="pins", purposes=[purpose], issuer_names=names
    )


def context(store: TrustStore) -> ListContext:
    return ListContext(store, policies.STRICT, FreshnessRule(), MOMENT)


def issuer_of(
    identity: TestIdentity | None = ISSUER, *, store: TrustStore = STORE
) -> SignerFound:
    """Who a credential is signed by; without an identity, a key pinned for `NAME`."""
    found = resolve_signer(
        identity.chain if identity else (),
        kid=None if identity else "1",
        name=None if identity else NAME,
        store=store,
        purpose=ISSUE,
        at=MOMENT,
        algorithms=DEFAULT_ALGORITHMS,
    )
    assert isinstance(found, SignerFound), found
    return found


def read(
    token: str | bytes,
    *,
    store: TrustStore = STORE,
    issuer: SignerFound | None = None,
) -> StatusList | ListRefused:
    source = ListSource(URI, issuer)
    return evaluate_status_list(token, source, context=context(store))


def signed(identity: TestIdentity) -> str:
    return issue_status_list(
        CONTENT, signer=identity.signer, certificates=identity.chain, at=MOMENT
    )


def judged(
    token: str | bytes,
    *,
    store: TrustStore = STORE,
    issuer: SignerFound | None = None,
    read_for: SignerFound | None = None,
) -> ListJudgement:
    return judge_status(
        read(token, store=store, issuer=read_for),
        uri=URI,
        index=0,
        issuer=issuer or issuer_of(store=store),
        context=context(store),
    )


def right(token: str, *, store: TrustStore = STORE) -> object:
    found = read(token, store=store)
    assert isinstance(found, StatusList), found
    return authority(found, issuer=issuer_of(store=store), context=context(store))


def fault(found: ListJudgement) -> ListFault:
    assert found.reason is StatusReason.LIST_REFUSED
    assert found.refused is not None
    return found.refused.fault


# --- the issuer itself --------------------------------------------------------------


def test_an_issuer_signs_its_own_lists() -> None:
    assert right(signed(ISSUER)) is Authority.ISSUER


def test_an_issuer_signs_its_own_lists_with_another_key_of_the_same_name() -> None:
    renewed = PKI.issuer()
    assert renewed.signer.public_key != ISSUER.signer.public_key
    assert right(signed(renewed)) is Authority.ISSUER


def test_an_issuer_does_not_sign_the_lists_of_another_under_the_same_anchor() -> None:
    assert right(signed(LIBRARY)) is None
    assert fault(judged(signed(LIBRARY))) is ListFault.SIGNER_NOT_ENTITLED


def test_the_same_name_certified_by_another_ca_is_somebody_else() -> None:
    by_root = PKI.issuer(intermediates=0)
    assert by_root.certificate.subject == ISSUER.certificate.subject
    assert right(signed(by_root)) is None


def test_no_name_at_all_is_nobody_s_name() -> None:
    def nameless(plan: CertificatePlan) -> CertificatePlan:
        return replace(plan, subject=x509.Name([]))

    one, other = PKI.issuer(change=nameless), PKI.issuer(change=nameless)
    found = read(signed(other))
    assert isinstance(found, StatusList)
    assert authority(found, issuer=issuer_of(one), context=context(STORE)) is None


def test_whatever_stands_under_an_issuer_s_own_anchor_is_that_issuer() -> None:
    store = PKI.store(purposes=[ISSUE], issuer_names=[NAME])
    assert right(signed(LIBRARY), store=store) is Authority.ISSUER


def test_an_anchor_of_two_names_is_nobody_s_own() -> None:
    store = PKI.store(purposes=[ISSUE], issuer_names=[NAME, "https://library.example"])
    assert right(signed(LIBRARY), store=store) is None


# --- delegated ----------------------------------------------------------------------


def test_who_is_certified_for_status_lists_signs_them_for_the_anchor() -> None:
    assert right(signed(DELEGATE)) is Authority.DELEGATED


def test_who_is_certified_for_status_lists_issues_no_credentials() -> None:
    found = resolve_signer(
        DELEGATE.chain,
        kid=None,
        name=None,
        store=STORE,
        purpose=ISSUE,
        at=MOMENT,
        algorithms=DEFAULT_ALGORITHMS,
    )
    assert isinstance(found, SignerRefused)
    assert found.reason is Reason.CERTIFICATE_PROFILE


def test_a_certificate_for_anything_is_not_one_for_status_lists() -> None:
    def anything(plan: CertificatePlan) -> CertificatePlan:
        return replace(plan, key_purposes=("2.5.29.37.0",))

    assert right(signed(PKI.issuer("https://any.example", change=anything))) is None


def test_a_certificate_without_a_purpose_is_not_one_for_status_lists() -> None:
    def none(plan: CertificatePlan) -> CertificatePlan:
        return replace(plan, key_purposes=())

    assert right(signed(PKI.issuer("https://none.example", change=none))) is None


def test_a_ca_for_status_lists_alone_may_stand_above_a_delegate() -> None:
    narrow = PKI.issuer(
        "https://status.example",
        change=delegated,
        ca_change=lambda plan: replace(plan, key_purposes=(STATUS_SIGNING,)),
    )
    assert right(signed(narrow)) is Authority.DELEGATED


def test_a_delegate_of_another_anchor_says_nothing_about_this_one() -> None:
    other = TestPki(seed=b"another nation")
    store = TrustStore([PKI.anchor(purposes=[ISSUE]), other.anchor(purposes=[ISSUE])])
    foreign = other.issuer("https://status.example", change=delegated)
    assert fault(judged(signed(foreign), store=store)) is ListFault.SIGNER_NOT_ENTITLED
    assert judged(signed(DELEGATE), store=store).reason is StatusReason.VALID


def test_an_anchor_that_only_reads_says_nothing_about_lists() -> None:
    store = PKI.store(purposes=[Purpose.READ_CREDENTIALS])
    found = read(signed(ISSUER), store=store)
    assert isinstance(found, ListRefused)
    assert (found.fault, found.cause) == (
        ListFault.SIGNER_NOT_TRUSTED,
        Reason.NO_TRUSTED_PATH,
    )


def test_a_delegate_s_chain_is_judged_again_when_the_list_is_asked() -> None:
    found = read(signed(DELEGATE))
    assert isinstance(found, StatusList)
    late = replace(context(STORE), at=DELEGATE.certificate.not_after + timedelta(1))
    refused = authority(found, issuer=issuer_of(), context=late)
    assert isinstance(refused, SignerRefused)
    assert refused.reason is Reason.CERTIFICATE_EXPIRED
    answer = judge_status(found, uri=URI, index=0, issuer=issuer_of(), context=late)
    assert answer.refused is not None
    assert answer.refused.cause is Reason.CERTIFICATE_EXPIRED
    assert answer.facts["until"] == DELEGATE.certificate.not_after


# --- pinned for the list ------------------------------------------------------------


def with_pins(*anchors: TrustAnchor) -> TrustStore:
    return TrustStore([PKI.anchor(purposes=[ISSUE]), *anchors])


def test_a_key_pinned_for_a_list_signs_it() -> None:
    store = with_pins(pins(LONE, purpose=LISTS, names=[URI]))
    token = issue_status_list(CONTENT, signer=LONE, kid="1", at=MOMENT)
    assert right(token, store=store) is Authority.PINNED


@pytest.mark.parametrize(
    ("purpose", "name", "kid"),
    [(LISTS, URI + "0", "1"), (ISSUE, URI, "1"), (LISTS, URI, "2")],
)
def test_a_key_pinned_for_something_else_does_not(
    purpose: Purpose, name: str, kid: str
) -> None:
    store = with_pins(pins(LONE, purpose=purpose, names=[name]))
    token = issue_status_list(CONTENT, signer=LONE, kid=kid, at=MOMENT)
    found = read(token, store=store)
    assert isinstance(found, ListRefused)
    assert found.fault is ListFault.SIGNER_NOT_TRUSTED


def test_of_two_pinned_keys_the_identifier_chooses() -> None:
    other = SoftwareSigner.generate(Algorithm.ES256)
    store = with_pins(pins(other, LONE, purpose=LISTS, names=[URI]))
    unnamed = issue_status_list(CONTENT, signer=LONE, at=MOMENT)
    named = issue_status_list(CONTENT, signer=LONE, kid="2", at=MOMENT)
    refused = read(unnamed, store=store)
    assert isinstance(refused, ListRefused)
    assert refused.cause is Reason.KEY_NOT_PINNED
    assert right(named, store=store) is Authority.PINNED


def test_a_pinned_key_needs_no_chain_though_the_list_has_one() -> None:
    stranger = TestPki(seed=b"stranger").issuer()
    anchor = pins(stranger.signer, purpose=LISTS, names=[URI])
    assert right(signed(stranger), store=with_pins(anchor)) is Authority.PINNED


def test_a_pin_is_believed_while_its_anchor_holds() -> None:
    anchor = pins(LONE, purpose=LISTS, names=[URI])
    tick = timedelta(seconds=1)
    token = issue_status_list(CONTENT, signer=LONE, kid="1", at=MOMENT)
    past = anchor.with_validity(since=MOMENT - 2 * tick, until=MOMENT - tick)
    now = anchor.with_validity(since=MOMENT - tick, until=MOMENT)
    assert isinstance(read(token, store=with_pins(past)), ListRefused)
    assert right(token, store=with_pins(now)) is Authority.PINNED


def test_a_ca_registered_for_a_list_stands_above_its_signer() -> None:
    other = TestPki(seed=b"list authority")
    signer = other.issuer("https://lists.example")
    for names, expected in (([URI], Authority.PINNED), ([URI + "0"], None)):
        anchor = other.anchor(purposes=[LISTS], issuer_names=names)
        assert right(signed(signer), store=with_pins(anchor)) is expected


def test_under_a_ca_of_several_lists_the_signer_carries_the_host() -> None:
    other = TestPki(seed=b"list authority")
    anchor = other.anchor(purposes=[LISTS], issuer_names=[URI, URI + "0"])
    store = with_pins(anchor)
    assert right(signed(other.issuer("https://lists.example")), store=store) is None
    own = other.issuer("https://issuer.example")
    assert right(signed(own), store=store) is Authority.PINNED


def test_the_host_alone_registers_nobody() -> None:
    other = TestPki(seed=b"list authority")
    anchor = other.anchor(purposes=[LISTS])
    own = other.issuer("https://issuer.example")
    assert right(signed(own), store=with_pins(anchor)) is None


# --- issuers whose keys are pinned --------------------------------------------------

PINNED_ISSUER = TrustStore([pins(LONE, purpose=ISSUE, names=[NAME])])


def test_a_pinned_issuer_signs_its_own_lists() -> None:
    issuer = issuer_of(None, store=PINNED_ISSUER)
    token = issue_status_list(CONTENT, signer=LONE, kid="1", at=MOMENT)
    found = judged(token, store=PINNED_ISSUER, issuer=issuer, read_for=issuer)
    assert found.reason is StatusReason.VALID


def test_a_pinned_issuer_signs_with_another_of_its_pinned_keys() -> None:
    other = SoftwareSigner.generate(Algorithm.ES256)
    store = TrustStore([pins(LONE, other, purpose=ISSUE, names=[NAME])])
    issuer = issuer_of(None, store=store)
    for kid, signer, expected in (
        ("2", other, StatusReason.VALID),
        ("1", other, StatusReason.LIST_REFUSED),
    ):
        token = issue_status_list(CONTENT, signer=signer, kid=kid, at=MOMENT)
        found = judged(token, store=store, issuer=issuer, read_for=issuer)
        assert found.reason is expected


def _naming_its_issuer(signer: SoftwareSigner, kid: str) -> str:
    made = status_draft(StatusScene(seed=b"iss"))
    made.signer = signer
    made.header = {"x5c": ABSENT, "kid": kid}
    made.claims = {"sub": URI, "iss": NAME}
    return made.token()


def test_a_list_read_before_any_credential_names_its_pinned_issuer() -> None:
    issuer = issuer_of(None, store=PINNED_ISSUER)
    token = _naming_its_issuer(LONE, "1")
    found = judged(token, store=PINNED_ISSUER, issuer=issuer)
    assert found.reason is StatusReason.VALID
    unknown = read(_naming_its_issuer(LONE, "7"), store=PINNED_ISSUER)
    assert isinstance(unknown, ListRefused)
    assert unknown.cause is Reason.KEY_NOT_PINNED


def test_a_list_of_one_pinned_issuer_says_nothing_about_another() -> None:
    other = SoftwareSigner.generate(Algorithm.ES256)
    mine = pins(other, purpose=ISSUE, names=["https://library.example"])
    store = TrustStore([*PINNED_ISSUER.anchors, mine])
    found = read(_naming_its_issuer(LONE, "1"), store=store)
    assert isinstance(found, StatusList)
    library = replace(issuer_of(None, store=store), anchor=mine, key=other.public_key)
    assert authority(found, issuer=library, context=context(store)) is None


def test_a_chain_says_nothing_about_an_issuer_whose_key_is_pinned() -> None:
    store = TrustStore([PKI.anchor(purposes=[ISSUE]), *PINNED_ISSUER.anchors])
    issuer = issuer_of(None, store=store)
    found = judged(signed(DELEGATE), store=store, issuer=issuer)
    assert fault(found) is ListFault.SIGNER_NOT_ENTITLED


def test_a_pinned_issuer_s_list_may_carry_a_chain_that_nobody_believes() -> None:
    stranger = TestPki(seed=b"stranger").issuer()
    store = TrustStore([pins(stranger.signer, purpose=ISSUE, names=[NAME])])
    issuer = issuer_of(None, store=store)
    found = judged(signed(stranger), store=store, issuer=issuer, read_for=issuer)
    assert found.reason is StatusReason.VALID
    assert isinstance(read(signed(stranger), store=store), ListRefused)


# --- keys by identifier alone -------------------------------------------------------


def test_a_list_may_name_the_certified_issuer_s_key_by_identifier_alone() -> None:
    token = issue_status_list(CONTENT, signer=ISSUER.signer, kid="11", at=MOMENT)
    assert judged(token, read_for=issuer_of()).reason is StatusReason.VALID
    found = read(token)
    assert isinstance(found, ListRefused)
    assert found.cause is Reason.NO_KEY_MATERIAL


def test_a_list_by_identifier_alone_says_nothing_about_another_issuer() -> None:
    token = issue_status_list(CONTENT, signer=LIBRARY.signer, kid="11", at=MOMENT)
    found = judged(token, issuer=issuer_of(), read_for=issuer_of(LIBRARY))
    assert fault(found) is ListFault.SIGNER_NOT_ENTITLED


def test_a_cwt_names_its_key_by_octets() -> None:
    store = with_pins(pins(LONE, purpose=LISTS, names=[URI]))
    good = issue_status_list_cwt(CONTENT, signer=LONE, kid=b"1", at=MOMENT)
    bad = issue_status_list_cwt(CONTENT, signer=LONE, kid=b"\xff", at=MOMENT)
    assert isinstance(read(good, store=store), StatusList)
    assert isinstance(read(bad, store=store), ListRefused)
