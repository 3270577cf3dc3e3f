"""Many documents, one unlock, nothing signed twice."""

import asyncio
import io
import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from idwallet.adapters.journal import FolderJournal
from idwallet.adapters.keys import SecretFile, open_signer
from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import DOCUMENTS, CAdES, Level, Packaging
from idwallet.errors import (
    PortError,
    SignerError,
    SignerLocked,
    SignerUnavailable,
    UsageError,
)
from idwallet.roles.document_signer import (
    Progress,
    sign_documents,
    verify_document,
)
from idwallet.testing.authorities import document_signer
from idwallet.testing.csc import PIN, TOKEN, CscDesk, CscFault, CscFetcher
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.tsa import TestTsa
from idwallet.trust.evidence import EvidenceAtHand

PASSPHRASE = "test passphrase"


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST batches")


def contracts(number: int) -> dict[str, bytes]:
    return {f"contract {each}.txt": b"contract %d" % each for each in range(number)}


class Counting:
    """A signer that counts what it signs, and fails from some time on."""

    def __init__(self, who, *, fails_after=None, error=None):
        self._signer = who.signer
        self.public_key, self.algorithm = who.signer.public_key, who.signer.algorithm
        self.signed = []
        self._fails_after, self._error = fails_after, error

    def sign(self, message, /):
        if self._fails_after is not None and len(self.signed) >= self._fails_after:
            raise self._error
        self.signed.append(message)
        return self._signer.sign(message)


def batch(documents, profile=None, **change):
    who = scene().signer
    given = {
        "signer": who.signer,
        "certificates": who.chain,
        "signing_time": scene().at,
        **change,
    }
    return sign_documents(documents, profile or CAdES(), **given)


def require_signed(results, documents):
    assert [each.name for each in results] == list(documents)
    who = scene().signer
    store = scene().pki.store()
    trust = store.with_evidence(EvidenceAtHand(crls=crls(who, at=scene().at)))
    for each in results:
        assert each.error is None
        verify_document(
            each.signed,
            document=documents[each.name],
            trust=trust,
            policy=DOCUMENTS,
            at=scene().at,
        )


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_text(scene().signer.signer.to_encrypted_pem(PASSPHRASE.encode()))
    return path


@pytest.fixture
def secret(tmp_path: Path) -> SecretFile:
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n")
    return SecretFile(path)


# --- one after the other ------------------------------------------------------------


def test_every_document_gets_a_signature_and_the_caller_hears_of_each():
    heard: list[Progress] = []
    documents = contracts(5)
    results = batch(documents, progress=heard.append)
    require_signed(results, documents)
    assert [(each.done, each.total) for each in heard] == [(n, 5) for n in range(1, 6)]
    assert [each.latest for each in heard] == results
    assert "contract 0.txt" in repr(results[0])
    assert str(results[0].signed) not in repr(results[0])


def test_documents_come_in_any_shape():
    documents = contracts(3)
    names = list(documents)
    shapes = [
        (names[0], documents[names[0]]),
        (names[1], io.BytesIO(documents[names[1]])),
        (names[2], partial(io.BytesIO, documents[names[2]])),
    ]
    for profile in (CAdES(), CAdES(packaging=Packaging.ENVELOPING)):
        shapes[1] = (names[1], io.BytesIO(documents[names[1]]))
        require_signed(batch(iter(shapes), profile), documents)


@pytest.mark.parametrize("error", [PortError, FileNotFoundError])
def test_what_is_wrong_with_one_document_stops_no_other(error):
    def missing():
        message = "cannot read two"
        raise error(message)

    results = batch([("one", b"1"), ("two", missing), ("three", b"3")])
    assert [each.signed is None for each in results] == [False, True, False]
    assert isinstance(results[1].error, PortError)


@pytest.mark.parametrize("threads", [0, 3])
def test_a_key_that_fails_stops_the_batch_and_is_not_asked_again(threads):
    signer = Counting(scene().signer, fails_after=4, error=SignerLocked("wrong PIN"))
    executor = ThreadPoolExecutor(threads) if threads else None
    results = batch(contracts(300), signer=signer, executor=executor)
    if executor:
        executor.shutdown()
    assert len(results) == 300
    assert len(signer.signed) == 4
    assert sum(each.signed is not None for each in results) == 4
    assert {type(e.error) for e in results if e.signed is None} == {SignerLocked}


def test_what_the_caller_gets_wrong_is_told_before_anything_is_signed():
    signer = Counting(scene().signer)
    for change in (
        {"certificates": scene().second.chain},
        {"authority": TestTsa(scene().pki)},
        {"signing_time": scene().at.replace(tzinfo=None)},
    ):
        with pytest.raises(UsageError):
            batch(contracts(2), signer=signer, **change)
    with pytest.raises(UsageError):
        batch(contracts(2), "CAdES", signer=signer)
    assert signer.signed == []


def test_a_batch_is_signed_inside_a_running_event_loop():
    async def inside():
        documents = contracts(2)
        require_signed(batch(documents), documents)
        require_signed(await asyncio.to_thread(batch, documents), documents)

    asyncio.run(inside())


def test_every_kind_of_key_signs_a_batch():
    for algorithm in (Algorithm.EDDSA, Algorithm.PS256, Algorithm.ML_DSA_44):
        who = document_signer(scene().pki, algorithm=algorithm)
        results = batch(contracts(2), signer=who.signer, certificates=who.chain)
        assert all(each.signed for each in results)


def test_every_document_has_a_timestamp_of_its_own():
    tsa = TestTsa(scene().pki, identity=scene().authority)
    results = batch(contracts(3), CAdES(level=Level.B_T), authority=tsa)
    assert all(each.signed for each in results)
    assert len(tsa.requests) == 3


# --- resuming -----------------------------------------------------------------------


@pytest.mark.parametrize("profile", [CAdES(), CAdES(packaging=Packaging.ENVELOPING)])
def test_what_was_signed_before_is_not_signed_again(tmp_path: Path, profile):
    journal = FolderJournal(tmp_path / "journal")
    documents = contracts(9)
    failing = Counting(
        scene().signer, fails_after=5, error=SignerUnavailable("pulled out")
    )
    first = batch(documents, profile, signer=failing, resume=journal)
    assert sum(each.signed is not None for each in first) == 5
    signer = Counting(scene().signer)
    later = scene().at.replace(hour=13)
    second = batch(
        documents, profile, signer=signer, resume=journal, signing_time=later
    )
    assert len(signer.signed) == 4
    assert [each.before for each in second] == [True] * 5 + [False] * 4
    assert [e.signed for e in second[:5]] == [e.signed for e in first[:5]]
    if profile.packaging is Packaging.DETACHED:
        require_signed(second, documents)  # all say the time of the first run
    again = batch(documents, profile, signer=Counting(scene().signer), resume=journal)
    assert all(each.before for each in again)


def test_a_document_that_changed_meanwhile_is_another_one(tmp_path: Path):
    journal = FolderJournal(tmp_path / "journal")
    batch({"one": b"1", "two": b"2"}, resume=journal)
    signer = Counting(scene().signer)
    batch({"one": b"1", "two": b"22", "2": b"2"}, resume=journal, signer=signer)
    assert len(signer.signed) == 2


def test_a_journal_belongs_to_one_key_and_profile(tmp_path: Path):
    journal = FolderJournal(tmp_path / "journal")
    batch(contracts(1), resume=journal)
    with pytest.raises(UsageError, match="another batch"):
        batch(contracts(1), CAdES(packaging=Packaging.ENVELOPING), resume=journal)
    second = scene().second
    with pytest.raises(UsageError, match="another batch"):
        batch(
            contracts(1),
            signer=second.signer,
            certificates=second.chain,
            resume=journal,
        )
    for data in (b"{}", b'{"format":1}'):
        (tmp_path / "journal/plan.json").write_bytes(data)
        with pytest.raises(UsageError):
            batch(contracts(1), resume=journal)


def test_a_journal_keeps_documents_by_digests_and_nothing_else(tmp_path: Path):
    journal = FolderJournal(tmp_path / "journal")
    for wrong in ("../etc/passwd", "", "A" * 64):
        with pytest.raises(UsageError):
            journal.get(wrong)
        with pytest.raises(UsageError):
            journal.put(wrong, b"")
    assert journal.get("a" * 64) is None
    journal.put("a" * 64, b"signed")
    assert journal.get("a" * 64) == b"signed"
    (tmp_path / "journal" / f"{'b' * 64}.signed").mkdir()
    with pytest.raises(PortError):
        journal.get("b" * 64)
    assert "journal" in repr(journal)


@pytest.mark.parametrize(("processes", "kills"), [(0, 3), (2, 1)])
def test_killed_at_any_moment_a_batch_goes_on_and_signs_nothing_twice(
    tmp_path: Path, key_file: Path, secret: SecretFile, processes: int, kills: int
):
    command = [
        sys.executable,
        str(Path(__file__).with_name("batch_program.py")),
        str(tmp_path),
        str(processes),
    ]
    for number in range(kills):
        program = subprocess.Popen(
            command, stdout=subprocess.PIPE, start_new_session=True
        )
        assert program.stdout is not None
        for _ in range(1 + number):
            assert program.stdout.readline() == b"some\n"  # that many are signed
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
        program.stdout.close()
    documents, signer = contracts(40), Counting(scene().signer)
    journal = FolderJournal(tmp_path / "journal")
    results = batch(documents, resume=journal, signer=signer)
    before = sum(each.before for each in results)
    assert 0 < before == 40 - len(signer.signed)
    # A document stands twice only where a process was killed in the middle of one.
    signed = (tmp_path / "signatures").read_text().split()
    assert len(signed) - before <= kills * max(1, processes)
    again = batch(documents, resume=journal, signer=Counting(scene().signer))
    assert all(each.before for each in again)
    assert all(each.signed for each in again)


# --- processes ----------------------------------------------------------------------


def asked_once(folder: str, _: str) -> str:
    """A prompt of a module: it notes which process asked."""
    Path(folder, f"asked-{os.getpid()}-{time.monotonic_ns()}").touch()
    return PASSPHRASE


def test_processes_open_the_key_once_each(tmp_path: Path, key_file: Path):
    documents = contracts(40)
    signer = open_signer(str(key_file), ask_secret=partial(asked_once, str(tmp_path)))
    assert len(list(tmp_path.glob("asked-*"))) == 1
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for _ in range(2):
            require_signed(batch(documents, signer=signer, executor=pool), documents)
    asked = [each.name.split("-")[1] for each in tmp_path.glob("asked-*")]
    assert len(asked) == len(set(asked)) <= 3
    assert str(os.getpid()) in asked


def test_what_does_not_travel_is_told_at_once_and_works_with_threads(
    tmp_path: Path, key_file: Path, secret: SecretFile
):
    documents = contracts(3)
    lambdas = open_signer(str(key_file), ask_secret=lambda _: PASSPHRASE)
    without = scene().signer.signer
    travels = open_signer(str(key_file), ask_secret=secret)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for signer in (lambdas, without):
            with pytest.raises(UsageError, match="signer"):
                batch(documents, signer=signer, executor=pool)
        unpicklable = TestTsa(scene().pki, change=lambda _: None)
        with pytest.raises(UsageError, match="authority"):
            batch(
                documents,
                CAdES(level=Level.B_T),
                signer=travels,
                authority=unpicklable,
                executor=pool,
            )
        stream = [("one", io.BytesIO(b"1"))]
        with pytest.raises(UsageError, match="stream"):
            batch(stream, signer=travels, executor=pool)
        require_signed(batch(documents, signer=travels, executor=pool), documents)
    with ThreadPoolExecutor(2) as pool:
        for signer in (lambdas, without, travels):
            require_signed(batch(documents, signer=signer, executor=pool), documents)


def test_a_signer_travels_as_its_address_and_never_as_its_key(
    key_file: Path, secret: SecretFile
):
    signer = open_signer(str(key_file), ask_secret=secret)
    data = pickle.dumps(signer)
    assert PASSPHRASE.encode() not in data
    assert len(data) < 600
    there = pickle.loads(data)
    assert there.public_key == signer.public_key
    assert pickle.loads(data) is there  # opened once in a process
    key_file.write_bytes(b"")
    assert pickle.loads(data) is there
    with pytest.raises(SignerError):
        SecretFile(key_file.with_name("nothing"))("")


def test_a_secret_file_holds_what_it_says(tmp_path: Path):
    for text, found in (("1234\n", "1234"), ("1234\r\n", "1234"), ("a b", "a b")):
        (tmp_path / "pin").write_bytes(text.encode())
        assert SecretFile(tmp_path / "pin")("PIN") == found
    for data in (b"\xff", b"x" * 5_000):
        (tmp_path / "pin").write_bytes(data)
        with pytest.raises(SignerLocked):
            SecretFile(tmp_path / "pin")("PIN")
    assert "1234" not in repr(SecretFile(tmp_path / "pin"))


def ends(_: str) -> bytes:
    os._exit(1)


def test_a_worker_that_dies_leaves_the_rest_undone_and_says_so(
    tmp_path: Path, key_file: Path, secret: SecretFile
):
    journal = FolderJournal(tmp_path / "journal")
    signer = open_signer(str(key_file), ask_secret=secret)
    documents = contracts(4)
    deadly = [*documents.items(), ("deadly", partial(ends, ""))]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        results = batch(deadly, signer=signer, executor=pool, resume=journal)
    assert len(results) == 5
    assert isinstance(results[-1].error, PortError)
    require_signed(batch(documents, signer=signer, resume=journal), documents)


# --- one confirmation for several ---------------------------------------------------


def remote(desk: CscDesk, asked: list[str]):
    from idwallet.adapters.csc import CscRemote, CscSigner

    def pin(prompt: str) -> str:
        asked.append(prompt)
        return PIN

    service = CscRemote(
        "https://sign.example/csc/v2",
        fetcher=CscFetcher(desk),
        token=lambda _: TOKEN,
    )
    return CscSigner(service, desk.name, ask_secret=pin)


@pytest.mark.parametrize("profile", [CAdES(), CAdES(packaging=Packaging.ENVELOPING)])
def test_a_service_signs_as_many_as_one_pin_covers(profile, tmp_path: Path):
    asked: list[str] = []
    desk = CscDesk(scene().signer, multisign=4)
    journal = FolderJournal(tmp_path / "journal")
    signer = remote(desk, asked)
    documents = contracts(10)
    results = batch(documents, profile, signer=signer, resume=journal)
    if profile.packaging is Packaging.DETACHED:
        require_signed(results, documents)
    assert len(asked) == 3
    again = batch(documents, profile, signer=signer, resume=journal)
    assert all(each.before for each in again)
    assert len(asked) == 3


def test_a_service_that_signs_wrongly_stops_the_batch():
    asked: list[str] = []
    desk = CscDesk(scene().signer, multisign=4)
    signer = remote(desk, asked)
    assert all(each.signed for each in batch(contracts(10), signer=signer))
    desk.fault = CscFault.SWAPPED
    results = batch(contracts(10), signer=signer)
    assert {type(each.error) for each in results} == {SignerError}
    assert len(asked) == 4


def test_a_broken_document_among_those_of_one_pin_costs_the_others_nothing():
    def missing():
        message = "cannot read it"
        raise PortError(message)

    asked: list[str] = []
    signer = remote(CscDesk(scene().signer), asked)
    results = batch([("a", b"1"), ("b", missing), ("c", b"3")], signer=signer)
    assert [each.signed is None for each in results] == [False, True, False]
    assert replace(results[1], error=None).name == "b"
