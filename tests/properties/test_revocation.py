"""What holds of revocation whatever evidence is at hand."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from cryptography.x509 import ReasonFlags
from cryptography.x509.ocsp import OCSPCertStatus
from hypothesis import given
from hypothesis import strategies as st

from idwallet.testing.pki import MOMENT
from idwallet.testing.revocation import (
    CrlPlan,
    EntryPlan,
    OcspPlan,
    Scene,
    World,
    scope,
)
from idwallet.trust.revocation import (
    Evidence,
    Good,
    OcspAnswer,
    OnHold,
    Revocation,
    RevocationRules,
    Revoked,
    Unknown,
    Unsettled,
    judge_revocation,
)

HOUR: Final = timedelta(hours=1)
WORLD: Final = World.sound()
SCENE: Final = Scene(world=WORLD)
PATH: Final = WORLD.path()
HOURS: Final = st.integers(min_value=-60, max_value=60)
REASONS: Final = st.sampled_from(
    [
        None,
        ReasonFlags.key_compromise,
        ReasonFlags.superseded,
        ReasonFlags.certificate_hold,
        ReasonFlags.remove_from_crl,
    ]
)
SCOPES: Final = st.sampled_from(
    [
        None,
        scope(only="user"),
        scope(only="ca"),
        scope(indirect=True),
        scope(reasons=frozenset({ReasonFlags.key_compromise})),
    ]
)


@st.composite
def crls(draw: st.DrawFn) -> bytes:
    """A CRL that the CA signed, whatever it says."""
    since = MOMENT + draw(HOURS) * HOUR
    entry = EntryPlan(
        serial=WORLD.leaf.serial,
        reason=draw(REASONS),
        revoked_at=MOMENT + draw(HOURS) * HOUR,
    )
    number = draw(st.integers(min_value=1, max_value=6))
    plan: CrlPlan = WORLD.crl(
        this_update=since,
        next_update=since + draw(st.integers(min_value=0, max_value=48)) * HOUR,
        entries=(entry,) if draw(st.booleans()) else (),
        number=number,
        base_number=draw(st.sampled_from([None, None, max(number - 1, 1)])),
        scope=draw(SCOPES),
    )
    return plan.to_der()


@st.composite
def responses(draw: st.DrawFn) -> OcspAnswer:
    """A response that the CA or a responder signed, whatever it says."""
    since = MOMENT + draw(HOURS) * HOUR
    responder = draw(st.sampled_from([None, WORLD.responder()]))
    plan: OcspPlan = WORLD.answer(responder).saying(
        status=draw(st.sampled_from(OCSPCertStatus)),
        reason=draw(st.sampled_from([None, 1, 4, 6])),
        revoked_at=MOMENT + draw(HOURS) * HOUR,
        this_update=since,
        next_update=since + draw(st.integers(min_value=0, max_value=48)) * HOUR,
    )
    return OcspAnswer(replace(plan, produced_at=since).to_der(), None)


CRLS: Final = st.lists(crls(), max_size=3)
RESPONSES: Final = st.lists(responses(), max_size=2)


def judged(
    lists: list[bytes],
    answers: list[OcspAnswer],
    *,
    hours: int,
    existed: int | None = None,
    maximum_age: timedelta = 24 * HOUR,
) -> Revocation:
    before = None if existed is None else MOMENT + existed * HOUR
    return judge_revocation(
        PATH,
        evidence=Evidence.read(crls=lists, responses=answers),
        at=MOMENT + hours * HOUR,
        rules=RevocationRules(
            maximum_age=maximum_age,
            algorithms=SCENE.algorithms,
            existed_before=before,
        ),
    )


@given(CRLS, RESPONSES, HOURS, st.data())
def test_removing_evidence_yields_good_only_where_the_rest_is_fresh(
    lists: list[bytes], answers: list[OcspAnswer], hours: int, data: st.DataObject
) -> None:
    kept = data.draw(st.lists(st.sampled_from(lists), unique=True)) if lists else []
    found = judged(kept, answers, hours=hours)
    nothing = judged([], [], hours=hours)
    assert isinstance(nothing, Unknown)
    assert nothing.reason is Unsettled.NO_EVIDENCE
    if isinstance(found, Good):
        at = MOMENT + hours * HOUR
        assert found.as_of <= at <= found.until <= found.as_of + 24 * HOUR


@given(CRLS, RESPONSES, HOURS)
def test_removing_what_vouches_never_yields_good(
    lists: list[bytes], answers: list[OcspAnswer], hours: int
) -> None:
    alone = [judged([each], [], hours=hours) for each in lists]
    alone += [judged([], [each], hours=hours) for each in answers]
    whole = judged(lists, answers, hours=hours)
    if isinstance(whole, Good) and len(lists) < 2:
        assert any(isinstance(each, Good) for each in alone)


@given(CRLS, RESPONSES, HOURS, HOURS)
def test_a_later_moment_never_undoes_a_revocation(
    lists: list[bytes], answers: list[OcspAnswer], one: int, other: int
) -> None:
    early, late = sorted((one, other))
    before = judged(lists, answers, hours=early)
    if isinstance(before, Revoked):
        assert judged(lists, answers, hours=late) == before


@given(CRLS, RESPONSES, HOURS, HOURS)
def test_an_earlier_proof_of_existence_is_never_worse(
    lists: list[bytes], answers: list[OcspAnswer], one: int, other: int
) -> None:
    early, late = sorted((one, other))
    if isinstance(judged(lists, answers, hours=60, existed=late), Good):
        assert isinstance(
            judged(lists, answers, hours=60, existed=early), Good | OnHold
        )


@given(CRLS, RESPONSES, HOURS)
def test_a_lesser_age_never_yields_good(
    lists: list[bytes], answers: list[OcspAnswer], hours: int
) -> None:
    if isinstance(judged(lists, answers, hours=hours, maximum_age=HOUR), Good):
        assert isinstance(judged(lists, answers, hours=hours), Good)


@given(CRLS, RESPONSES, HOURS)
def test_the_order_of_evidence_changes_nothing(
    lists: list[bytes], answers: list[OcspAnswer], hours: int
) -> None:
    found = judged(lists, answers, hours=hours)
    again = judged(lists[::-1], answers[::-1], hours=hours)
    assert type(again) is type(found)
    assert isinstance(found, Revoked) or again == found


@given(st.binary(max_size=64), st.integers(min_value=0), st.booleans())
def test_changed_bytes_never_raise_and_never_vouch(
    noise: bytes, place: int, is_crl: bool
) -> None:
    der = WORLD.crl().to_der() if is_crl else WORLD.answer().to_der()
    where = place % len(der)
    changed = der[:where] + noise + der[where + len(noise) :]
    found = (
        judged([changed], [], hours=0)
        if is_crl
        else judged([], [OcspAnswer(changed, None)], hours=0)
    )
    assert changed == der or not isinstance(found, Good)
