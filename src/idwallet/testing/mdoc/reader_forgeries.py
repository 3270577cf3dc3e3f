"""Forged requests of readers, each with its valid twin.

The fault is in what is asked, in who signed it, or in the conversation it is heard in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from idwallet.codec.cbor import CborTag, write_cbor
from idwallet.credentials.mdoc.members import CborMap, a_list, a_map
from idwallet.credentials.mdoc.reader import ReaderIdentity
from idwallet.credentials.mdoc.request import UseCase
from idwallet.credentials.mdoc.transcript import RedirectHandover
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import Forged, nothing
from idwallet.testing.mdoc.draft import MdocScene
from idwallet.testing.mdoc.reader_askers import ASKERS, REVOKED
from idwallet.testing.mdoc.reader_changes import (
    Forger,
    after_signing,
    all_at_once,
    another_order,
    asked,
    asking_twice,
    document,
    documents,
    on_item_octets,
    on_items,
    on_octets,
)
from idwallet.testing.mdoc.reader_draft import (
    ReaderDraft,
    reader_draft,
)

_C, _R = CheckId, Reason


@dataclass(frozen=True, slots=True)
class ReaderForgery(Forged[ReaderDraft]):
    """A request that no wallet may answer; see `Forged`."""

    def twins(self, scene: MdocScene) -> tuple[ReaderDraft, ReaderDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: reader_draft(scene))


_FORMATS: Final = (
    ("octets behind the request", on_octets(lambda data: data + b"\0")),
    ("a request cut off", on_octets(lambda data: data[:-1])),
    ("a map of indefinite length", on_octets(lambda d: b"\xbf" + d[1:] + b"\xff")),
    ("no list of documents", after_signing(lambda held: held.pop("docRequests"))),
    ("no document asked for", after_signing(lambda held: documents(held).clear())),
    ("no version", after_signing(lambda held: held.pop("version"))),
    (
        "a document without items",
        after_signing(lambda h: document(h).pop("itemsRequest")),
    ),
    (
        "items without their tag",
        after_signing(lambda held: document(held).update(itemsRequest=b"\xa0")),
    ),
    ("no type of document", on_items(lambda items: items.pop("docType"))),
    ("a type that is no text", on_items(lambda items: items.update(docType=1))),
    ("no namespaces", on_items(lambda items: items.update(nameSpaces={}))),
    ("a namespace without elements", on_items(lambda items: asked(items).clear())),
    (
        "an intent to retain that is a number",
        on_items(lambda items: asked(items).update(age_over_18=0)),
    ),
    ("an element asked for twice", on_item_octets(asking_twice)),
    (
        "a signature that is null",
        after_signing(lambda held: document(held).update(readerAuth=None)),
    ),
    (
        "a signature that carries a payload",
        after_signing(
            lambda held: a_list(document(held)["readerAuth"], at="").__setitem__(
                2, b"payload"
            )
        ),
    ),
    (
        "an empty list of signatures over all",
        after_signing(lambda held: held.update(readerAuthAll=[])),
    ),
    (
        "a use of a document that is not asked for",
        after_signing(
            lambda held: held.update(
                deviceRequestInfo=CborTag(
                    24,
                    write_cbor(
                        {"useCases": [{"mandatory": True, "documentSets": [[7]]}]}
                    ),
                )
            )
        ),
    ),
    (
        "a use of which nobody says whether it must be",
        after_signing(
            lambda held: held.update(
                deviceRequestInfo=CborTag(
                    24, write_cbor({"useCases": [{"documentSets": [[0]]}]})
                )
            )
        ),
    ),
)


def _many(items: CborMap) -> None:
    asked(items).update({f"element_{n}": False for n in range(200)})


def _long_chain(held: CborMap) -> None:
    headers = a_map(a_list(document(held)["readerAuth"], at="")[1], at="")
    headers[33] = [headers[33]] * 7


_LIMITS: Final = (
    ("a chain of seven", after_signing(_long_chain)),
    (
        "more documents than anybody has",
        after_signing(lambda held: documents(held).extend([document(held)] * 32)),
    ),
    ("more elements than any document has", on_items(_many)),
    (
        "more signatures over all than anybody needs",
        after_signing(
            lambda h: h.update(readerAuthAll=[document(h)["readerAuth"]] * 9)
        ),
    ),
)


def _swapped(held: CborMap) -> None:
    """Put the signature of each document beside the other one."""
    first, second = document(held), document(held, 1)
    first["readerAuth"], second["readerAuth"] = (
        second["readerAuth"],
        first["readerAuth"],
    )


def _elsewhere(made: ReaderDraft) -> None:
    made.signed_for = RedirectHandover(
        "x509_hash:abc", "older", "https://shop.example/answer"
    )


def _with_another_key(made: ReaderDraft) -> None:
    if made.by is not None:
        key = SoftwareSigner.generate(Algorithm.ES256)
        made.by = ReaderIdentity(key, made.by.chain)


def _zeroed(held: CborMap) -> None:
    a_list(document(held)["readerAuth"], at="auth")[3] = bytes(64)


def _names_algorithm(number: int) -> Callable[[CborMap], None]:
    def forge(held: CborMap) -> None:
        a_list(document(held)["readerAuth"], at="")[0] = write_cbor({1: number})

    return forge


def _whole_of_uses(made: ReaderDraft) -> None:
    all_at_once(made)
    made.uses = (UseCase(((0,), (1,))),)


def _as_if_of_one(held: CborMap) -> None:
    """Let a signature over all stand as that over one document."""
    (signature,) = a_list(held.pop("readerAuthAll"), at="all")
    for each in documents(held):
        a_map(each, at="document")["readerAuth"] = signature


def _both_needed(held: CborMap) -> None:
    info = {"useCases": [{"mandatory": True, "documentSets": [[0, 1]]}]}
    held["deviceRequestInfo"] = CborTag(24, write_cbor(info))  # type: ignore[arg-type]


_SIGNATURES: Final[tuple[tuple[str, Reason, Forger, Forger], ...]] = (
    (
        "an element added after signing",
        _R.INVALID,
        on_items(lambda items: asked(items).update(portrait=False)),
        nothing,
    ),
    (
        "an intent to retain changed after signing",
        _R.INVALID,
        on_items(lambda items: asked(items).update(age_over_18=True)),
        nothing,
    ),
    (
        "another type after signing",
        _R.INVALID,
        on_items(lambda items: items.update(docType="org.example.other")),
        nothing,
    ),
    ("the same in other octets", _R.INVALID, on_item_octets(another_order), nothing),
    (
        "signatures of two documents swapped",
        _R.INVALID,
        after_signing(_swapped),
        nothing,
    ),
    ("a request of another conversation", _R.INVALID, _elsewhere, nothing),
    ("signed with another key", _R.INVALID, _with_another_key, nothing),
    ("a signature of nothing", _R.INVALID, after_signing(_zeroed), nothing),
    (
        "an algorithm that nobody knows",
        _R.ALGORITHM_NOT_ALLOWED,
        after_signing(_names_algorithm(-65000)),
        nothing,
    ),
    (
        "an algorithm of another key",
        _R.KEY_UNUSABLE,
        after_signing(_names_algorithm(Algorithm.ES384.cose)),
        nothing,
    ),
    (
        "documents in another order",
        _R.INVALID,
        after_signing(lambda held: documents(held).reverse()),
        all_at_once,
    ),
    (
        "a document more than was signed",
        _R.INVALID,
        after_signing(lambda held: documents(held).append(document(held))),
        all_at_once,
    ),
    (
        "a document less than was signed",
        _R.INVALID,
        after_signing(lambda held: documents(held).pop()),
        all_at_once,
    ),
    (
        "other uses than were signed",
        _R.INVALID,
        after_signing(_both_needed),
        _whole_of_uses,
    ),
    (
        "uses taken away",
        _R.INVALID,
        after_signing(lambda held: held.pop("deviceRequestInfo")),
        _whole_of_uses,
    ),
    (
        "a signature over all as that over one",
        _R.INVALID,
        after_signing(_as_if_of_one),
        all_at_once,
    ),
    ("another conversation, all signed at once", _R.INVALID, _elsewhere, all_at_once),
)


def _no_one_signed(held: CborMap) -> None:
    for each in documents(held):
        a_map(each, at="document").pop("readerAuth")


def _all() -> tuple[ReaderForgery, ...]:
    made = [
        ReaderForgery(
            "another version of the request",
            _C.REQUEST_FORMAT,
            _R.UNSUPPORTED,
            after_signing(lambda held: held.update(version="2.0")),
        ),
        ReaderForgery(
            "a request that nobody signed",
            _C.READER_AUTHORISED,
            _R.NO_KEY_MATERIAL,
            after_signing(_no_one_signed),
        ),
    ]
    for name, forge in _FORMATS:
        made.append(ReaderForgery(name, _C.REQUEST_FORMAT, _R.MALFORMED, forge))
    for name, forge in _LIMITS:
        made.append(ReaderForgery(name, _C.REQUEST_FORMAT, _R.LIMIT_EXCEEDED, forge))
    for name, reason, forge, prepare in _SIGNATURES:
        made.append(ReaderForgery(name, _C.REQUEST_SIGNATURE, reason, forge, prepare))
    for name, reason, forge, prepare in ASKERS:
        made.append(ReaderForgery(name, _C.READER_AUTHORISED, reason, forge, prepare))
    for name, reason, forge, prepare in REVOKED:
        made.append(ReaderForgery(name, _C.READER_REVOCATION, reason, forge, prepare))
    return tuple(made)


READER_FORGERIES: Final = _all()
"""Every forged request of a reader, by the check that it is about."""
