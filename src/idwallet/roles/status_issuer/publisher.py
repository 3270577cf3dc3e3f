"""Sign status lists that changed or grew old, and put them where readers fetch them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.crypto.signer import Signer
from idwallet.errors import UsageError
from idwallet.ports import (
    Publication,
    Publish,
    ShardRecord,
    StatusSession,
    StatusStore,
)
from idwallet.roles.issuer import CertificateChain, read_chain
from idwallet.roles.status_issuer.places import status_bytes
from idwallet.trust.status_list import (
    Effort,
    StatusListContent,
    issue_status_list,
    issue_status_list_cwt,
)
from idwallet.trust.status_list.aggregation import AGGREGATION_TYPE, write_aggregation

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
AGGREGATION: Final = "aggregation"
"""The name of the document that names every list."""


class ListForm(StrEnum):
    """How a list is written; the values are the media types (sections 5.1 and 5.2)."""

    JWT = "application/statuslist+jwt"
    CWT = "application/statuslist+cwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishingRules:
    """How long published lists live, and in which forms they come.

    Readers look for a new one `ttl` after they fetched one, and rely on none from
    `life` after its issue on. A list in which nothing changed is signed anew once it is
    `ttl` old; so publish more often than `life` - `ttl`. `aggregation_uri` is where
    readers find the document named `AGGREGATION`.
    """

    ttl: timedelta = timedelta(hours=12)
    life: timedelta = timedelta(hours=48)
    forms: tuple[ListForm, ...] = (ListForm.JWT,)
    aggregation_uri: str | None = None
    effort: Effort = Effort.QUICK

    def __post_init__(self) -> None:
        """Refuse rules under which readers would be left without a list.

        Raises:
            UsageError: no form, or `ttl` is not between a second and less than `life`.
        """
        if not self.forms or len(set(self.forms)) != len(self.forms):
            raise UsageError("lists are published in one form, or in each of several")
        if not timedelta(seconds=1) <= self.ttl < self.life:
            raise UsageError("a list lives longer than until a new one is looked for")


@dataclass(frozen=True, slots=True)
class Published:
    """What one publication came to: the addresses of lists.

    `signed` were put, `unchanged` stand as they were, `retired` are published no more,
    since every credential in them has expired.
    """

    signed: tuple[str, ...]
    unchanged: tuple[str, ...]
    retired: tuple[str, ...]


Progress = Callable[[int, int], None]
"""Told how many lists are done, and of how many."""


def _quietly(_done: int, _all: int) -> None:
    """Tell nobody."""


class StatusPublisher:
    """Signs the lists of a store with one key.

    Readers know the key by its certificate chain (`certificates`, leaf first), or, if
    they pinned it, by `kid`. Thread-safe.
    """

    def __init__(
        self,
        *,
        store: StatusStore,
        signer: Signer,
        certificates: CertificateChain | None = None,
        kid: str | None = None,
        rules: PublishingRules | None = None,
    ) -> None:
        """Bind key and certificates together.

        Raises:
            UsageError: neither chain nor `kid`, or the leaf holds another key.
            MalformedError: a certificate cannot be read.
        """
        if (certificates is None) is (kid is None):
            raise UsageError("a publisher has either certificates or a kid")
        self._store = store
        self._signer = signer
        self._kid = kid
        self._chain = () if certificates is None else read_chain(certificates)
        if self._chain and self._chain[0].public_key != signer.public_key:
            raise UsageError("the first certificate holds another key")
        self._rules = PublishingRules() if rules is None else rules

    def publish(
        self,
        put: Publish,
        *,
        at: datetime,
        everything: bool = False,
        progress: Progress = _quietly,
    ) -> Published:
        """Sign and put the lists that are due, then the document that names all.

        Due is what changed since, what is older than the rules say, and `everything`
        where it is asked for. Two that publish at once take turns, so that no older
        state takes the place of a newer one. A list is put before it counts as
        published: after a crash the next publication goes on where that one stopped.
        In SQLite, changes wait while one list is signed and put.

        Raises:
            UsageError: the moment has no zone, lies before an earlier publication by
                more than `limits.CLOCK_SKEW`, or the certificate is not valid then.
            SignerError: the key could not sign.
            PortError: the store failed, or `put` did; what was put before stands.
        """
        require_aware(at)
        self._require_valid(at)
        with self._store.view() as session:
            shards = session.shards()
        live = [each for each in shards if not _is_retired(each, at)]
        due = [each for each in live if everything or self._is_due(each, at)]
        signed = []
        for done, shard in enumerate(due):
            progress(done, len(due))
            if self._renew(shard.name, put, at=at, everything=everything):
                signed.append(shard.uri)
        progress(len(due), len(due))
        uris = [each.uri for each in live]
        put(Publication(AGGREGATION, AGGREGATION_TYPE, write_aggregation(uris)))
        unchanged = sorted(set(uris).difference(signed))
        retired = [each.uri for each in shards if _is_retired(each, at)]
        return Published(tuple(signed), tuple(unchanged), tuple(retired))

    def _require_valid(self, at: datetime) -> None:
        for certificate in self._chain:
            if not certificate.not_before <= at <= certificate.not_after:
                raise UsageError("the signer's certificate is not valid at that moment")

    def _is_due(self, shard: ShardRecord, at: datetime) -> bool:
        if shard.published != shard.revision:
            return True
        return at - _moment(shard.published_at) >= self._rules.ttl

    def _renew(
        self, name: str, put: Publish, *, at: datetime, everything: bool
    ) -> bool:
        """Publish one list, unless whoever was waited for has done it."""
        with self._store.session() as session:
            shard = session.publish(name)
            if shard is None or not (everything or self._is_due(shard, at)):
                return False
            last = _moment(shard.published_at)
            if last - at > limits.CLOCK_SKEW:
                raise UsageError("a list was published later: is the clock right?")
            # Of two machines one may be a little behind; a list's time never goes back.
            at = max(at, last)
            content = self._content(session, shard, at=at)
            for form in self._rules.forms:
                token = self._sign(form, content, at=at)
                put(Publication(shard.name, form.value, token))
            moment = (at - _EPOCH) // _MICROSECOND
            session.published(name, revision=shard.revision, at=moment)
        return True

    def _content(
        self, session: StatusSession, shard: ShardRecord, *, at: datetime
    ) -> StatusListContent:
        pages = session.pages(shard.name)
        return StatusListContent(
            uri=shard.uri,
            bits=shard.bits,
            array=b"".join(status_bytes(page, bits=shard.bits) for page in pages),
            expires=at + self._rules.life,
            ttl=self._rules.ttl,
            aggregation_uri=self._rules.aggregation_uri,
            effort=self._rules.effort,
        )

    def _sign(
        self, form: ListForm, content: StatusListContent, *, at: datetime
    ) -> bytes:
        chain = [each.der for each in self._chain]
        if form is ListForm.CWT:
            kid = None if self._kid is None else self._kid.encode()
            return issue_status_list_cwt(
                content, signer=self._signer, certificates=chain, kid=kid, at=at
            )
        token = issue_status_list(
            content, signer=self._signer, certificates=chain, kid=self._kid, at=at
        )
        return token.encode("ascii")


def _moment(stored: int) -> datetime:
    return _EPOCH + stored * _MICROSECOND


def _is_retired(shard: ShardRecord, at: datetime) -> bool:
    return at - _moment(shard.until) > limits.CLOCK_SKEW_MAXIMUM
