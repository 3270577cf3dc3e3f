"""Presentations that do not agree to what was asked (OpenID4VP 1.0 8.4, B.3.3.1)."""

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.consent.transaction import Contract, ContractDocument
from idwallet.report import CheckId, Reason
from idwallet.roles.transactions import ALGORITHM, HASHED, hash_of
from idwallet.testing.corpus.forgery import Forgery
from idwallet.testing.draft import ABSENT, Draft

_CHECK: Final = CheckId.PRESENTATION_TRANSACTION
_OTHER: Final = "b3RoZXI"  # some text that nobody asked to agree to


def rent() -> Contract:
    """Return an invented contract of two parties."""
    lease = ContractDocument.of("lease.txt", b"The flat is let for 1,000 a month.\n")
    return Contract("agreement-1", "Lease of a flat", (lease,), ("owner", "tenant"))


def asking(made: Draft, *contents: JsonObject) -> None:
    """Ask for these transactions as well, and agree to them all."""
    verifier, request = made.request.verifier, made.request
    made.request = verifier.request(
        request.query,
        purpose="a test",
        at=made.scene.at,
        transactions=contents,
    )
    hashes: list[JsonValue] = [
        hash_of(each.raw, "sha-256") for each in made.request.transaction_data
    ]
    made.binding = {HASHED: hashes, ALGORITHM: "sha-256"}


def _asked(made: Draft) -> None:
    content = rent().content("tenant", credential_ids=("pid",), previous=None)
    asking(made, content)


def _says(**members: JsonValue) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        made.binding = {**made.binding, **members}

    return forge


def _hashed_as(algorithm: str) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        (asked,) = made.request.transaction_data
        made.binding = {
            HASHED: [hash_of(asked.raw, algorithm)],
            ALGORITHM: algorithm,
        }

    return forge


def _more(made: Draft) -> None:
    (asked,) = made.request.transaction_data
    both: list[JsonValue] = [hash_of(each, "sha-256") for each in (asked.raw, _OTHER)]
    made.binding = {**made.binding, HASHED: both}


def _decoded(made: Draft) -> None:
    (asked,) = made.request.transaction_data
    content = b64.decode(asked.raw, at="test")
    made.binding = {**made.binding, HASHED: [b64.encode(sha256(content).digest())]}


def _twice(made: Draft) -> None:
    (asked,) = made.request.transaction_data
    made.binding = {**made.binding, HASHED: [hash_of(asked.raw, "sha-256")] * 2}


def _of_another_request(made: Draft) -> None:
    other = rent().content("owner", credential_ids=("pid",), previous=None)
    another = made.request.verifier.request(
        made.request.query, purpose="a test", at=made.scene.at, transactions=[other]
    )
    (asked,) = another.transaction_data
    made.binding = {**made.binding, HASHED: [hash_of(asked.raw, "sha-256")]}


def _forgery(name: str, reason: Reason, *, forge: Callable[[Draft], None]) -> Forgery:
    return Forgery(name, _CHECK, reason, forge, prepare=_asked)


def _hashes(value: JsonValue) -> Callable[[Draft], None]:
    changes: JsonObject = {HASHED: value}
    return _says(**changes)


def _cut_off(made: Draft) -> None:
    made.bend_binding = lambda _: ""


TRANSACTION_FORGERIES: Final = (
    _forgery(
        "agrees to nothing",
        Reason.ABSENT,
        forge=_says(**{HASHED: ABSENT, ALGORITHM: ABSENT}),
    ),
    _forgery(
        "agrees to something else",
        Reason.MISMATCH,
        forge=_hashes([hash_of(_OTHER, "sha-256")]),
    ),
    _forgery(
        "agrees to what the text decodes to", Reason.HASHED_OTHERWISE, forge=_decoded
    ),
    _forgery("agrees as another party", Reason.MISMATCH, forge=_of_another_request),
    _forgery("agrees to something else as well", Reason.MISMATCH, forge=_more),
    _forgery("agrees to the same twice", Reason.MISMATCH, forge=_twice),
    _forgery("agrees to an empty list", Reason.ABSENT, forge=_hashes([])),
    _forgery("agrees to a text", Reason.MALFORMED, forge=_hashes("all of it")),
    _forgery("agrees to numbers", Reason.MALFORMED, forge=_hashes([1])),
    _forgery(
        "hashes by an algorithm that was not asked for",
        Reason.ALGORITHM_NOT_ALLOWED,
        forge=_hashed_as("sha-512"),
    ),
    _forgery(
        "does not say by which algorithm",
        Reason.ALGORITHM_NOT_ALLOWED,
        forge=_says(**{ALGORITHM: ABSENT}),
    ),
    _forgery(
        "hashes by an algorithm that nobody knows",
        Reason.ALGORITHM_NOT_ALLOWED,
        forge=_says(**{ALGORITHM: "sha3-256"}),
    ),
    Forgery(
        "agrees without a key binding",
        CheckId.HOLDER_BINDING,
        Reason.ABSENT,
        _cut_off,
        prepare=_asked,
    ),
)
