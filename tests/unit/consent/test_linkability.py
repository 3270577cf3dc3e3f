"""What two presentations have in common is named, each thing by its own name."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from idwallet.codec import b64
from idwallet.codec.cbor import CborTag, read_cbor, write_cbor
from idwallet.consent import Linkability, LinkKind, LinkWeight, linkability
from idwallet.credentials.mdoc.issue import Life, Mdoc
from idwallet.credentials.mdoc.members import CborMap
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocDraft, MdocScene, mdoc_draft
from idwallet.testing.pki import TestPki

NOW = datetime(2026, 11, 24, 12, 34, 56, tzinfo=UTC)
TODAY = NOW.replace(hour=0, minute=0, second=0)
PKI = TestPki(at=NOW, seed=b"idwallet TEST linkability")
LIST = "https://issuer.example/status/1"


@cache
def chain(lives: timedelta = timedelta(days=365)) -> tuple[bytes, ...]:
    if lives == timedelta(days=365):
        return PKI.issuer().chain
    later = NOW - timedelta(hours=1) + lives

    def short(plan: object) -> object:
        from dataclasses import replace

        return replace(plan, not_before=NOW - timedelta(hours=1), not_after=later)  # type: ignore[type-var]

    return PKI.issuer(change=short).chain  # type: ignore[arg-type]


def disclosed(salt: str, name: str, value: object) -> str:
    return b64.encode(json.dumps([salt, name, value]).encode())


def digest(disclosure: str) -> str:
    return b64.encode(hashlib.sha256(disclosure.encode()).digest())


@dataclass
class Sd:
    """An SD-JWT VC with key binding, every part of it to be chosen."""

    label: str
    claims: dict[str, object] = field(default_factory=lambda: {"of_age": True})
    salts: dict[str, str] = field(default_factory=dict)
    payload: dict[str, object] = field(default_factory=dict)
    header: dict[str, object] = field(default_factory=dict)
    bound_header: dict[str, object] = field(default_factory=dict)
    bound: dict[str, object] = field(default_factory=dict)
    key: dict[str, object] = field(default_factory=dict)
    order: Callable[[list[str]], list[str]] = sorted
    hidden: int = 12
    more: tuple[str, ...] = ()

    def text(self) -> str:
        shown = [
            disclosed(self.salts.get(name, f"salt {self.label} {name}"), name, value)
            for name, value in self.claims.items()
        ]
        digests = [digest(each) for each in shown]
        digests += [digest(f"{self.label} {n}") for n in range(self.hidden)]
        signer = SoftwareSigner.generate(Algorithm.ES256)
        payload = {
            "vct": "urn:eudi:pid:1",
            "iat": int(TODAY.timestamp()),
            "exp": int((TODAY + timedelta(days=30)).timestamp()),
            "cnf": {"jwk": {**signer.public_key.to_jwk(), **self.key}},
            "_sd_alg": "sha-256",
            "_sd": self.order([*digests, *self.more]),
            **self.payload,
        }
        header = {"alg": "ES256", "typ": "dc+sd-jwt", **self.header}
        if "x5c" not in header:
            import base64

            header["x5c"] = [base64.b64encode(each).decode() for each in chain()]
        token = ".".join(
            b64.encode(json.dumps(each).encode()) for each in (header, payload)
        )
        token += "." + b64.encode(hashlib.sha512(self.label.encode()).digest())
        bound = {
            "iat": int(NOW.timestamp()),
            "aud": f"x509_hash:{self.label}",
            "nonce": f"nonce {self.label}",
            "sd_hash": digest(token),
            **self.bound,
        }
        kb_header = {"alg": "ES256", "typ": "kb+jwt", **self.bound_header}
        kb = ".".join(
            b64.encode(json.dumps(each).encode()) for each in (kb_header, bound)
        )
        kb += "." + b64.encode(hashlib.sha512(b"kb" + self.label.encode()).digest())
        return "~".join((token, *shown, kb))


def at(moment: datetime) -> int:
    return int(moment.timestamp())


def status(index: int, uri: str = LIST) -> dict[str, object]:
    return {"status": {"status_list": {"uri": uri, "idx": index}}}


def short_lived() -> dict[str, object]:
    import base64

    made = chain(timedelta(days=3))
    return {"x5c": [base64.b64encode(each).decode() for each in made]}


def shuffled(listed: list[str]) -> list[str]:
    return listed  # as they were made: the claims first, in their order


def kinds(a: Sd, b: Sd) -> set[str]:
    return {each.kind.value for each in linkability(a.text(), b.text()).links}


SECOND = {"iat": at(NOW), "exp": at(NOW + timedelta(days=30))}
FOUR = {f"c{n}": True for n in range(4)}

TABLE: list[tuple[str, Sd, Sd, set[str]]] = [
    ("nothing", Sd("a"), Sd("b"), set()),
    (
        "a salt",
        Sd("a", salts={"of_age": "one salt"}, payload={}),
        Sd("b", salts={"of_age": "one salt"}, claims={"of_age": False}),
        {"salt"},
    ),
    (
        "a salt and the claim, so its digest too",
        Sd("a", salts={"of_age": "one salt"}),
        Sd("b", salts={"of_age": "one salt"}),
        {"salt", "digest"},
    ),
    (
        "a digest of something hidden",
        Sd("a", more=(digest("x"),)),
        Sd("b", more=(digest("x"),)),
        {"digest"},
    ),
    (
        "claims at the same places",
        Sd("a", claims=FOUR, order=shuffled),
        Sd("b", claims=FOUR, order=shuffled),
        {"digest_order"},
    ),
    (
        "one claim at the same place, as chance has it",
        Sd("a", order=shuffled),
        Sd("b", order=shuffled),
        set(),
    ),
    (
        "claims at the same places of digests in order",
        Sd("a", claims=FOUR),
        Sd("a2", claims=FOUR),
        set(),
    ),
    (
        "a status entry",
        Sd("a", payload=status(7)),
        Sd("b", payload=status(7)),
        {"status_entry"},
    ),
    (
        "neighbouring status entries",
        Sd("a", payload=status(7)),
        Sd("b", payload=status(8)),
        {"status_neighbour"},
    ),
    (
        "entries of one list that are far apart",
        Sd("a", payload=status(7)),
        Sd("b", payload=status(9)),
        set(),
    ),
    (
        "neighbouring entries of two lists",
        Sd("a", payload=status(7)),
        Sd("b", payload=status(8, LIST + "2")),
        set(),
    ),
    ("a second", Sd("a", payload=SECOND), Sd("b", payload=SECOND), {"time"}),
    (
        "seconds a few apart",
        Sd("a", payload={"iat": at(NOW)}),
        Sd("b", payload={"iat": at(NOW) + 30}),
        {"time"},
    ),
    (
        "seconds that are further apart",
        Sd("a", payload={"iat": at(NOW)}),
        Sd("b", payload={"iat": at(NOW) + 61}),
        set(),
    ),
    (
        "a short-lived certificate",
        Sd("a", header=short_lived()),
        Sd("b", header=short_lived()),
        {"certificate"},
    ),
    (
        "a name",
        Sd("a", claims={"family_name": "Образцова"}),
        Sd("b", claims={"family_name": "Образцова"}),
        {"claim"},
    ),
    (
        "a name in two places",
        Sd("a", claims={"family_name": "Образцова"}),
        Sd("b", claims={"person": {"family_name": "Образцова"}}),
        {"claim"},
    ),
    (
        "a value under two names",
        Sd("a", claims={"family_name": "Образцова"}),
        Sd("b", claims={"given_name": "Образцова"}),
        set(),
    ),
    (
        "a country",
        Sd("a", claims={"issuing_country": "XX"}),
        Sd("b", claims={"issuing_country": "XX"}),
        set(),
    ),
    (
        "a number that stands in the payload",
        Sd("a", payload={"sub": 4_711_000}),
        Sd("b", payload={"sub": 4_711_000}),
        {"claim"},
    ),
    (
        "a number too large for canonical JSON",
        Sd("a", payload={"sub": 9_007_199_254_740_993}),
        Sd("b", payload={"sub": 9_007_199_254_740_993}),
        {"claim"},
    ),
    (
        "the name of a key",
        Sd("a", key={"kid": "phone 1"}),
        Sd("b", key={"kid": "phone 1"}),
        {"holder_key_id"},
    ),
    (
        "the name of a key, in another place",
        Sd("a", key={"kid": "phone 1"}),
        Sd("b", bound_header={"kid": "phone 1"}),
        {"holder_key_id"},
    ),
    (
        "an unusual header",
        Sd("a", header={"batch": "4711"}),
        Sd("b", header={"batch": "4711"}),
        {"header"},
    ),
    (
        "a usual header",
        Sd("a", header={"kid": "issuer 1"}),
        Sd("b", header={"kid": "issuer 1"}),
        set(),
    ),
    (
        "something more in the key binding",
        Sd("a", bound={"device_id": "phone 1"}),
        Sd("b", bound={"device_id": "phone 1"}),
        {"device"},
    ),
]


@pytest.mark.parametrize(
    ("a", "b", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_each_thing_that_two_presentations_share_is_named(
    a: Sd, b: Sd, expected: set[str]
) -> None:
    assert kinds(a, b) == expected
    assert kinds(b, a) == expected


def test_one_credential_shown_twice_is_known_by_everything_in_it() -> None:
    shown = Sd(
        "a", payload={**status(7), **SECOND}, claims={"family_name": "Образцова"}
    )
    key = {"cnf": {"jwk": SoftwareSigner.generate(Algorithm.ES256).public_key.to_jwk()}}
    shown.payload |= key
    text = shown.text()
    found = linkability(text, text)
    assert found.kinds >= {
        LinkKind.SIGNATURE,
        LinkKind.HOLDER_KEY,
        LinkKind.SALT,
        LinkKind.DIGEST,
        LinkKind.STATUS_ENTRY,
        LinkKind.TIME,
        LinkKind.CLAIM,
    }
    assert "Образцова" not in repr(found)


def test_what_many_share_is_told_apart_from_what_links() -> None:
    found = linkability(
        Sd("a", payload=status(1)).text(), Sd("b", payload=status(5)).text()
    )
    assert found.links == ()
    assert {each.kind for each in found.shared} == {
        LinkKind.ISSUER,
        LinkKind.CREDENTIAL_TYPE,
        LinkKind.ROUNDED_TIME,
        LinkKind.STATUS_LIST,
    }
    assert {each.weight for each in found.shared} == {LinkWeight.SHARED}


@cache
def mdocs() -> MdocScene:
    return MdocScene(at=NOW)


def licence(**changes: object) -> MdocDraft:
    made = mdoc_draft(mdocs())
    made.content = Mdoc(MDL, {NAMESPACE: {"age_over_18": True, "age_over_21": True}})
    made.shown = ("age_over_18",)
    made.life = Life(TODAY, TODAY, TODAY + timedelta(days=30))
    made.bound = made.signed_by = SoftwareSigner.generate(Algorithm.ES256)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def compared(a: MdocDraft, b: MdocDraft) -> Linkability:
    return linkability(b64.encode(a.response()), b64.encode(b.response()))


def named(value: object) -> Callable[[CborMap], object]:
    return lambda mso: mso.update(status=value)  # type: ignore[call-overload]


def entry(index: int) -> Callable[[CborMap], object]:
    return named({"status_list": {"uri": LIST, "idx": index}})


def identifier(octets: bytes) -> Callable[[CborMap], object]:
    return named({"identifier_list": {"uri": LIST, "id": octets}})


EXACT = Life(NOW, NOW, NOW + timedelta(days=30))
NAMED = Mdoc(
    MDL, {NAMESPACE: {"family_name": "Примерова", "birth_date": date(1990, 5, 17)}}
)
KEY = SoftwareSigner.generate(Algorithm.ES256)

MDOCS: list[tuple[str, dict[str, object], dict[str, object], set[str]]] = [
    ("nothing", {}, {}, set()),
    ("a device key", *2 * ({"bound": KEY, "signed_by": KEY},), {"holder_key"}),
    ("a second", *2 * ({"life": EXACT},), {"time"}),
    (
        "a name",
        *2 * ({"content": NAMED, "shown": ("family_name",)},),
        {"claim"},
    ),
    (
        "a day of birth",
        *2 * ({"content": NAMED, "shown": ("birth_date",)},),
        {"claim"},
    ),
    ("a status entry", {"on_mso": entry(7)}, {"on_mso": entry(7)}, {"status_entry"}),
    ("neighbours", {"on_mso": entry(7)}, {"on_mso": entry(6)}, {"status_neighbour"}),
    (
        "an identifier",
        {"on_mso": identifier(b"12345678")},
        {"on_mso": identifier(b"12345678")},
        {"status_entry"},
    ),
    (
        "two identifiers",
        {"on_mso": identifier(b"12345678")},
        {"on_mso": identifier(b"12345679")},
        set(),
    ),
    (
        "an element that the device says",
        *2 * ({"device_elements": {"org.example": {"phone": "number 4711"}}},),
        {"device"},
    ),
    (
        "what every device says",
        *2 * ({"device_elements": {"org.example": {"awake": True}}},),
        set(),
    ),
]


@pytest.mark.parametrize(
    ("a", "b", "expected"), [row[1:] for row in MDOCS], ids=[row[0] for row in MDOCS]
)
def test_each_thing_that_two_mobile_documents_share_is_named(
    a: dict[str, object], b: dict[str, object], expected: set[str]
) -> None:
    found = compared(licence(**a), licence(**b))
    assert {each.value for each in found.kinds} == expected


def test_one_document_shown_twice_is_known_by_its_signature() -> None:
    response = b64.encode(licence().response())
    assert linkability(response, response).kinds >= {
        LinkKind.SIGNATURE,
        LinkKind.HOLDER_KEY,
        LinkKind.SALT,
        LinkKind.DIGEST,
        LinkKind.DEVICE,
    }


def test_elements_numbered_alike_are_named_where_chance_seldom_does_it() -> None:
    many = {f"element {n}": True for n in range(30)}
    content = Mdoc("org.example.doc", {"org.example": many})
    shown = tuple(many)[:5]

    def numbered(step: int) -> MdocDraft:
        made = licence(content=content, shown=shown)

        def renumber(issued: CborMap) -> None:
            listed = issued["nameSpaces"]["org.example"]  # type: ignore[index,call-overload]
            for position, each in enumerate(listed):  # type: ignore[arg-type]
                inside = read_cbor(each.value, at="item")  # type: ignore[union-attr]
                inside["digestID"] = (step * position) % 30  # type: ignore[index,call-overload]
                listed[position] = CborTag(24, write_cbor(inside))  # type: ignore[index,call-overload]

        made.on_issued = renumber
        return made

    assert compared(numbered(1), numbered(1)).kinds == {LinkKind.DIGEST_ORDER}
    assert compared(numbered(1), numbered(2)).kinds == frozenset()


def test_every_document_of_a_response_is_compared() -> None:
    twice = licence(bound=KEY, signed_by=KEY)
    other = licence()

    def also(held: CborMap) -> None:
        inside = read_cbor(twice.response(), at="response")
        held["documents"] += inside["documents"]  # type: ignore[operator,index,call-overload]

    other.on_response = also
    found = compared(other, licence(bound=KEY, signed_by=KEY))
    assert found.kinds == {LinkKind.HOLDER_KEY}


def test_a_name_links_a_mobile_document_and_an_sd_jwt() -> None:
    named = licence(content=NAMED, shown=("family_name",))
    text = Sd("a", claims={"family_name": "Примерова"}).text()
    found = linkability(text, b64.encode(named.response()))
    assert [(each.kind, each.where) for each in found.links] == [
        (LinkKind.CLAIM, "/family_name")
    ]


def test_one_key_links_a_mobile_document_and_an_sd_jwt() -> None:
    text = Sd("a", payload={"cnf": {"jwk": KEY.public_key.to_jwk()}}).text()
    other = b64.encode(licence(bound=KEY, signed_by=KEY).response())
    assert linkability(text, other).kinds == {LinkKind.HOLDER_KEY}


@pytest.mark.parametrize("text", ["", "x~y", "{}", "AAAA", "a.b.c~", "~"])
def test_what_is_no_presentation_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        linkability(text, text)
