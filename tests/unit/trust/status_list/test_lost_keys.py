"""Lists by keys that were lost count only where somebody took them before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.testing.status import StatusScene, status_draft
from idwallet.testing.status_draft import LIST
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.status_list import ListSource, StatusReason, judge_status
from idwallet.trust.status_list.evaluate import evaluate_status_list

SCENE = StatusScene(seed=b"idwallet TEST lists by lost keys")
MINUTE = timedelta(minutes=1)
ISSUED = SCENE.at


@pytest.mark.parametrize(
    ("lost", "taken", "expected"),
    [
        (None, None, StatusReason.VALID),
        (ISSUED, None, StatusReason.LIST_REFUSED),
        (ISSUED - MINUTE, ISSUED, StatusReason.LIST_REFUSED),
        (ISSUED + MINUTE, None, StatusReason.LIST_REFUSED),
        (ISSUED + MINUTE, ISSUED + MINUTE, StatusReason.LIST_REFUSED),
        (ISSUED + MINUTE, ISSUED, StatusReason.VALID),
    ],
)
def test_a_list_by_lost_keys_counts_only_where_it_was_taken_before(
    lost: object, taken: object, expected: StatusReason
) -> None:
    signer = SCENE.other_issuer.signer
    pinned = TrustAnchor(
        name="who signs lists",
        purposes=frozenset({Purpose.SIGN_STATUS_LISTS}),
        issuer_names=frozenset({LIST}),
        keys=(PinnedKey("1", signer.public_key),),
        distrusted_after=lost,  # type: ignore[arg-type]
    )
    trust = TrustStore([*SCENE.context.trust.anchors, pinned])
    context = replace(SCENE.context, trust=trust)
    made = status_draft(SCENE, by=SCENE.other_issuer)
    source = ListSource(LIST, taken=taken)  # type: ignore[arg-type]
    found = evaluate_status_list(made.token(), source, context=context)
    judged = judge_status(
        found, uri=LIST, index=4, issuer=SCENE.found_issuer(), context=context
    )
    assert judged.reason is expected
