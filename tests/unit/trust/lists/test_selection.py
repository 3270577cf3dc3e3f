"""From the entries of a list to anchors."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS
from idwallet.errors import UsageError
from idwallet.testing.lists import ListDraft, ListedEntry, ListScene, list_draft
from idwallet.testing.lists.drafts import GRANTED, PID, QEAA, WITHDRAWN
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.certificate import KeyUsage
from idwallet.trust.lists import (
    SERVICE_PURPOSES,
    DropReason,
    ListForm,
    Selection,
    VerifiedList,
)
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer

DAY = timedelta(days=1)
WALLETS = "http://uri.etsi.org/19602/SvcType/WalletSolution/Issuance"
REVOCATION = "http://uri.etsi.org/19602/SvcType/PID/Revocation"


@cache
def scene() -> ListScene:
    return ListScene(seed=b"idwallet TEST services")


def draft(form: ListForm, *entries: ListedEntry) -> ListDraft:
    made = list_draft(scene(), form)
    if entries:
        made.facts.entries = list(entries)
    return made


def selected(made: ListDraft, *, after: timedelta = timedelta()) -> Selection:
    found = made.judgement()
    assert isinstance(found, VerifiedList), found.report.checks
    return found.anchors(at=scene().at + after)


def etsi(*entries: ListedEntry) -> ListDraft:
    return draft(ListForm.TRUSTED_LIST, *entries)


def lote(*entries: ListedEntry) -> ListDraft:
    return draft(ListForm.LOTE, *entries)


def leaf() -> bytes:
    return scene().issuer.chain[0]


@pytest.mark.parametrize("form", ListForm)
def test_an_honest_list_makes_an_anchor_bounded_by_it(form: ListForm) -> None:
    made = draft(form)
    (anchor,) = selected(made).anchors
    assert anchor.name == "TEST provider"
    assert anchor.jurisdiction == "XX"
    assert anchor.purposes == {Purpose.ISSUE_CREDENTIALS}
    assert anchor.validity is not None
    assert anchor.validity.until == made.facts.next_update
    types = {"org.iso.18013.5.1.mDL"} if form is ListForm.VICAL else set()
    assert anchor.credential_types == types


def test_a_provider_on_a_list_is_believed_and_its_neighbour_is_not() -> None:
    store = TrustStore(selected(lote()).anchors)
    neighbour = scene().pki.issuer("https://other.example")
    for who, kind in ((scene().issuer, SignerFound), (neighbour, SignerRefused)):
        found = resolve_signer(
            who.chain,
            kid=None,
            name=None,
            store=store,
            purpose=Purpose.ISSUE_CREDENTIALS,
            at=scene().at,
            algorithms=DEFAULT_ALGORITHMS,
        )
        assert isinstance(found, kind)


def test_what_is_past_the_next_update_is_believed_no_longer() -> None:
    store = TrustStore(selected(lote()).anchors)
    found = resolve_signer(
        scene().issuer.chain,
        kid=None,
        name=None,
        store=store,
        purpose=Purpose.ISSUE_CREDENTIALS,
        at=scene().at + 60 * DAY,
        algorithms=DEFAULT_ALGORITHMS,
    )
    assert isinstance(found, SignerRefused)


def _withdrawn() -> ListedEntry:
    at = scene().at
    return ListedEntry(
        QEAA,
        (leaf(),),
        WITHDRAWN,
        at - 10 * DAY,
        ((QEAA, GRANTED, at - 100 * DAY), (QEAA, WITHDRAWN, at - 200 * DAY)),
    )


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (timedelta(), DropReason.NOT_GRANTED),
        (-10 * DAY, DropReason.NOT_GRANTED),
        (-10 * DAY - timedelta(microseconds=1), None),
        (-100 * DAY, None),
        (-101 * DAY, DropReason.NOT_GRANTED),
        (-201 * DAY, DropReason.NOT_YET),
    ],
)
def test_the_status_at_the_moment_decides(
    after: timedelta, reason: DropReason | None
) -> None:
    found = selected(etsi(_withdrawn()), after=after)
    assert [each.reason for each in found.dropped] == ([reason] if reason else [])
    assert len(found.anchors) == (0 if reason else 1)


def test_an_anchor_of_the_past_is_bounded_to_its_period() -> None:
    (anchor,) = selected(etsi(_withdrawn()), after=-50 * DAY).anchors
    at = scene().at
    assert anchor.validity is not None
    assert anchor.validity.since == at - 100 * DAY
    assert anchor.validity.until == at - 10 * DAY - timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("status", "believed"),
    [
        (GRANTED, True),
        (WITHDRAWN, False),
        (GRANTED.replace("granted", "recognisedatnationallevel"), True),
        (GRANTED.replace("granted", "deprecatedatnationallevel"), False),
        (GRANTED.replace("granted", "undersupervision"), True),
        (GRANTED.replace("granted", "supervisionrevoked"), False),
        (GRANTED + " ", True),
        (GRANTED.upper(), False),
        ("urn:x", False),
    ],
)
def test_only_statuses_that_are_known_as_a_yes_are_one(
    status: str, believed: bool
) -> None:
    entry = ListedEntry(QEAA, (leaf(),), status, scene().at - 30 * DAY)
    assert bool(selected(etsi(entry)).anchors) is believed


def test_a_provider_of_wallets_on_a_list_is_believed_about_wallets_alone() -> None:
    provider = scene().pki.issuer(
        "https://provider.example",
        change=lambda plan: replace(plan, key_purposes=("1.3.6.1.5.5.7.3.36",)),
    )
    found = selected(lote(ListedEntry(WALLETS, (provider.chain[0],))))
    (anchor,) = found.anchors
    assert anchor.purposes == {Purpose.ATTEST_WALLETS}
    store = TrustStore(found.anchors)

    def resolved(purpose: Purpose) -> SignerFound | SignerRefused:
        return resolve_signer(
            provider.chain,
            kid=None,
            name="https://provider.example",
            store=store,
            purpose=purpose,
            at=scene().at,
            algorithms=DEFAULT_ALGORITHMS,
        )

    assert isinstance(resolved(Purpose.ATTEST_WALLETS), SignerFound)
    assert isinstance(resolved(Purpose.ISSUE_CREDENTIALS), SignerRefused)


def test_a_type_of_service_that_has_no_purpose_here_makes_no_anchor() -> None:
    entry = ListedEntry("http://uri.etsi.org/TrstSvc/Svctype/CA/QC", (leaf(),), GRANTED)
    entry.since = scene().at - 30 * DAY
    found = selected(etsi(entry))
    assert not found.anchors
    (dropped,) = found.dropped
    assert dropped.reason is DropReason.NO_PURPOSE
    assert dropped.what.endswith("CA/QC")
    assert (dropped.operator, dropped.service) == ("TEST provider", "TEST service")


def test_a_caller_may_say_what_a_type_is_believed_about() -> None:
    entry = ListedEntry("urn:mine", (leaf(),))
    found = lote(entry).judgement()
    assert isinstance(found, VerifiedList)
    own = {**SERVICE_PURPOSES, "urn:mine": Purpose.READ_CREDENTIALS}
    (anchor,) = found.anchors(at=scene().at, purposes=own).anchors
    assert anchor.purposes == {Purpose.READ_CREDENTIALS}


@pytest.mark.parametrize("kind", sorted(SERVICE_PURPOSES))
def test_every_type_of_service_has_its_purpose(kind: str) -> None:
    entry = ListedEntry(kind, (leaf(),), GRANTED, scene().at - DAY)
    (anchor,) = selected(lote(entry)).anchors
    assert anchor.purposes == {SERVICE_PURPOSES[kind]}


def test_a_service_whose_list_wants_a_status_is_nothing_without_one() -> None:
    kind = "http://uri.etsi.org/19602/SvcType/PubEAA/Issuance"
    notified = "http://uri.etsi.org/19602/PubEAAProvidersList/SvcStatus/notified"
    for status, count in ((notified, 1), (None, 0)):
        entry = ListedEntry(kind, (leaf(),), status, scene().at - DAY)
        assert len(selected(lote(entry)).anchors) == count


def test_one_certificate_makes_one_anchor_for_all_its_services() -> None:
    found = selected(
        lote(ListedEntry(PID, (leaf(),)), ListedEntry(REVOCATION, (leaf(), leaf())))
    )
    (anchor,) = found.anchors
    assert anchor.purposes == {Purpose.ISSUE_CREDENTIALS, Purpose.SIGN_STATUS_LISTS}
    assert TrustStore(found.anchors).anchors == (anchor,)


def test_one_certificate_is_believed_only_within_all_its_periods() -> None:
    at = scene().at
    old = ListedEntry(QEAA, (leaf(),), GRANTED, at - 30 * DAY)
    new = ListedEntry(QEAA + "", (leaf(),), GRANTED, at - 3 * DAY)
    (anchor,) = selected(etsi(old, new)).anchors
    assert anchor.validity is not None
    assert anchor.validity.since == at - 3 * DAY


def test_types_of_credentials_add_up_and_one_entry_without_lifts_the_bound() -> None:
    root = scene().listed_ca.root.der
    kind = "urn:iso:std:iso:18013:-5:iaca"
    made = draft(
        ListForm.VICAL,
        ListedEntry(kind, (root,), types=("a",)),
        ListedEntry(kind, (root,), types=("b",)),
    )
    (anchor,) = selected(made).anchors
    assert anchor.credential_types == {"a", "b"}


def test_what_cannot_be_read_is_left_out_and_said() -> None:
    broken, good = b"\x30\x03\x02\x01\x01", leaf()
    found = selected(lote(ListedEntry(PID, (broken, good))))
    assert len(found.anchors) == 1
    assert [each.reason for each in found.dropped] == [DropReason.UNREADABLE]


def test_an_entry_without_certificates_is_left_out_and_said() -> None:
    found = selected(lote(ListedEntry(PID, ())))
    assert [each.reason for each in found.dropped] == [DropReason.NO_CERTIFICATE]


def test_a_ca_that_must_not_certify_is_left_out_and_said() -> None:
    plan = replace(
        scene().listed_ca.root_plan(), key_usage=frozenset({KeyUsage.CRL_SIGN})
    )
    found = selected(lote(ListedEntry(PID, (plan.to_der(),))))
    assert [each.reason for each in found.dropped] == [DropReason.MUST_NOT_CERTIFY]


def test_a_vical_entry_with_another_key_identifier_is_left_out_and_said() -> None:
    made = draft(ListForm.VICAL)

    def bend(found: dict) -> dict:  # type: ignore[type-arg]
        found["certificateInfos"][0]["ski"] = b"another"
        return found

    made.bend_map = bend
    found = selected(made)
    assert [each.reason for each in found.dropped] == [DropReason.WRONG_KEY]


@pytest.mark.parametrize(
    ("critical", "reasons"), [("false", []), ("true", [DropReason.FLAWED])]
)
def test_a_critical_extension_nobody_knows_makes_an_entry_unusable(
    critical: str, reasons: list[DropReason]
) -> None:
    made = etsi()
    made.bend_xml = lambda text: text.replace(
        "</ServiceInformation>",
        "<ServiceInformationExtensions>"
        f'<Extension Critical="{critical}"><x/></Extension>'
        "</ServiceInformationExtensions></ServiceInformation>",
    )
    assert [each.reason for each in selected(made).dropped] == reasons


def test_a_critical_extension_of_a_json_entry_makes_it_unusable() -> None:
    made = lote()
    entity = "TrustedEntitiesList"

    def bend(document: dict) -> dict:  # type: ignore[type-arg]
        service = document["LoTE"][entity][0]["TrustedEntityServices"][0]
        service["ServiceInformation"]["ServiceInformationExtensions"] = [
            {"Critical": True}
        ]
        return document

    made.bend_json = bend
    assert [each.reason for each in selected(made).dropped] == [DropReason.FLAWED]


def test_a_history_out_of_order_makes_an_entry_unusable() -> None:
    at = scene().at
    entry = _withdrawn()
    entry.since = at - 300 * DAY
    found = selected(etsi(entry))
    assert [each.reason for each in found.dropped] == [DropReason.FLAWED]


@pytest.mark.parametrize(
    ("territory", "code"), [("EL", "GR"), ("UK", "GB"), ("EU", "EU"), ("DE", "DE")]
)
def test_a_territory_of_etsi_has_its_iso_code(territory: str, code: str) -> None:
    made = etsi()
    made.facts.territory = territory
    made.expected = replace(made.expected, territory=territory)
    (anchor,) = selected(made).anchors
    assert anchor.jurisdiction == code


def test_a_vical_entry_without_a_country_has_none() -> None:
    made = draft(ListForm.VICAL)
    made.facts.entries[0].country = None
    (anchor,) = selected(made).anchors
    assert anchor.jurisdiction is None


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    found = lote().judgement()
    assert isinstance(found, VerifiedList)
    with pytest.raises(UsageError):
        found.anchors(at=scene().at.replace(tzinfo=None))
