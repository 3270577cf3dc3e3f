"""A wallet remembers by what its visits are known, and warns by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import read_object
from idwallet.consent.linking.links import LinkKind
from idwallet.consent.linking.marks import (
    Mark,
    Marks,
    claim_mark,
    credential_marks,
    party_mark,
    read_marks,
)
from idwallet.consent.linking.visits import VisitLinkKind
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.errors import MalformedError, UsageError
from idwallet.explain import explain_links
from idwallet.ports import Shelf
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.roles.asked import Choice
from idwallet.roles.holder import Holder
from idwallet.roles.relying_party import RelyingParty
from idwallet.roles.verifier import Verifier
from idwallet.testing.scene import Scene
from idwallet.trust.policies import RETAIL
from idwallet.trust.replay import MemoryReplay

SCENE = Scene(seed=b"idwallet TEST remembering")
AT = SCENE.at
PID = "urn:eudi:pid:1"
# Nobody of that name: the canary must be found in nothing that is kept.
CANARY = "Kanarienvogel-7391"
CLAIMS = {"family_name": CANARY, "given_name": "Anna", "sex": 2}


def held() -> Holder:
    own = SCENE.new_wallet()
    own.add(SCENE.issue(SdJwtVc(PID, claims=CLAIMS)), at=AT)
    return own


def asks(own: Holder, *claims: str, verifier: Verifier = SCENE.verifier) -> Choice:
    query = Query.claims(PID, *((each,) for each in claims or ("family_name",)))
    request = verifier.request(query, purpose="a test", at=AT)
    asked = own.read_request(request.message.raw, at=AT)
    return own.match(asked, at=AT).choose()


def shows(own: Holder, *claims: str) -> int:
    choice = asks(own, *claims)
    return own.present(choice.asked, choice, at=AT).entry


def kinds(own: Holder, *claims: str) -> list[tuple[VisitLinkKind, bool]]:
    return [(e.kind, e.elsewhere) for e in own.linked(asks(own, *claims))]


def test_a_first_visit_is_linked_to_nothing_and_a_second_is_by_itself() -> None:
    own = held()
    assert kinds(own) == []
    shows(own)
    (found,) = own.linked(asks(own))
    assert (found.kind, found.elsewhere) == (VisitLinkKind.SAME_COPY, False)
    assert found.earlier is not None
    assert found.earlier.at == AT
    assert found.earlier.party == asks(own).asked.by.client_id


def test_looking_changes_nothing() -> None:
    own = held()
    shows(own)
    once = own.linked(asks(own))
    assert own.linked(asks(own)) == once
    assert len(own.ledger) == 1


def elsewhere() -> Verifier:
    """Somebody else, as far as a wallet is told: known by another name."""
    return Verifier(
        identity=RelyingParty(
            signer=SCENE.reader_identity.signer,
            certificates=SCENE.reader_identity.chain,
            prefix=ClientIdPrefix.X509_SAN_DNS,
            answer_to="https://shop.example/other",
        ),
        policy=RETAIL,
        replay=MemoryReplay(),
    )


def test_a_visit_to_somebody_else_is_told_as_such() -> None:
    own = held()
    shows(own)
    (found,) = own.linked(asks(own, verifier=elsewhere()))
    assert (found.kind, found.elsewhere) == (VisitLinkKind.SAME_COPY, True)
    (_, told) = explain_links([found])
    assert told.startswith("- Others have seen this very copy.")


def test_a_declined_request_is_no_visit() -> None:
    own = held()
    own.decline(asks(own).asked, at=AT)
    assert kinds(own) == []


def test_what_is_erased_from_the_ledger_is_forgotten() -> None:
    own = held()
    entry = shows(own)
    names = [each.name for each in own.vault.records(Shelf.RECEIPT)]
    assert [each for each in names if each.startswith("marks-")]
    own.ledger.erase(entry)
    assert not list(own.vault.records(Shelf.RECEIPT))
    assert kinds(own) == []


def test_evidence_may_go_and_what_is_remembered_stays() -> None:
    own = held()
    own.ledger.erase_evidence(shows(own))
    assert kinds(own) == [(VisitLinkKind.SAME_COPY, False)]


def test_it_is_remembered_for_so_many_entries_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "LINK_ENTRIES", 2)
    own = held()
    shows(own)
    own.decline(asks(own).asked, at=AT)
    assert len(kinds(own)) == 1
    own.decline(asks(own).asked, at=AT)
    assert kinds(own) == []
    assert not [
        each
        for each in own.vault.records(Shelf.RECEIPT)
        if each.name.startswith("marks-")
    ]


def test_no_export_and_no_record_holds_a_value_or_what_is_remembered() -> None:
    own = held()
    shows(own, "family_name", "given_name")
    (kept,) = (plain for _, plain in own.ledger.marks())
    salt = str(read_object(kept, at="test")["salt"])
    export = own.ledger.export(at=AT, evidence=True).decode()
    assert salt not in export
    (card,) = own.credentials()
    for secret in (CANARY, b64.encode(CANARY.encode()), card.thumbprint, "family_name"):
        assert secret not in kept.decode()


def test_two_records_of_one_visit_have_nothing_in_common_to_look_at() -> None:
    own = held()
    shows(own)
    shows(own)
    one, other = (read_marks(plain) for _, plain in own.ledger.marks())
    assert one.salt != other.salt
    assert not one.digests & other.digests
    assert len(one.digests) == len(other.digests) > 3


def test_a_credential_is_known_by_its_signature_key_and_place() -> None:
    marks = credential_marks(SCENE.issue(SdJwtVc(PID, claims=CLAIMS)))
    assert {LinkKind.SIGNATURE, LinkKind.HOLDER_KEY} <= {e.kind for e in marks}
    assert CANARY.encode() not in b"".join(each.what for each in marks)


MARKS = frozenset({party_mark("a"), claim_mark("family_name"), Mark("signature", b"s")})


def test_marks_are_known_again_after_they_were_kept() -> None:
    made = Marks.of(MARKS, random=bytes)
    again = read_marks(made.to_bytes())
    assert again == made
    assert again.known(MARKS) == MARKS
    assert not again.known([party_mark("b"), claim_mark("a"), party_mark("")])
    assert repr(made) == "Marks(<3 digests>)"


def test_of_too_many_marks_the_party_and_the_copy_stay() -> None:
    many = {claim_mark(str(each)) for each in range(limits.LINK_MARKS)}
    made = Marks.of(MARKS | many, random=bytes)
    assert len(made.digests) == limits.LINK_MARKS
    assert made.known([party_mark("a"), Mark("signature", b"s")]).__len__() == 2


@pytest.mark.parametrize(
    "forge",
    [
        lambda text: text.replace("marks/1", "marks/2"),
        lambda text: text.replace('"digests":[', '"digests":{"a":[').replace("]", "]}"),
        lambda text: text.replace('"salt":"', '"salt":"!'),
        lambda text: text[:-1],
    ],
)
def test_a_record_that_is_none_is_refused(forge: Callable[[str], str]) -> None:
    text = Marks.of(MARKS, random=bytes).to_bytes().decode()
    read_marks(text.encode())
    with pytest.raises(MalformedError):
        read_marks(forge(text).encode())


def test_a_poor_source_of_randomness_is_refused() -> None:
    with pytest.raises(UsageError):
        Marks.of(MARKS, random=lambda _: b"short")


def test_words_say_what_links_and_no_value() -> None:
    own = held()
    assert explain_links(own.linked(asks(own))) == ()
    shows(own)
    again = asks(own)
    own.present(again.asked, again, at=AT + timedelta(minutes=1))
    heading, told = explain_links(own.linked(asks(own)))
    assert heading == "This visit can be linked to earlier ones:"
    assert told.startswith("- Who is asking has seen this very copy before")
    assert told.endswith("Earlier visits: 2.")
    russian = explain_links(own.linked(asks(own)), lang="ru")
    assert russian[1].endswith("Прежних показов: 2.")
    assert CANARY not in "".join((*russian, told))
