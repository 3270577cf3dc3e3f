"""Mobile documents with faults in them: read or refused, and never believed.

    python -m tests.properties.mdoc_mutations [--count 1000000] [--seed 1]

What is shown, issued, signed and asked is changed at random, by octets and by values,
those inside of byte strings too. Whatever comes of it, a reader returns or raises
`MalformedError`, `LimitError` or `UnsupportedError` and nothing else; what it returns
is judged, never raises, and passes with nothing but what was issued.

The run is for before a release, not for the gate, which makes few of them
(`test_mdoc_mutations.py`). It prints how many of each outcome there were.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from resource import RLIMIT_AS, setrlimit
from typing import Final

from idwallet.codec.cbor import CborTag, CborValue, read_cbor, write_cbor
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.evaluate import Elements, evaluate
from idwallet.credentials.mdoc.evaluate_request import evaluate_device_request
from idwallet.credentials.mdoc.mso import Authorizations, read_mso
from idwallet.credentials.mdoc.reader import SignedOver
from idwallet.credentials.mdoc.request import read_device_request
from idwallet.credentials.mdoc.structures import (
    read_device_response,
    read_issuer_signed,
)
from idwallet.credentials.mdoc.transcript import KnownTranscript
from idwallet.credentials.required import Context
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.report import Outcome
from idwallet.testing.mdoc import (
    NAMESPACE,
    MdocDraft,
    MdocScene,
    mdoc_draft,
    reader_draft,
)

_TAGS: Final = (0, 1, 18, 24, 61, 1004, 55799)
_LEAVES: Final[tuple[CborValue, ...]] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    24,
    (1 << 31) - 1,
    1 << 31,
    (1 << 64) - 1,
    -(1 << 64),
    0.5,
    "",
    "a",
    "1.0",
    "2.0",
    "docType",
    "2026-11-24T12:00:00Z",
    "2026-02-30T12:00:00Z",
    b"",
    b"\xa0",
    b"\x00" * 32,
    b"\xff" * 40,
    [],
    {},
)


_MOST: Final = 100_000
_REPEATS: Final = (2,) * 10 + (40,) * 9 + (5000,)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is changed, what reads it, and what is looked at in what was read."""

    name: str
    octets: bytes
    read: Callable[[bytes], object]


class Mutations:
    """Changes drawn from one seed: the same seed makes the same changes."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def changed(self, octets: bytes) -> bytes:
        """Return them with one to three changes."""
        for _ in range(self._random.choice((1, 1, 1, 2, 3))):
            octets = self._changed(octets)
        return octets

    def _changed(self, octets: bytes) -> bytes:
        if self._random.random() < 1 / 2:
            return self._by_octets(octets)
        try:
            return write_cbor(self._by_value(read_cbor(octets, at="")))
        except (MalformedError, UnsupportedError, UsageError):
            return self._by_octets(octets)

    def _by_octets(self, octets: bytes) -> bytes:
        draw, size = self._random, len(octets)
        start = draw.randrange(size + 1)
        end = min(size, start + draw.choice((0, 1, 1, 1, 2, 8, 64)))
        kind = draw.randrange(5)
        if kind == 0 and start < size:
            put = bytes([octets[start] ^ 1 << draw.randrange(8)])
            end = start + 1
        elif kind == 1:
            put = draw.randbytes(end - start)
        elif kind == 2:
            put = b""
        elif kind == 3:
            put = octets[start:end] * 2
        else:
            other = draw.randrange(size + 1)
            put = octets[other : other + end - start]
        return octets[:start] + put + octets[end:]

    def _by_value(self, value: CborValue) -> CborValue:
        """Change one place, at any depth."""
        draw = self._random
        if draw.random() < 1 / 12:
            return self._other(value)
        if isinstance(value, bytes) and value and draw.random() < 1 / 2:
            return self._changed(value)
        if isinstance(value, CborTag):
            if draw.random() < 1 / 6:
                return CborTag(draw.choice(_TAGS), value.value)
            return CborTag(value.number, self._by_value(value.value))
        if isinstance(value, list) and value:
            return self._in_list(value)
        if isinstance(value, dict) and value:
            return self._in_map(value)
        return self._other(value)

    def _in_list(self, value: list[CborValue]) -> CborValue:
        draw, n = self._random, self._random.randrange(len(value))
        kind = draw.randrange(8)
        if kind == 0:
            return value[:n] + value[n + 1 :]
        if kind == 1:
            return [*value, value[n]]
        if kind == 2:
            return draw.sample(value, len(value))
        return [*value[:n], self._by_value(value[n]), *value[n + 1 :]]

    def _in_map(self, value: dict[int | str | bytes, CborValue]) -> CborValue:
        draw = self._random
        name = draw.choice(list(value))
        kind = draw.randrange(10)
        made = dict(value)
        if kind == 0:
            del made[name]
        elif kind == 1:
            made["another"] = made[name]
        elif kind == 2:
            made[draw.choice((0, 33, "docType", "a", b"\x00"))] = made.pop(name)
        else:
            made[name] = self._by_value(made[name])
        return made

    def _other(self, value: CborValue) -> CborValue:
        draw = self._random
        kind = draw.randrange(6)
        if kind == 0:
            return [value]
        if kind == 1:
            return CborTag(draw.choice(_TAGS), value)
        if kind == 2:
            # No more than a response may have: changes follow on one another.
            room = _MOST // len(write_cbor(value))
            return [value] * max(1, min(room, draw.choice(_REPEATS)))
        if kind == 3:
            return {draw.choice((0, "a", b"a")): value}
        return draw.choice(_LEAVES)


class Judged:
    """Reads and judges responses to one conversation; counts what they come to."""

    def __init__(self) -> None:
        self.scene = MdocScene()
        self.draft: MdocDraft = mdoc_draft(self.scene)
        # One that has no other inputs to be tried, as a diagnosis would.
        known = KnownTranscript(self.draft.session.handover.transcript())
        self.session = Session(known, self.scene.reader)
        self.context = Context(self.draft.trust, self.draft.policy, self.draft.at)
        self.issued: dict[str, CborValue] = {}
        self.found: Counter[str] = Counter()

    def subjects(self) -> list[Subject]:
        """Return everything that is changed."""
        shown = [("shown, signed", self.draft), ("shown, MACed", self._maced())]
        said = self._with_elements_of_the_device()
        shown.append(("shown, with elements of the device", said))
        found = [Subject(name, each.response(), self.judge) for name, each in shown]
        errors = mdoc_draft(self.scene)
        errors.on_response = lambda held: held.update(
            documentErrors=[{"org.example.1": 0}]
        )
        errors.on_document = lambda held: held.update(
            errors={NAMESPACE: {"given_name": 0}}
        )
        found.append(Subject("shown, with errors", errors.response(), self.judge))
        read = read_device_response(found[0].octets, at="").documents[0].issuer_signed
        for each in read.namespaces[NAMESPACE]:
            self.issued[each.element] = each.value
        issued: CborValue = {
            "nameSpaces": {
                name: [CborTag(24, each.octets) for each in items]
                for name, items in read.namespaces.items()
            },
            "issuerAuth": read.auth_value,
        }
        found.append(Subject("issued", write_cbor(issued), _read_issued))
        found.append(Subject("signed", read.auth.payload, _read_mso))
        found += [
            Subject(f"asked, signed over {over.value}", *self._asked(over))
            for over in SignedOver
        ]
        return found

    def _asked(self, over: SignedOver) -> tuple[bytes, Callable[[bytes], object]]:
        """Return a request, and what reads and judges it as a wallet would."""
        made = reader_draft(self.scene)
        made.over = over
        octets = made.request()
        items = {each.octets for each in made.items()}
        context = Context(made.trust, made.policy, made.at)

        def judge(changed: bytes) -> object:
            read = read_device_request(changed, at="request")
            verdict = evaluate_device_request(
                changed, handover=made.heard_in, context=context
            )
            passed = verdict.request is not None
            self.found["asked: passed" if passed else "asked: not passed"] += 1
            if verdict.request is not None:
                asked = {each.items.octets for each in verdict.request.documents}
                if verdict.signer is None or not asked <= items:
                    raise AssertionError("passed with what nobody asked")
            return read

        return octets, judge

    def _maced(self) -> MdocDraft:
        made = self._alike()
        made.is_mac = True
        return made

    def _with_elements_of_the_device(self) -> MdocDraft:
        made = self._alike()
        made.device_elements = {"org.example.1": {"seen": True}}
        allowed = Authorizations(frozenset({"org.example.1"}))
        object.__setattr__(made.content, "authorizations", allowed)
        return made

    def _alike(self) -> MdocDraft:
        made = mdoc_draft(self.scene)
        made.session, made.signed_for = self.draft.session, self.draft.signed_for
        return made

    def judge(self, octets: bytes) -> object:
        """Read and judge a response; what passes is what was issued."""
        read = read_device_response(octets, at="response")
        for each in read.documents:
            verdict = evaluate(
                each, session=self.session, context=self.context, subject="it"
            )
            outcomes = {check.outcome for check in verdict.checks}
            passed = outcomes == {Outcome.PASSED}
            self.found["judged: passed" if passed else "judged: not passed"] += 1
            if passed:
                _require_issued(verdict.elements, self.issued)
        return read


def _require_issued(shown: Elements, issued: dict[str, CborValue]) -> None:
    for namespace, elements in shown.items():
        for name, value in elements.items():
            if namespace != NAMESPACE or issued[name] != value:
                raise AssertionError(f"passed with what nobody issued: {name}")


def _read_issued(octets: bytes) -> object:
    return read_issuer_signed(octets, at="credential")


def _read_mso(octets: bytes) -> object:
    return read_mso(octets, at="payload")


def run(count: int, *, seed: int) -> Counter[str]:
    """Read so many changed inputs; return how many came to what.

    Raises:
        AssertionError: one passed with something that was not issued.
    """
    judged, mutations = Judged(), Mutations(seed)
    subjects = judged.subjects()
    for each in subjects:
        each.read(each.octets)
    for n in range(count):
        subject = subjects[n % len(subjects)]
        octets = mutations.changed(subject.octets)
        try:
            subject.read(octets)
            outcome = "read"
        except LimitError:
            outcome = "over a limit"
        except MalformedError:
            outcome = "malformed"
        except UnsupportedError:
            outcome = "unsupported"
        except BaseException:
            sys.stderr.write(f"{subject.name}, input {n}: {octets.hex()}\n")
            raise
        judged.found[outcome] += 1
    return judged.found


_MEMORY: Final = 1 << 30


def main() -> None:
    """Run them and print what they came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    # Whatever is read, a reader needs no more than this.
    setrlimit(RLIMIT_AS, (_MEMORY, _MEMORY))
    found = run(chosen.count, seed=chosen.seed)
    for outcome, times in sorted(found.items()):
        sys.stdout.write(f"{outcome}: {times:,}\n")


if __name__ == "__main__":
    main()
