"""An employer and two employees sign one PDF file, each what they were shown."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from idwallet.documents import describe_document
from idwallet.protocols import ChatFile, ChatKind, carried_file, file_in
from tests.examples.messenger.chatting import Chatting, chatting
from tests.unit.documents.pades.judged import by_pdfsig, by_pyhanko, by_qpdf

SESSION = ChatKind.SIGNING_SESSION


@pytest.fixture
def us(tmp_path: Path) -> Iterator[Chatting]:
    with chatting(tmp_path) as opened:
        yield opened


def newest(us: Chatting, person: str) -> bytes:
    """Return the newest file of somebody's chat with the employer."""
    return file_in(us.came(person, "employer", ChatKind.FILE)[-1][1]).content


def sign(us: Chatting, person: str) -> None:
    us.decide(person, "employer", SESSION, do="sign")


def test_three_sign_one_file_that_others_judge_as_we_do(
    tmp_path: Path,
) -> None:
    with chatting(tmp_path / "us") as us:
        us.tap("anna", "employer", "read")
        assert len(describe_document(newest(us, "anna")).signatures) == 1
        sign(us, "anna")
        assert us.said("anna", "employer")[-1] == "thanks"
        # The other one is asked without having to ask.
        assert len(describe_document(newest(us, "boris")).signatures) == 2
        sign(us, "boris")
        assert us.said("anna", "employer")[-1] == "done"
        assert us.said("boris", "employer")[-1] == "done"
        signed = newest(us, "anna")
        assert signed == newest(us, "boris")
    found = by_pyhanko(signed)
    assert [each.is_valid for each in found] == [True] * 3
    assert found[-1].coverage == "ENTIRE_FILE"
    assert by_pdfsig(signed, tmp_path).count("Signature is Valid") == 3
    assert "No syntax or stream encoding errors" in by_qpdf(signed, tmp_path)


def test_who_was_sent_an_older_file_reads_the_newer_one_before_signing(
    us: Chatting,
) -> None:
    us.tap("anna", "employer", "read")
    us.tap("boris", "employer", "read")
    early = us.came("boris", "employer", SESSION)[-1][0]
    sign(us, "anna")
    us.messenger.press("boris", early.id, form={"do": "sign"}, lang="en")
    us.settle()
    assert us.said("boris", "employer")[-2:] == ["newer", "sign"]
    sign(us, "boris")
    assert us.said("boris", "employer")[-1] == "done"
    assert len(by_pyhanko(newest(us, "boris"))) == 3


def test_a_signature_that_comes_again_signs_nothing(us: Chatting) -> None:
    us.tap("anna", "employer", "read")
    sign(us, "anna")
    _, signature = us.came("anna", "employer", ChatKind.SIGNATURE)[-1]
    before = newest(us, "boris")
    us.write("anna", "employer", signature.to_text())
    assert us.said("anna", "employer")[-1] == "unasked"
    us.write("boris", "employer", signature.to_text())
    assert us.said("boris", "employer")[-1] == "unasked"
    assert newest(us, "boris") == before


def test_another_file_than_the_session_is_for_is_not_signed(us: Chatting) -> None:
    us.tap("anna", "employer", "read")
    _, session = us.came("anna", "employer", SESSION)[-1]
    # Beside the very session somebody puts another contract into the other chat.
    other = ChatFile(name="договор.pdf", content=newest(us, "anna") + b"%more")
    with us.messenger.post.turn("employer", "boris") as turn:
        turn.say(carried_file(other).to_text())
        turn.say(replace(session, name="s1").to_text())
    us.settle()
    sign(us, "boris")
    assert us.stage("boris", "employer", SESSION) == ""
    assert us.came("boris", "employer", ChatKind.SIGNATURE) == []
    sign(us, "anna")
    assert us.said("anna", "employer")[-1] == "thanks"


def test_one_employee_does_not_sign_for_the_other(us: Chatting) -> None:
    us.tap("anna", "employer", "read")
    _, session = us.came("anna", "employer", SESSION)[-1]
    paper = ChatFile(name="договор.pdf", content=newest(us, "anna"))
    with us.messenger.post.turn("employer", "boris") as turn:
        turn.say(carried_file(paper).to_text())
        turn.say(session.to_text())
    us.settle()
    sign(us, "boris")
    _, signature = us.came("boris", "employer", ChatKind.SIGNATURE)[-1]
    us.write("anna", "employer", signature.to_text())
    assert us.said("anna", "employer")[-1] == "somebody"
    us.tap("anna", "employer", "read")
    sign(us, "anna")
    assert us.said("anna", "employer")[-1] == "thanks"
    assert len(describe_document(newest(us, "boris")).signatures) == 2


def test_what_a_program_hides_in_is_not_signed(us: Chatting) -> None:
    from idwallet import MemoryReplay, SealKey, now
    from idwallet.documents import PAdES
    from idwallet.protocols import ChatMessage
    from idwallet.roles.document_signer import SessionTerms, SigningSessions
    from idwallet.testing.pdf.contract import Contract
    from idwallet.testing.pdf.edits import name_script

    made = Contract(form=True).file()
    honest = bytes(made.data)
    name_script(made)
    made.commit()
    terms = SessionTerms(name="договор.pdf", purpose="x")
    sessions = SigningSessions(key=SealKey(bytes(32)), replay=MemoryReplay())
    for content, signed in ((bytes(made.data), 0), (honest, 1)):
        session = sessions.prepare(content, PAdES(), terms=terms, at=now())
        with us.messenger.post.turn("employer", "anna") as turn:
            turn.say(carried_file(ChatFile(name="a.pdf", content=content)).to_text())
            body = session.to_bytes().decode()
            turn.say(ChatMessage(kind=SESSION, body=body, name="s1").to_text())
        us.settle()
        sign(us, "anna")
        assert len(us.came("anna", "employer", ChatKind.SIGNATURE)) == signed


def test_who_says_no_signs_nothing_and_the_employer_hears_it(us: Chatting) -> None:
    us.tap("anna", "employer", "read")
    us.decide("anna", "employer", SESSION, do="decline")
    assert us.said("anna", "employer")[-1] == "declined"
    sign(us, "anna")  # it was answered
    assert us.came("anna", "employer", ChatKind.SIGNATURE) == []
