import hashlib
import json
from collections.abc import Callable

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.sdjwt.structures import (
    Serialisation,
    digest_of,
    hash_name,
    issued_digest,
    json_form,
    read_disclosure,
    read_sd_jwt,
    serialise,
)
from idwallet.envelope.jws import JsonShape
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.presentation import verify_presentation
from idwallet.testing.corpus import judge
from idwallet.testing.draft import Draft, disclose, draft
from idwallet.testing.scene import Scene

SCENE = Scene(seed=b"idwallet TEST structures")


def flattened(token: str) -> JsonObject:
    """Return the flattened JSON form, made without the library's own writer."""
    head, *disclosures, bound = token.split("~")
    protected, payload, signature = head.split(".")
    return {
        "protected": protected,
        "payload": payload,
        "signature": signature,
        "header": {"disclosures": [*disclosures], "kb_jwt": bound},
    }


def general(token: str, *others: JsonObject) -> JsonObject:
    """Return the general JSON form, with further signatures after the first."""
    flat = flattened(token)
    payload = flat.pop("payload")
    return {"payload": payload, "signatures": [flat, *others]}


def bent(change: Callable[[str], JsonValue]) -> Draft:
    made = draft(SCENE)
    made.bend_token = lambda token: json.dumps(change(token))
    return made


def reasons(made: Draft) -> set[tuple[CheckId, Reason]]:
    return {(each.id, each.reason) for each in judge(made).failed()}


def signature_beside(token: str, **header: JsonValue) -> JsonObject:
    flat = flattened(token)
    return {
        "protected": flat["protected"],
        "signature": flat["signature"],
        "header": header,
    }


# --- the compact form --------------------------------------------------------------


def test_the_parts_are_kept_as_received() -> None:
    token = draft(SCENE).token()
    read = read_sd_jwt(token)
    head, *disclosures, bound = token.split("~")
    assert read.disclosures == tuple(disclosures)
    assert read.key_binding == bound
    assert read.compact + bound == token
    assert read.others == ()
    assert b64.encode(read.issuer_jwt.signature) == head.rpartition(".")[2]
    assert read_sd_jwt(token.encode()) == read


def test_without_key_binding_the_whole_text_is_what_a_hash_would_cover() -> None:
    shown = draft(SCENE).shown()
    read = read_sd_jwt(shown)
    assert read.key_binding is None
    assert read.compact == shown


def test_what_is_shown_of_an_sd_jwt_in_a_trace_is_no_personal_data() -> None:
    read = read_sd_jwt(draft(SCENE).token())
    assert repr(read) == "SdJwt(<2 disclosures, with key binding>)"
    shown = read_sd_jwt(draft(SCENE).shown())
    assert repr(shown) == "SdJwt(<2 disclosures, without key binding>)"
    assert repr(read_disclosure(read.disclosures[0], number=1)) == "Disclosure(<1>)"


@pytest.mark.parametrize("text", ["", "a.b.c", "~", "~~", "no tilde", "a.b~"])
def test_what_is_no_sd_jwt_is_refused(text: str) -> None:
    for given in (text, text.encode()):
        with pytest.raises(MalformedError):
            read_sd_jwt(given)


def test_a_text_at_the_limit_is_read_and_one_over_it_is_not() -> None:
    head = draft(SCENE).shown().partition("~")[0]
    room = limits.SD_JWT_BYTES - len(head) - 2
    assert read_sd_jwt(f"{head}~{'A' * room}~").disclosures == ("A" * room,)
    with pytest.raises(LimitError):
        read_sd_jwt(f"{head}~{'A' * (room + 1)}~")


def test_disclosures_and_key_binding_are_bounded() -> None:
    head = draft(SCENE).shown().partition("~")[0]
    assert read_sd_jwt(head + "~" + "A~" * limits.DISCLOSURES)
    with pytest.raises(LimitError):
        read_sd_jwt(head + "~" + "A~" * (limits.DISCLOSURES + 1))
    assert read_sd_jwt(head + "~" + "A" * limits.KEY_BINDING_BYTES)
    with pytest.raises(LimitError):
        read_sd_jwt(head + "~" + "A" * (limits.KEY_BINDING_BYTES + 1))


def test_text_outside_ascii_is_refused_before_a_digest_is_made_of_it() -> None:
    token = draft(SCENE).token()
    head, _, rest = token.partition("~")
    for text in (f"{head}~é~{rest}", f"{head}~\ud800~{rest}"):
        with pytest.raises(MalformedError) as caught:
            read_sd_jwt(text)
        assert caught.value.what == "not ASCII"
    with pytest.raises(MalformedError):
        read_sd_jwt(f"{head}~é~{rest}".encode())


def test_a_disclosure_outside_ascii_beside_a_valid_binding_is_judged() -> None:
    def compact(token: str) -> str:
        head, _, rest = token.partition("~")
        return f"{head}~é~{rest}"

    made = draft(SCENE)
    made.bend_token = compact
    malformed = (CheckId.CREDENTIAL_FORMAT, Reason.MALFORMED)
    assert reasons(made) == {malformed}

    def escaped(token: str) -> JsonValue:
        return {**flattened(token), "header": {"disclosures": ["é"], "kb_jwt": "a.b.c"}}

    assert reasons(bent(escaped)) == {malformed}


def unencoded(made: Draft) -> None:
    """Sign the payload as it is, without base64url (RFC 7797)."""

    def bend(token: str) -> str:
        head, payload, _ = token.split(".")
        covered = f"{head}.{b64.decode(payload, at='test').decode()}"
        return f"{covered}.{b64.encode(made.issuer_signer.sign(covered.encode()))}"

    made.header = {"crit": ["b64"], "b64": False}
    made.bend_issuer = bend


def test_no_jwt_has_an_unencoded_payload_in_any_form() -> None:
    valid, forged = draft(SCENE), draft(SCENE)
    unencoded(forged)
    assert judge(valid).outcome is Outcome.PASSED
    refused = {(CheckId.CREDENTIAL_FORMAT, Reason.UNSUPPORTED)}
    assert reasons(forged) == refused
    made = bent(lambda token: {**flattened(token), "payload": '{"é":1}'})
    made.header = {"crit": ["b64"], "b64": False}
    assert reasons(made) == refused


def test_no_key_binding_has_an_unencoded_payload() -> None:
    made = draft(SCENE)

    def bend(token: str) -> str:
        head, payload, _ = token.split(".")
        covered = f"{head}.{b64.decode(payload, at='test').decode()}"
        return f"{covered}.{b64.encode(made.holder_signer.sign(covered.encode()))}"

    made.binding_header = {"crit": ["b64"], "b64": False}
    made.bend_binding = bend
    assert reasons(made) == {(CheckId.HOLDER_BINDING, Reason.MALFORMED)}


# --- the JSON forms ----------------------------------------------------------------


@pytest.mark.parametrize("form", [flattened, general])
def test_a_json_form_verifies_like_the_compact_one(
    form: Callable[[str], JsonObject],
) -> None:
    made = bent(form)
    verified = verify_presentation(
        made.response(), request=made.request, trust=SCENE.trust, at=SCENE.at
    )
    assert verified.claim("family_name", str) == "Образцова"
    compact = judge(draft(SCENE))
    assert compact.checks == verified.report.checks


@pytest.mark.parametrize("form", [flattened, general])
@pytest.mark.parametrize("note", ["plain", "é \U0001f600"])
def test_a_presentation_may_be_the_object_itself(
    form: Callable[[str], JsonObject], note: str
) -> None:
    made = draft(SCENE)
    token = made.token()
    shown: JsonObject = {**form(token), "note": note}
    text = json.dumps({"vp_token": {"pid": [shown]}, "state": made.request.state})
    verified = verify_presentation(
        text, request=made.request, trust=SCENE.trust, at=SCENE.at
    )
    assert verified.claim("family_name", str) == "Образцова"
    assert verified.report.checks == judge(draft(SCENE)).checks
    text = json.dumps(shown, ensure_ascii=False)
    for given in (text, text.encode()):
        assert read_sd_jwt(given) == read_sd_jwt(json.dumps(form(token)))


def test_the_flattened_form_is_what_the_compact_form_says() -> None:
    token = draft(SCENE).token()
    read = read_sd_jwt(token)
    assert json_form(read) == flattened(token)
    assert read_sd_jwt(json.dumps(json_form(read))) == read_sd_jwt(
        json.dumps(flattened(token))
    )
    shown = read_sd_jwt(draft(SCENE).shown())
    assert "kb_jwt" not in str(json_form(shown))


def test_the_general_form_holds_one_list_of_signatures() -> None:
    token = draft(SCENE).token()
    assert json_form(read_sd_jwt(token), JsonShape.GENERAL) == general(token)
    twice = general(token, signature_beside(token, kid="second"))
    read = read_sd_jwt(json.dumps(twice))
    again = read_sd_jwt(json.dumps(json_form(read, JsonShape.GENERAL)))
    assert [each.signing_input for each in again.others] == [
        each.signing_input for each in read.others
    ]
    assert json_form(read) == flattened(token)


@pytest.mark.parametrize("form", Serialisation)
def test_every_form_of_a_presentation_says_and_proves_the_same(
    form: Serialisation,
) -> None:
    token = draft(SCENE).token()
    written = serialise(token, form)
    read, compact = read_sd_jwt(written), read_sd_jwt(token)
    assert read.compact == compact.compact
    assert read.disclosures == compact.disclosures
    assert read.key_binding == compact.key_binding
    for other in Serialisation:
        assert serialise(written, other) == serialise(token, other)
    made = draft(SCENE)
    made.bend_token = lambda token: serialise(token, form)
    assert judge(made).outcome is Outcome.PASSED


def test_a_json_form_that_no_reader_takes_is_not_written() -> None:
    head, *_ = draft(SCENE).shown().split("~")
    size = limits.SD_JWT_BYTES - len(head) - 200
    parts = ["A" * (size // 4)] * 4
    assert read_sd_jwt(serialise("~".join((head, *parts, "")), Serialisation.GENERAL))
    many = ["A" * 1023] * ((limits.SD_JWT_BYTES - len(head)) // 1024)
    full = "~".join((head, *many[: limits.DISCLOSURES], ""))
    assert read_sd_jwt(full)
    with pytest.raises(UsageError):
        serialise(full, Serialisation.FLATTENED)


def test_the_form_does_not_change_what_the_hash_covers() -> None:
    token = draft(SCENE).token()
    for form in (flattened, general):
        read = read_sd_jwt(json.dumps(form(token)))
        assert read.compact == read_sd_jwt(token).compact
        assert read.key_binding == token.rpartition("~")[2]


def test_a_json_form_may_show_nothing() -> None:
    token = draft(SCENE).token()
    bare = {**flattened(token), "header": {}}
    read = read_sd_jwt(json.dumps(bare))
    assert (read.disclosures, read.key_binding) == ((), None)
    without_header = {k: v for k, v in flattened(token).items() if k != "header"}
    assert read_sd_jwt(json.dumps(without_header)) == read


def test_a_disclosure_changed_inside_a_json_form_breaks_the_binding() -> None:
    def fewer(token: str) -> JsonValue:
        flat = flattened(token)
        _, last, bound = token.rsplit("~", 2)
        return {**flat, "header": {"disclosures": [last], "kb_jwt": bound}}

    assert (
        CheckId.HOLDER_BINDING,
        Reason.PRESENTATION_HASH_MISMATCH,
    ) in reasons(bent(fewer))


def test_further_signatures_stand_beside_the_first_and_show_nothing() -> None:
    made = bent(lambda token: general(token, signature_beside(token, kid="second")))
    assert judge(made).outcome is Outcome.PASSED
    token = draft(SCENE).token()
    read = read_sd_jwt(json.dumps(general(token, signature_beside(token))))
    assert len(read.others) == 1


@pytest.mark.parametrize("header", [{"disclosures": []}, {"kb_jwt": "a.b.c"}])
def test_disclosures_stand_in_the_first_unprotected_header_only(
    header: dict[str, JsonValue],
) -> None:
    made = bent(lambda token: general(token, signature_beside(token, **header)))
    assert reasons(made) == {(CheckId.CREDENTIAL_FORMAT, Reason.MALFORMED)}


def test_disclosures_in_the_protected_header_show_nothing() -> None:
    made = bent(lambda token: {**flattened(token), "header": {}})
    made.header = {"disclosures": [disclose("salt", "family_name", "x")]}
    assert (CheckId.HOLDER_BINDING, Reason.ABSENT) in reasons(made)


@pytest.mark.parametrize(
    "header",
    [
        {"disclosures": "AAAA"},
        {"disclosures": None},
        {"disclosures": [1]},
        {"disclosures": ["A", ["B"]]},
        {"kb_jwt": 1},
        {"kb_jwt": ["a.b.c"]},
    ],
)
def test_a_json_form_of_other_types_is_refused(header: dict[str, JsonValue]) -> None:
    made = bent(lambda token: {**flattened(token), "header": {**header}})
    assert reasons(made) == {(CheckId.CREDENTIAL_FORMAT, Reason.MALFORMED)}


def test_a_json_form_with_too_many_disclosures_is_refused() -> None:
    many: JsonValue = ["A"] * (limits.DISCLOSURES + 1)
    made = bent(lambda token: {**flattened(token), "header": {"disclosures": many}})
    assert reasons(made) == {(CheckId.CREDENTIAL_FORMAT, Reason.LIMIT_EXCEEDED)}


@pytest.mark.parametrize("form", [str, flattened, general])
def test_a_key_binding_is_bounded_in_every_form(
    form: Callable[[str], JsonValue],
) -> None:
    shown = draft(SCENE).shown()
    for size in (limits.KEY_BINDING_BYTES, limits.KEY_BINDING_BYTES + 1):
        made = form(shown + "x" * size)
        text = made if isinstance(made, str) else json.dumps(made)
        if size == limits.KEY_BINDING_BYTES:
            assert read_sd_jwt(text).key_binding == "x" * size
            continue
        with pytest.raises(LimitError) as caught:
            read_sd_jwt(text)
        assert caught.value.at == "key binding"


def test_a_disclosure_cannot_smuggle_in_another() -> None:
    def joined(token: str) -> JsonValue:
        _, *disclosures, bound = token.split("~")
        one: JsonValue = ["~".join(disclosures)]
        return {**flattened(token), "header": {"disclosures": one, "kb_jwt": bound}}

    found = reasons(bent(joined))
    assert found == {(CheckId.CREDENTIAL_DISCLOSURES, Reason.MALFORMED)}


@pytest.mark.parametrize("text", ["{", "{}", '{"payload":1}', '{"a":1,"a":1}', "{~}"])
def test_a_brace_alone_makes_no_json_form(text: str) -> None:
    with pytest.raises(MalformedError):
        read_sd_jwt(text)


def test_a_critical_extension_is_not_understood_in_any_form() -> None:
    made = draft(SCENE)
    made.header = {"crit": ["x"], "x": 1}
    token = made.token()
    for text in (token, json.dumps(flattened(token)), json.dumps(general(token))):
        with pytest.raises(UnsupportedError):
            read_sd_jwt(text)


# --- one disclosure ----------------------------------------------------------------


def test_a_disclosure_is_a_claim_or_an_element() -> None:
    claim = read_disclosure(disclose("salt", "name", {"a": [1]}), number=3)
    assert (claim.number, claim.name, claim.value) == (3, "name", {"a": [1]})
    element = read_disclosure(disclose("salt", None), number=1)
    assert (element.name, element.value) == (None, None)


def test_a_disclosure_may_have_white_space_and_escapes() -> None:
    # RFC 9901 section 4.2.1: any JSON encoding is a disclosure.
    text = b64.encode(b'[ "salt" ,\n "na\\u006de", 1.0 ]')
    assert read_disclosure(text, number=1).name == "name"


def test_a_disclosure_is_bounded() -> None:
    with pytest.raises(LimitError) as caught:
        read_disclosure("A" * (limits.DISCLOSURE_BYTES + 1), number=7)
    assert caught.value.at == "disclosure 7"


def test_a_digest_is_the_one_of_the_standards_example() -> None:
    # RFC 9901 section 4.2.3.
    text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    wanted = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    assert digest_of(text, "sha-256") == wanted


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ({}, "sha-256"),
        ({"_sd_alg": "sha-384"}, "sha-384"),
        ({"_sd_alg": "sha-512"}, "sha-512"),
        ({"_sd_alg": "md5"}, None),
        ({"_sd_alg": None}, None),
        ({"_sd_alg": ["sha-256"]}, None),
    ],
)
def test_a_hash_is_known_by_its_exact_name(
    payload: dict[str, JsonValue], name: str | None
) -> None:
    assert hash_name(payload) == name


def test_the_digest_of_what_was_issued_is_the_same_however_it_is_shown() -> None:
    made = draft(SCENE)
    whole = made.token()
    found = issued_digest(whole)
    bare = whole.split("~")[0]
    signed, _, signature = bare.rpartition(".")
    assert found == hashlib.sha256(signed.encode()).digest()
    assert issued_digest(bare + "~") == found
    assert issued_digest(json.dumps(flattened(whole))) == found
    turned = b64.decode(signature, at="signature", clause="RFC 7515 §2")[::-1]
    assert issued_digest(f"{signed}.{b64.encode(turned)}~") == found
    made.claims["given_name"] = "Анна"
    assert issued_digest(made.token()) != found
