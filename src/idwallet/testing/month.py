"""A month of one shop that has no network: who issues, who operates, who sells.

    month = Month(folder)
    anna = month.ministry.issue("Anna", day=1)
    print(month.till.take(month.bundle(day=1, number=1)))
    print(month.till.sell(anna, day=2))

Days are those of November 2026. Everybody is invented, and every key is a test key.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from idwallet.adapters.bundle import BundleFile, FileBundleState, update_bundle
from idwallet.adapters.store import MemoryStore
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import Signer, StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore, SoftwareSigner
from idwallet.errors import VerificationError
from idwallet.report import Outcome, Report, StatusListNeeded
from idwallet.roles.holder import Holder
from idwallet.roles.issuer import Issuer
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.evidence import status_list
from idwallet.testing.pki import TestPki
from idwallet.testing.scene import ANSWER_TO, PID, test_claims
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.bundle import (
    BundleContent,
    BundleContext,
    BundlePart,
    PartKind,
    announce_key,
    build_bundle,
)
from idwallet.trust.bundle.frame import MemorySource
from idwallet.trust.evidence import content_of
from idwallet.trust.policies import RETAIL
from idwallet.trust.replay import MemoryReplay

SERIES: Final = "idwallet TEST shops"
_OCTOBER_31: Final = datetime.fromisoformat("2026-10-31T09:00:00+00:00")
_MADE: Final = _OCTOBER_31 - timedelta(days=60)
_DAY: Final = timedelta(days=1)
_REVOKED: Final = 1
_ENTRIES: Final = 10_000


def morning(day: int) -> datetime:
    """Return nine o'clock (UTC) of that day of November 2026."""
    return _OCTOBER_31 + day * _DAY


class Card(NamedTuple):
    """An identity card in the wallet of whom it was issued to."""

    of: str
    place: int
    wallet: Holder


class Ministry:
    """Issues cards, and says which of them were taken back."""

    def __init__(self, name: str) -> None:
        """Make its keys."""
        self.name = name
        self._address = f"https://{name.lower().replace(' ', '-')}.example"
        self._pki = TestPki(at=_MADE)
        self._identity = self._pki.issuer(self._address)
        self._revoked: list[tuple[int, int]] = []
        self._issued = 0

    @property
    def anchor(self) -> TrustAnchor:
        """Its root."""
        return replace(
            self._pki.anchor(purposes=[Purpose.ISSUE_CREDENTIALS]), name=self.name
        )

    def issue(self, of: str, *, day: int, readers: TrustAnchor) -> Card:
        """Issue a card to a new wallet, which believes those who ask below `readers`.

        It is what a thief of the keys can do, too, with any day.
        """
        keys = MemoryKeyStore()
        key = StoredKeySigner(keys.create(Algorithm.ES256.jose, None)).public_key
        self._issued += 1
        where = StatusListNeeded(f"{self._address}/status/1", self._issued)
        issuer = Issuer(signer=self._identity.signer, certificates=self._identity.chain)
        credential = issuer.issue(
            SdJwtVc(vct=PID, claims=test_claims(), status=where),
            holder_key=HolderKey.unproven(key, reason="a test key made here"),
            valid_until=morning(day) + 90 * _DAY,
            at=morning(day),
        )
        wallet = Holder(
            store=MemoryStore(),
            seal=SealKey(bytes(range(32))),
            keys=keys,
            trust=TrustStore([self.anchor, readers]),
        )
        wallet.add(credential, at=morning(day))
        return Card(of, self._issued, wallet)

    def revoke(self, card: Card) -> None:
        """Take a card back; whoever gets the next list sees it."""
        self._revoked.append((card.place, _REVOKED))

    def listed(self, day: int) -> BundlePart:
        """Return the list of that day, which may be kept for a day and used for 14."""
        made = status_list(
            self._identity,
            entries=self._revoked,
            uri=f"{self._address}/status/1",
            size=_ENTRIES,
            at=morning(day),
            life=14 * _DAY,
            ttl=_DAY,
        )
        return BundlePart(
            kind=PartKind.STATUS_LIST,
            name=made.uri,
            data=content_of(made.token),
            as_of=morning(day),
        )


class Operator:
    """Makes the bundles of a chain of shops, each meant to last three days."""

    def __init__(self) -> None:
        """Make its first key, which the tills pin, and the one that is to follow."""
        self.first = SoftwareSigner.generate(Algorithm.ES256)
        self.second = SoftwareSigner.generate(Algorithm.ES256)

    def announcement(self, *, day: int, number: int) -> bytes:
        """Have the first key name the second, from that number on."""
        return announce_key(
            self.second.public_key,
            series=SERIES,
            sequence=number,
            signer=self.first,
            issued=morning(day),
        )

    def bundle(
        self,
        number: int,
        *,
        day: int,
        anchors: Sequence[TrustAnchor],
        lists: Sequence[BundlePart],
        by: Signer | None = None,
        announcements: Sequence[bytes] = (),
    ) -> bytes:
        """Make a bundle, signed with the first key unless another is given."""
        at = morning(day)
        content = BundleContent(
            series=SERIES,
            sequence=number,
            issued=at,
            next_update=at + 3 * _DAY,
            parts=[BundlePart.of_anchors(anchors, name="roots", as_of=at), *lists],
            announcements=announcements,
        )
        return build_bundle(content, signer=by or self.first)


class Till:
    """Sells to adults, offline, with the bundle in its folder."""

    def __init__(
        self, folder: Path, operator: Operator, *, tell: Callable[[Report], str]
    ) -> None:
        """Pin the operator's first key; there is no bundle yet.

        `tell` says what a clerk reads first.
        """
        self._tell = tell
        self._path = folder / "shop.bundle"
        self._state = FileBundleState(folder / "shop.bundle.state")
        self._operator = operator.first.public_key
        self._pki = TestPki(at=_MADE)
        shop = self._pki.reader("shop.example")
        self._verifier = Verifier(
            identity=RelyingParty(
                signer=shop.signer, certificates=shop.chain, answer_to=ANSWER_TO
            ),
            policy=RETAIL,
            replay=MemoryReplay(),
        )

    @property
    def readers(self) -> TrustAnchor:
        """Whom wallets believe about who the shop is."""
        return self._pki.anchor(purposes=[Purpose.READ_CREDENTIALS])

    def take(self, update: bytes, *, day: int) -> str:
        """Put a bundle or a delta in place; say what became of it."""
        context = BundleContext(self._operator, self._state, morning(day), RETAIL)
        try:
            new = update_bundle(self._path, MemorySource(update), context=context)
        except VerificationError as error:
            return self._told(error.report)
        return f"now at number {new.manifest.sequence}"

    def sell(self, card: Card, *, day: int, clock: datetime | None = None) -> str:
        """Ask whether somebody is of age; return what the clerk reads, and why.

        `clock` is what the till takes for the time, where that is wrong.
        """
        at = clock or morning(day)
        with BundleFile(self._path) as file:
            try:
                trust = TrustStore.from_bundle(
                    file,
                    operator=self._operator,
                    state=self._state,
                    at=at,
                    policy=RETAIL,
                )
            except VerificationError as error:
                return self._told(error.report)
            request = self._verifier.request(
                Query.age_over(18), purpose="age-restricted sale", at=at
            )
            asked = card.wallet.read_request(request.message.raw, at=at)
            choice = card.wallet.match(asked, at=at).choose()
            answer = card.wallet.present(asked, choice, at=at).body
            return self._told(
                evaluate_presentation(
                    answer, request=request, trust=trust, at=at
                ).report
            )

    def _told(self, report: Report) -> str:
        """Return the headline, the checks that decided, and as of when."""
        why = ", ".join(_why(report)) or "every check passed"
        return f"{self._tell(report)}\n    {why}{_as_of(report)}"


def _why(report: Report) -> Iterator[str]:
    decided = report.failed() or report.indeterminate()
    if report.outcome is Outcome.PASSED:
        decided = tuple(
            each for each in report.checks if each.reason.value in _WORTH_TELLING
        )
    yield from (
        f"{each.id.value} {each.reason.value}"
        for each in decided
        if each.reason.value != "waiting"
    )


_WORTH_TELLING: Final = frozenset(
    {"anchors_stale_accepted", "not_revoked_stale_accepted"}
)


def _as_of(report: Report) -> str:
    if report.anchors is None:
        return ""
    lists = {each.as_of for each in report.evidence if each.as_of is not None}
    dates = ", ".join(f"{each:%d %B}" for each in sorted(lists))
    return f"; by bundle {report.anchors.sequence}, list of {dates}"
