"""An authority is asked by its address, and what it answers is carried back."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from idwallet.adapters.http import HttpFetcher
from idwallet.adapters.tsa import WebTimestampAuthority
from idwallet.documents import ARCHIVE, CAdES, Level
from idwallet.errors import PortError, UsageError
from idwallet.roles.document_signer import sign_document, verify_document
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.tsa import TestTsa
from idwallet.trust.evidence import EvidenceAtHand
from tests.loopback.server import Handler, Server, answer, says, serving

REPLY = "application/timestamp-reply"

pytestmark = pytest.mark.loopback


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST authorities by address")


def stamps() -> Handler:
    tsa = TestTsa(scene().pki, identity=scene().authority)

    def handle(request: bytes, line: object) -> None:
        body = request.partition(b"\r\n\r\n")[2]
        reply = answer(tsa.stamp(body), kind=REPLY)
        line.sendall(reply)  # type: ignore[attr-defined]  # a socket

    return handle


@contextmanager
def asking(handle: Handler) -> Iterator[tuple[WebTimestampAuthority, Server]]:
    with serving(handle) as server, HttpFetcher(private_hosts=[server.host]) as fetcher:
        yield WebTimestampAuthority(server.uri("/stamp"), fetcher=fetcher), server


def test_a_document_is_stamped_by_an_authority_at_an_address() -> None:
    who = scene().signer
    with asking(stamps()) as (authority, server):
        signature = sign_document(
            CONTRACT,
            CAdES(level=Level.B_T),
            signer=who.signer,
            certificates=who.chain,
            signing_time=scene().at,
            authority=authority,
        )
        (request,) = server.requests
    head = request.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"post /stamp http/1.1\r\n")
    assert b"content-type: application/timestamp-query" in head
    assert b"accept: application/timestamp-reply" in head
    everybody = (who, scene().authority)
    at_hand = {e.der: e for each in everybody for e in crls(each, at=scene().at)}
    trust = scene().pki.store()
    verified = verify_document(
        signature,
        document=CONTRACT,
        trust=trust.with_evidence(EvidenceAtHand(crls=at_hand.values())),
        policy=ARCHIVE,
        at=scene().at,
    )
    assert verified.signatures[0].timestamped


def test_the_same_question_is_asked_each_time() -> None:
    with asking(stamps()) as (authority, server):
        who = scene().signer
        for _ in range(2):
            sign_document(
                CONTRACT,
                CAdES(level=Level.B_T),
                signer=who.signer,
                certificates=who.chain,
                signing_time=scene().at,
                authority=authority,
            )
        assert len({each.partition(b"\r\n\r\n")[2] for each in server.requests}) == 2


@pytest.mark.parametrize(
    "reply",
    [
        answer(b"no", status="500 Internal Server Error"),
        answer(b"<html>", kind="text/html"),
        answer(b"", status="302 Found", location="https://elsewhere.example/"),
        answer(bytes(300_000), kind=REPLY),
    ],
)
def test_what_is_no_answer_is_a_fault_of_the_port(reply: bytes) -> None:
    with (
        asking(says(reply)) as (authority, _),
        pytest.raises(PortError),
    ):
        authority.stamp(b"a question")


def test_an_address_is_one_of_the_web() -> None:
    with HttpFetcher() as fetcher:
        for wrong in ("ftp://tsa.example", "tsa.example", "https://user@tsa.example/"):
            with pytest.raises(UsageError):
                WebTimestampAuthority(wrong, fetcher=fetcher)
        who = WebTimestampAuthority("https://tsa.example/secret", fetcher=fetcher)
        assert "secret" not in repr(who)
