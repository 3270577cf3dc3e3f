"""What is issued from a presentation stays in its session, and with its holder's key.

The attack of openid/OpenID4VCI#742: somebody begins an issuance of their own, has a
victim show a credential for it, and would be issued the victim's claims to a key of
theirs. `test_what_a_victim_showed_is_not_issued_to_the_key_of_who_relayed_it` does it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from idwallet import Query
from idwallet.credentials.model import VerifiedPresentation
from idwallet.credentials.possession import make_proof
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import UsageError
from idwallet.protocols.http import HttpRequest
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    Failed,
    Issuance,
    OpenBrowser,
    ProveKeys,
    Send,
    SendFor,
)
from idwallet.roles.credential_service import (
    AttestationRule,
    AuthorizationAsked,
    Presented,
)
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.verifier import PresentationRequest
from tests.unit.roles.attested_world import (
    GENUINE,
    HOUR,
    MODERATE,
    WANTED,
    attesting,
)
from tests.unit.roles.credential_service_world import AT, SCENE, World, metadata


class Session:
    """Somebody's browser at the service, and the issuance that it belongs to."""

    def __init__(self, world: World) -> None:
        self.world = world
        invited = world.service.invite(subject="anna", configurations=["id"], at=AT)
        self.issuance: Issuance = world.drive(world.begin(invited).accept(at=AT))
        assert isinstance(self.issuance.step, OpenBrowser)
        asked = world.service.handle(HttpRequest("GET", self.issuance.step.url), at=AT)
        assert isinstance(asked, AuthorizationAsked)
        self.asked = asked
        self.request: PresentationRequest = SCENE.verifier.request(
            Query.age_over(18), purpose="to know who you are", at=AT
        )
        self.tie = world.service.tie(asked, self.request, at=AT)

    @cache  # noqa: B019 - a session lives as long as its test
    def shown(self) -> Presented:
        """The victim shows a credential for the request of this session."""
        wallet = SCENE.new_wallet()
        wallet.add(SCENE.issue(), at=AT)
        read = wallet.read_request(self.request.message.to_json(), at=AT)
        answer = wallet.present(read, wallet.match(read, at=AT).choose(), at=AT)
        verified = verify_presentation(
            answer.body, request=self.request, trust=SCENE.trust, at=AT
        )
        return Presented(verified, self.request, self.tie)

    def finish(self, presented: Presented | None, *, by: Signer) -> object:
        """Let the browser in with what was shown, and prove a key."""
        back = self.world.service.grant(
            self.asked, subject="anna", presented=presented, at=AT
        )
        location = back.header("Location") or ""
        issuance = self.issuance.returned(location, at=AT)
        while isinstance(issuance.step, Send | ProveKeys):
            step = issuance.step
            if isinstance(step, Send):
                issuance = issuance.receive(self.world.ask(step.request), at=AT)
                continue
            proof = make_proof(by, audience=step.audience, nonce=step.nonce, at=AT)
            key = by.public_key.thumbprint
            issuance = issuance.prove([proof], thumbprints=[key], at=AT)
        return issuance.step


def test_what_was_shown_is_issued_to_the_key_that_showed_it() -> None:
    session = Session(World())
    ended = session.finish(session.shown(), by=SCENE.holder_signer)
    assert isinstance(ended, ConfirmCredentials)


def test_what_a_victim_showed_is_not_issued_to_the_key_of_who_relayed_it() -> None:
    session = Session(World())
    attacker = SoftwareSigner.generate(Algorithm.ES256)
    ended = session.finish(session.shown(), by=attacker)
    assert ended == Failed("invalid_proof", SendFor.CREDENTIAL)
    assert not session.world.orders  # nothing was even looked up
    # Without claims from a presentation the same key gets what its account has.
    session = Session(World())
    assert isinstance(session.finish(None, by=attacker), ConfirmCredentials)


def _of_another_session(one: Session, other: Session) -> Presented:
    return other.shown()


def _for_another_request(one: Session, other: Session) -> Presented:
    return replace(other.shown(), tie=one.tie)


def _tie_of_another_kind(one: Session, other: Session) -> Presented:
    return replace(one.shown(), tie=one.asked.request.issuer_state or "")


@pytest.mark.parametrize(
    "fault", [_of_another_session, _for_another_request, _tie_of_another_kind]
)
def test_what_was_shown_in_another_session_lets_nobody_in(
    fault: Callable[[Session, Session], Presented],
) -> None:
    world = World()
    one, other = Session(world), Session(world)
    presented = fault(one, other)
    with pytest.raises(UsageError, match="not presented in this session"):
        world.service.grant(one.asked, subject="anna", presented=presented, at=AT)
    assert world.service.grant(one.asked, subject="anna", presented=one.shown(), at=AT)


def test_what_was_shown_lets_in_once_and_not_for_long() -> None:
    session = Session(World())
    presented = session.shown()
    service = session.world.service
    late = AT + timedelta(hours=1)
    with pytest.raises(UsageError, match="not presented"):
        service.grant(session.asked, subject="anna", presented=presented, at=late)
    service.grant(session.asked, subject="anna", presented=presented, at=AT)
    with pytest.raises(UsageError, match="used before"):
        service.grant(session.asked, subject="anna", presented=presented, at=AT)


def test_what_was_shown_without_a_key_binds_nobody() -> None:
    session = Session(World())
    presented = session.shown()
    (shown,) = presented.verified.credentials
    assert shown.holder == SCENE.holder_signer.public_key.thumbprint
    bare = VerifiedPresentation(
        presented.verified.report, (replace(shown, shown_by=None),)
    )
    with pytest.raises(UsageError, match="without a key"):
        session.world.service.grant(
            session.asked,
            subject="anna",
            presented=replace(presented, verified=bare),
            at=AT,
        )


def test_what_shows_nothing_binds_nobody() -> None:
    # Else no key would be asked for, and anybody's would do.
    session = Session(World())
    presented = session.shown()
    nothing = VerifiedPresentation(presented.verified.report, ())
    with pytest.raises(UsageError, match="without a key"):
        session.world.service.grant(
            session.asked,
            subject="anna",
            presented=replace(presented, verified=nothing),
            at=AT,
        )


class Attesting(Session):
    """A wallet whose keys are attested, one of which showed the credential."""

    def attested(self, keys: Sequence[Signer]) -> object:
        back = self.world.service.grant(
            self.asked, subject="anna", presented=self.shown(), at=AT
        )
        issuance = self.issuance.returned(back.header("Location") or "", at=AT)
        while isinstance(issuance.step, Send | ProveKeys):
            step = issuance.step
            if isinstance(step, Send):
                issuance = issuance.receive(self.world.ask(step.request), at=AT)
                continue
            named = [each.public_key for each in keys]
            until = AT + HOUR
            text = GENUINE.attest_keys(
                named, nonce=step.nonce, valid_until=until, at=AT, said=MODERATE
            )
            thumbprints = [each.thumbprint for each in named]
            issuance = issuance.prove([text], thumbprints=thumbprints, at=AT)
        return issuance.step


def test_a_key_beside_the_one_that_showed_is_issued_to_where_one_attests_both() -> None:
    kinds = {"attestation": replace(WANTED, attested=False)}
    other = SoftwareSigner.generate(Algorithm.ES256)
    for keys, issued in (
        ([SCENE.holder_signer, other], True),
        ([other], False),
        ([other, SoftwareSigner.generate(Algorithm.ES256)], False),
    ):
        session = Attesting(attesting(AttestationRule.NOT_ASKED, kinds=kinds))
        ended = session.attested(keys)
        if issued:
            assert isinstance(ended, ConfirmCredentials)
        else:
            assert ended == Failed("invalid_proof", SendFor.CREDENTIAL)


def test_what_was_shown_is_issued_to_no_key_at_all_never() -> None:
    # Whoever has a copy of an unbound credential shows the victim's name.
    for presents in (True, False):
        world = World()
        world.rules = replace(world.rules, unbound=frozenset({"id"}))
        found = metadata().configurations
        bare = replace(found["id"], binding_methods=(), proofs={})
        named = {"id": bare, "card": found["card"]}
        world.described = lambda named=named: metadata(  # type: ignore[misc,method-assign]
            configurations=named
        )
        world.__post_init__()
        session = Session(world)
        ended = session.finish(
            session.shown() if presents else None, by=SCENE.holder_signer
        )
        if presents:
            assert ended == Failed("invalid_proof", SendFor.CREDENTIAL)
        else:
            assert isinstance(ended, ConfirmCredentials)


def test_only_a_session_of_the_service_is_tied_to() -> None:
    session = Session(World())
    made_up = replace(session.asked, session="")
    with pytest.raises(UsageError, match="handle"):
        session.world.service.tie(made_up, session.request, at=AT)
