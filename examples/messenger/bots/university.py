"""A university: sees who somebody is, then issues a student card and a diploma.

What it issues says what the person has shown, and nothing that it knew before.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Final

from examples.messenger.desk import IssuingBot, issued
from examples.messenger.talking import Judged, Talk, World

from idwallet import (
    Query,
    SdJwtVc,
    Unverified,
    VerifiedPresentation,
    Verifier,
    policies,
)
from idwallet.consent import Promise
from idwallet.protocols import ChatMessage
from idwallet.roles import Supplied

_HOST: Final = "university.example"
_CARD: Final = "student-card"
_DIPLOMA: Final = "diploma"
_LIFE: Final = timedelta(days=14)
_SEEN: Final = "seen"
# What is asked for, and how the card calls it.
_ASKED: Final = {
    "family_name": "family_name",
    "given_name": "given_name",
    "birth_date": "birthdate",
}


class University(IssuingBot):
    """Issues to whom it has seen the identity of."""

    name = "university"
    order = 40
    buttons = ("enrol", "card", "diploma", "why", "lost")
    sentences = Path(__file__).with_suffix(".json")
    keeps = _SEEN
    origin = f"https://{_HOST}"
    display = {  # noqa: RUF012 - nobody changes it
        "en": "University of Exampleton (invented)",
        "ru": "Образцовский университет (вымышленный)",
    }
    configurations = {  # noqa: RUF012 - nobody changes it
        _CARD: issued(
            "urn:idwallet:student-card:1",
            scope=_CARD,
            en="Student card",
            ru="Студенческий билет",
        ),
        _DIPLOMA: issued(
            "urn:eu.europa.ec.eudi:learning:credential:1",
            scope=_DIPLOMA,
            en="Diploma",
            ru="Диплом",
        ),
    }

    def __init__(self, world: World) -> None:
        """Be known by the certificate of university.example when it asks."""
        super().__init__(world)
        self._who = self.asks_as(_HOST, "вымышленный университет")

    def greet(self, talk: Talk) -> None:
        """Say what is to be had."""
        talk.say("hello", buttons=("enrol", "why"))

    def reply(self, talk: Talk, pressed: str | None) -> None:
        """Enrol, hand out cards, or talk."""
        if pressed == "enrol":
            talk.say("ask")
            talk.ask(
                self._verifier(talk),
                Query.claims("national-id", *_ASKED, formats=["dc+sd-jwt"]),
                purpose="enrolment",
            )
        elif pressed in {"card", "diploma"}:
            self._offered(talk, _CARD if pressed == "card" else _DIPLOMA)
        elif pressed == "lost":
            talk.say("revoked", count=self.revoke(talk), buttons=self._next(talk))
        elif pressed == "why":
            talk.say("why", buttons=self._next(talk))
        else:
            talk.say("lost", buttons=self._next(talk))

    def _next(self, talk: Talk) -> tuple[str, ...]:
        seen = talk.turn.kept(_SEEN) is not None
        return ("card", "diploma", "lost", "why") if seen else ("enrol", "why")

    def _verifier(self, talk: Talk) -> Verifier:
        return Verifier(identity=self._who, policy=policies.RETAIL, replay=talk.turn)

    def judge(self, talk: Talk, came: ChatMessage) -> None:
        """Enrol whoever was seen."""
        judged = talk.judge(self._verifier(talk), came)
        if judged is None:
            talk.say("unasked", buttons=self._next(talk))
            return
        if isinstance(judged.result, Unverified):
            self._refuse(talk, judged)
            talk.send_receipt(judged, came)
            return
        until = (talk.turn.at + _LIFE).replace(microsecond=0)
        seen = {"claims": _shown(judged.result), "until": until.isoformat()}
        talk.turn.keep(_SEEN, json.dumps(seen))
        talk.say("enrolled", until=f"{until:%d.%m.%Y}", buttons=self._next(talk))
        basis = talk.words("basis")
        keeps = Promise(kept=True, until=until, basis=basis)
        talk.send_receipt(judged, came, keeps=keeps)

    def _refuse(self, talk: Talk, judged: Judged) -> None:
        if judged.is_declined:
            talk.say("declined", buttons=("enrol", "why"))
        else:
            talk.say("refused", buttons=("enrol",), verdict=judged.told(talk.lang))

    def _offered(self, talk: Talk, configuration: str) -> None:
        if talk.turn.kept(_SEEN) is None:
            talk.say("first", buttons=("enrol", "why"))
            return
        talk.say(f"offer.{configuration}")
        self.offer(talk, [configuration])

    def supplied(self, talk: Talk, configuration: str) -> Supplied | None:
        """Write what the person showed into what is issued."""
        kept = talk.turn.kept(_SEEN)
        if kept is None:
            return None
        seen = json.loads(kept)["claims"]
        make = _student_card if configuration == _CARD else _diploma
        return Supplied(make(seen, talk.person), talk.turn.at + _LIFE)

    def told(self, talk: Talk, configuration: str, *, taken: bool) -> None:
        """Say that it is known what became of it."""
        buttons = self._next(talk)
        talk.say(f"done.{configuration}" if taken else "not.taken", buttons=buttons)


def _shown(result: VerifiedPresentation) -> dict[str, str]:
    (credential,) = result.credentials
    return {claim: credential.claim_named(each, str) for each, claim in _ASKED.items()}


def _student_card(seen: dict[str, str], person: str) -> SdJwtVc:
    return SdJwtVc(
        vct="urn:idwallet:student-card:1",
        claims={
            **seen,
            "schac_personal_unique_code": (
                f"urn:schac:personalUniqueCode:int:esi:{_HOST}:TEST-{person}"
            ),
            "card_number": f"TEST-S-{person}",
            "schac_home_organization": _HOST,
            "institution_name": "Образцовский университет",
            "eduperson_affiliation": ["student"],
            "field_of_study": "Право",
            "level_of_study": "Бакалавриат",
            "issuing_authority": "TEST university",
            "issuing_country": "XX",
        },
    )


def _diploma(seen: dict[str, str], person: str) -> SdJwtVc:
    return SdJwtVc(
        vct="urn:eu.europa.ec.eudi:learning:credential:1",
        claims={
            "family_name": seen["family_name"],
            "given_name": seen["given_name"],
            "achievement_title": "Бакалавр права (вымышленный диплом)",
            "assessment_grade": "отлично",
            "language_of_classes": ["ru"],
            "learner_identification": f"TEST-L-{person}",
            "level_of_learning_experience": 6,
            "issuing_authority": "TEST university",
            "issuing_country": "XX",
        },
    )


BOT = University
