"""Status lists cross over to another implementation and back."""

import random
from typing import Final

import pytest

from idwallet.adapters.sql import SqlStatusStore
from idwallet.codec import b64
from idwallet.ports import Publication
from idwallet.roles.status_issuer import (
    StatusIssuer,
    StatusPlan,
    StatusPublisher,
    StatusReference,
    Why,
)
from idwallet.testing.pki import MOMENT, TestPki
from idwallet.trust.status_list.bitmap import inflate, pack
from tests.interop.peers import NodePeer

pytestmark = pytest.mark.interop

URI: Final = "https://issuer.example/status/"
WHY: Final = Why("a test", "to be seen", MOMENT)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_the_peer_reads_what_we_publish(
    bits: int, node_peer: NodePeer, database_url: str
) -> None:
    store = SqlStatusStore(database_url)
    plan = StatusPlan(uri=URI, bits=bits, entries=65_536)
    issuer = StatusIssuer(store=store, plan=plan)
    places = issuer.allocate(60, valid_until=MOMENT)
    values = {each: n % (1 << bits) for n, each in enumerate(places)}
    by_value: dict[int, list[StatusReference]] = {}
    for place, value in values.items():
        by_value.setdefault(value, []).append(place)
    for value, each in list(by_value.items())[:8]:
        issuer.set_status(each, value, why=WHY)
    tokens = []

    def put(document: Publication) -> None:
        tokens.append(document.body)

    signer = TestPki(seed=b"a list for a peer").issuer()
    StatusPublisher(
        store=store, signer=signer.signer, certificates=signer.chain
    ).publish(put, at=MOMENT)
    indexes = [each.index for each in places]
    read = node_peer.ask(
        "readList", token=tokens[0].decode("ascii"), indexes=list(indexes)
    )
    assert read == [issuer.status(each).number for each in places]
    assert {value for value in by_value if value} & set(read)
    store.close()


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_we_read_what_the_peer_writes(bits: int, node_peer: NodePeer) -> None:
    chosen = random.Random(bits)
    statuses = [chosen.randrange(1 << bits) for _ in range(4_096)]
    written = node_peer.ask("writeList", statuses=list(statuses), bits=bits)
    array = inflate(b64.decode(str(written), at="lst"), at="lst")
    assert array == pack(enumerate(statuses), bits=bits, size=len(statuses))
