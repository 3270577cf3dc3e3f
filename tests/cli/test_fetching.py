"""`verify --fetch`: what is missing is fetched, where the command says from whom."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from idwallet.codec.pem import read_pem
from idwallet.crypto.software import SoftwareSigner
from idwallet.trust.status_list import StatusListContent, issue_status_list
from tests.cli.program import AT, Ran, run
from tests.conftest import AT as MOMENT
from tests.loopback.server import Server, answer, says, serving

pytestmark = pytest.mark.loopback

SEALED: Final = ("--seal-file", "passphrase.txt", "--at", AT)
HERE: Final = ("--private-host", "127.0.0.1")


def step(*arguments: str) -> None:
    ran = run(*arguments)
    assert ran.status == 0, ran


def show(uri: str) -> None:
    """Issue a card that names a list there, and have it shown to the shop."""
    nonce = ("--audience", "https://id.example", "--nonce", "n-0S6_WzA2Mj")
    step("wallet", "prove", "--wallet", "mine", *nonce, *SEALED, "-o", "proof.jwt")
    step(
        *("issue", "person.json", "--vct", "national-id", "--holder-proof"),
        *("proof.jwt", *nonce, "--key", "pki/issuer-key.pem", "--certificates"),
        *("pki/issuer.pem", "--passphrase-file", "passphrase.txt", "-o", "card"),
        *("--valid-until", "2027-01-01T00:00:00Z", "--at", AT),
        *("--status-list", uri, "--status-index", "7"),
    )
    trust = ("--trust", "pki/root.pem")
    step("wallet", "add", "card", "--wallet", "mine", *trust, *SEALED)
    step(
        *("request", "--age-over", "18", "--purpose", "a sale", "--policy", "retail"),
        *("--key", "pki/shop-key.pem", "--certificates", "pki/shop.pem"),
        *("--passphrase-file", "passphrase.txt", *SEALED, "--save", "my.state"),
        *("--answer-to", "https://till.example/answer", "-o", "my.json"),
    )
    step(
        *("present", "my.json", "--wallet", "mine", *trust, *SEALED, "--yes"),
        *("-o", "my.txt"),
    )


def verify(*more: str) -> Ran:
    return run(
        *("verify", "my.txt", "--request", "my.state", "--trust", "pki/root.pem"),
        *(*SEALED, *more),
    )


def token(server: Server, *revoked: int) -> bytes:
    secret = Path("passphrase.txt").read_text().strip()
    pem = Path("pki/issuer-key.pem").read_bytes()
    signer = SoftwareSigner.from_pem(pem, ask_secret=lambda _: secret)
    array = bytearray(125)
    for each in revoked:
        array[each // 8] |= 1 << each % 8
    content = StatusListContent(
        uri=server.uri(),
        bits=1,
        array=bytes(array),
        expires=MOMENT + timedelta(days=1),
        ttl=timedelta(hours=1),
    )
    pem = Path("pki/issuer.pem").read_bytes()
    chain = [block.der for block in read_pem(pem, at="chain")]
    made = issue_status_list(content, signer=signer, certificates=chain, at=MOMENT)
    return made.encode()


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(("revoked", "status"), [((), 0), ((7,), 1)])
def test_a_list_is_fetched_where_the_command_says_so(
    revoked: tuple[int, ...], status: int
) -> None:
    replies: list[bytes] = []
    with serving(lambda _, line: line.sendall(replies[-1])) as server:
        show(server.uri())
        # Offline it is open, and so it is where nobody is named or nobody answers.
        assert verify().status == 3
        assert verify("--fetch").status == 2
        elsewhere = ("--fetch-from", "https://status.example")
        assert verify("--fetch", *elsewhere).status == 3
        named = ("--fetch-from", server.origin)
        assert server.connections == 0
        assert verify("--fetch", *named).status == 3
        assert server.connections == 0
        replies.append(answer(status="404 Not Found"))
        absent = verify("--fetch", *named, *HERE, "--lang", "ru")
        assert absent.status == 3
        assert (
            "Не получено из сети: 127.0.0.1 answers with HTTP status 404" in absent.err
        )
        replies.append(answer(token(server, *revoked)))
        found = verify("--fetch", *named, *HERE, "--json")
        assert found.status == status, found
        (used,) = json.loads(found.out)["report"]["evidence"]
        assert (used["kind"], used["source"]) == ("status_list", "network")


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    "options",
    [
        ("--fetch-from", "https://status.example"),
        HERE,
        ("--fetch-roots", "pki/root.pem"),
        ("--fetch", "--fetch-from", "status.example"),
        ("--fetch", "--fetch-from", "https://status.example/list"),
        (
            *("--fetch", "--fetch-from", "https://status.example"),
            *("--fetch-roots", "person.json"),
        ),
    ],
)
def test_how_to_fetch_is_said_in_a_way_that_means_something(
    options: tuple[str, ...],
) -> None:
    ran = run(
        *("verify", "response.txt", "--request", "request.state"),
        *("--trust", "pki/root.pem", *SEALED, *options),
    )
    assert ran.status == 2
    assert ran.err.startswith("idwallet: ")
    assert ran.err.count("\n") == 1
    # The request is not spent by a command that meant nothing.
    again = run(
        *("verify", "response.txt", "--request", "request.state"),
        *("--trust", "pki/root.pem", *SEALED),
    )
    assert again.status == 0


@pytest.mark.usefixtures("story")
def test_what_needs_nothing_fetches_nothing() -> None:
    with serving(says(answer(b"token"))) as server:
        ran = run(
            *("verify", "response.txt", "--request", "request.state", "--fetch"),
            *("--trust", "pki/root.pem", *SEALED, "--fetch-from", server.origin),
        )
        assert ran.status == 0
        assert server.connections == 0
