"""A forged credential makes nobody fetch: a listening server sees no connection.

Every twin names a status list at that server, which the trust anchor names too.
"""

from collections.abc import Iterator
from itertools import count
from typing import Final, NamedTuple

import pytest

from idwallet.adapters.http import HttpFetcher
from idwallet.adapters.online import Online
from idwallet.codec.json import JsonObject
from idwallet.report import TABLE, CheckId, Outcome, StatusListNeeded
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus import PRESENTATIONS, Forgery
from idwallet.testing.draft import Draft
from idwallet.testing.evidence import status_list
from idwallet.testing.scene import Scene
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import content_of
from tests.loopback.server import Server, answer, says, serving

pytestmark = pytest.mark.loopback

HERE: Final = "127.0.0.1"
SCENE: Final = Scene(seed=b"idwallet TEST forged credentials that name a list")
# Where the fault is in the status itself, there is no other list to name. An issuer who
# is not believed may leave a verdict open, as one whose keys were lost: nobody asks.
FORGED: Final = [
    each
    for each in PRESENTATIONS
    if each.check is CheckId.ISSUER_TRUST
    or (
        TABLE[each.check, each.reason].outcome is Outcome.FAILED
        and each.check is not CheckId.CREDENTIAL_STATUS
    )
]


class World(NamedTuple):
    """A server that counts, and a fetcher that may go there and nowhere else."""

    server: Server
    fetcher: HttpFetcher
    numbers: Iterator[int]

    def judge(self, made: Draft) -> tuple[Outcome, int]:
        """Judge online; return what it came to, and how many connections it made."""
        uri = self.server.uri(f"/status/{next(self.numbers)}")
        entry: JsonObject = {"idx": 7, "uri": uri}
        made.payload = {**made.payload, "status": {"status_list": entry}}
        believed, origin = made.believed(), self.server.origin
        anchors = [each.with_fetch_origins(origin) for each in believed.anchors]
        trust = TrustStore(anchors, evidence=believed.evidence)
        online = Online(trust, fetcher=self.fetcher, clock=lambda: SCENE.at)
        before = self.server.connections
        found = online.evaluate_presentation(
            made.response(), request=made.request, at=SCENE.at
        )
        return found.report.outcome, self.server.connections - before


@pytest.fixture
def world() -> Iterator[World]:
    # What it answers does not matter: that it is asked does.
    with (
        serving(says(answer(status="404 Not Found"))) as server,
        HttpFetcher(private_hosts=[HERE], clock=lambda: SCENE.at) as fetcher,
    ):
        yield World(server, fetcher, count())


@pytest.mark.parametrize("forgery", FORGED, ids=lambda each: each.name)
def test_a_forged_answer_makes_no_connection_and_its_twin_does(
    forgery: Forgery, world: World
) -> None:
    valid, forged = forgery.twins(SCENE)
    outcome, connections = world.judge(valid)
    if outcome is not Outcome.FAILED:  # else it cannot have a status of its own
        assert connections == 1
    _, connections = world.judge(forged)
    assert connections == 0


def test_nearly_every_twin_makes_the_connection(world: World) -> None:
    asked = [world.judge(each.twins(SCENE)[0])[1] for each in FORGED[::20]]
    assert sum(asked) > 0.8 * len(asked)


def test_the_valid_twin_passes_once_the_list_is_there() -> None:
    valid, forged = next(
        each for each in FORGED if each.name == "another key under the same certificate"
    ).twins(SCENE)
    tokens: dict[str, bytes] = {}

    def handle(request: bytes, line: object) -> None:
        path = request.split()[1].decode()
        line.sendall(answer(tokens[path]))  # type: ignore[attr-defined]  # a socket

    with (
        serving(handle) as server,
        HttpFetcher(private_hosts=[HERE], clock=lambda: SCENE.at) as fetcher,
    ):
        made = status_list(SCENE.issuer_identity, uri=server.uri("/status/0"))
        tokens["/status/0"] = content_of(made.token)
        here = World(server, fetcher, count())
        assert here.judge(valid) == (Outcome.PASSED, 1)
        here = World(server, fetcher, count())
        assert here.judge(forged) == (Outcome.FAILED, 0)


def test_verifying_itself_asks_nobody_whoever_is_named(world: World) -> None:
    valid, _ = FORGED[0].twins(SCENE)
    uri = world.server.uri("/status/0")
    valid.payload = {"status": {"status_list": {"idx": 7, "uri": uri}}}
    anchor = SCENE.pki.anchor().with_fetch_origins(world.server.origin)
    report = evaluate_presentation(
        valid.response(),
        request=valid.request,
        trust=TrustStore([anchor]),
        at=SCENE.at,
    ).report
    assert report.missing() == (StatusListNeeded(uri, 7, (world.server.origin,)),)
    assert world.server.connections == 0
