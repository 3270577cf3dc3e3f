"""Whatever the bytes are, an evaluation returns a verdict."""

import json

from hypothesis import given
from hypothesis import strategies as st

from idwallet.credentials.model import Unverified
from idwallet.credentials.required import Context, Expected, HeldBy
from idwallet.credentials.sdjwt.evaluate import evaluate
from idwallet.credentials.sdjwt.present import holder_thumbprint
from idwallet.explain import explain
from idwallet.report import Outcome
from idwallet.testing.draft import Draft, digest, disclose, draft
from idwallet.trust.policies import RETAIL
from tests.properties.presentations import judged, renewed, report_on, scene

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
NAMES = st.sampled_from(
    ["_sd", "...", "_sd_alg", "exp", "cnf", "vct", "iss", "status", "jwk", "a"]
) | st.text(max_size=4)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4)
    ),
    max_leaves=12,
)
MADE = draft(scene())
BODY = MADE.response()


def is_a_verdict(made: Draft) -> bool:
    """Judge a draft; that it returns at all is half of the property."""
    report = report_on(made)
    assert str(explain(report, lang="ru"))
    assert json.dumps(report.to_json())
    return report.outcome in Outcome


@given(body=st.binary(max_size=400) | st.text(max_size=400))
def test_noise_gets_a_verdict(body: bytes | str) -> None:
    found = judged(body, renewed(MADE.request))
    assert isinstance(found, Unverified)


@given(data=st.data())
def test_a_torn_answer_gets_a_verdict(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(BODY)))
    noise = data.draw(st.text(max_size=5))
    end = data.draw(st.integers(start, len(BODY)))
    found = judged(BODY[:start] + noise + BODY[end:], renewed(MADE.request))
    assert found.report.outcome in Outcome


@given(text=st.text(max_size=80) | st.binary(max_size=80), bound=st.booleans())
def test_a_credential_of_noise_gets_a_verdict(text: str | bytes, bound: bool) -> None:
    expected = Expected("n", "a") if bound else HeldBy(frozenset())
    context = Context(scene().trust, RETAIL, scene().at)
    verdict = evaluate(text, expected=expected, context=context, subject="pid")
    assert any(each.outcome is Outcome.FAILED for each in verdict.checks)
    if isinstance(text, str):
        assert holder_thumbprint(text) is None


@given(payload=st.dictionaries(NAMES, VALUES, max_size=5))
def test_any_payload_that_an_issuer_signs_gets_a_verdict(
    payload: dict[str, object],
) -> None:
    made = draft(scene())
    made.payload = payload  # type: ignore[assignment]  # any JSON at all
    assert is_a_verdict(made)


@given(
    header=st.dictionaries(
        NAMES | st.sampled_from(["alg", "typ", "kid", "x5c", "crit", "b64", "jwk"]),
        VALUES,
        max_size=4,
    )
)
def test_any_header_that_an_issuer_signs_gets_a_verdict(
    header: dict[str, object],
) -> None:
    made = draft(scene())
    made.header = header  # type: ignore[assignment]  # any JSON at all
    assert is_a_verdict(made)


@given(parts=st.lists(VALUES, max_size=4), place=st.integers(0, 2))
def test_any_disclosure_that_an_issuer_signs_gets_a_verdict(
    parts: list[object], place: int
) -> None:
    made = draft(scene())
    text = disclose(*parts)  # type: ignore[arg-type]  # any JSON at all
    made.extra = [text] * (place + 1)
    if place < 2:
        made.digests = [digest(text)]
    assert is_a_verdict(made)


@given(
    said=st.dictionaries(
        st.sampled_from(["iat", "aud", "nonce", "sd_hash", "exp"]), VALUES, max_size=4
    ),
    header=st.dictionaries(
        st.sampled_from(["alg", "typ", "crit", "b64", "kid", "x5c"]), VALUES, max_size=2
    ),
)
def test_any_key_binding_gets_a_verdict(
    said: dict[str, object], header: dict[str, object]
) -> None:
    made = draft(scene())
    made.binding = said  # type: ignore[assignment]  # any JSON at all
    made.binding_header = header  # type: ignore[assignment]  # any JSON at all
    assert is_a_verdict(made)


@given(
    members=st.dictionaries(
        st.sampled_from(["payload", "signatures", "protected", "signature", "header"]),
        VALUES,
    )
)
def test_any_json_form_gets_a_verdict(members: dict[str, object]) -> None:
    made = draft(scene())
    made.bend_token = lambda _: json.dumps(members)
    assert is_a_verdict(made)


@given(header=st.dictionaries(st.sampled_from(["disclosures", "kb_jwt"]), VALUES))
def test_any_unprotected_header_gets_a_verdict(header: dict[str, object]) -> None:
    def form(token: str) -> str:
        protected, payload, signature = token.partition("~")[0].split(".")
        return json.dumps(
            {
                "protected": protected,
                "payload": payload,
                "signature": signature,
                "header": header,
            }
        )

    made = draft(scene())
    made.bend_token = form
    assert is_a_verdict(made)
