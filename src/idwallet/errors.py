"""Every exception that idwallet raises, and the one gate that raises a verdict.

    IdWalletError
    |- UsageError(ValueError)     the calling program broke a documented rule
    |- MalformedError             bytes break their format: what, at, clause
    |  |- LimitError              refused before parsing: a bound in `limits` is passed
    |  |- WrongKey                a key or passphrase does not open what is sealed
    |  `- OlderCopy               a wallet is older than what was known of it
    |- UnsupportedError           well-formed, but not something this version does
    |- VerificationError          a verdict that is not a pass: report
    |  |- VerificationFailed
    |  `- VerificationIndeterminate
    |- SignerError                a key could not sign
    |  |- SignerUnavailable       token, card or service is not there
    |  |- SignerLocked            a PIN, passphrase or fingerprint is missing or wrong
    |  `- SigningDeclined         the person or the device said no
    |- BatchEmpty                 every copy of a one-time credential was shown
    |- ProtocolError              the peer broke the protocol: reply
    `- PortError                  an adapter's input or output failed; cause chained

Messages name the fault, the place and the clause, never a value that was found
there: values are personal data or attacker's text.
"""

from collections.abc import Mapping

from idwallet.report import Outcome, Reason, Report


class IdWalletError(Exception):
    """Anything that idwallet raises on purpose."""


class UsageError(IdWalletError, ValueError):
    """The calling program broke a documented rule: fix it, do not catch it."""


class MalformedError(IdWalletError):
    """Input breaks its format.

    `what` says how, `at` where (a JSON pointer, a byte offset or the part's name),
    `clause` which rule of which standard it breaks.
    """

    def __init__(self, what: str, *, at: str, clause: str) -> None:
        """Keep the three fields; the message joins them."""
        super().__init__(f"{what} (at {at}; {clause})")
        self.what = what
        self.at = at
        self.clause = clause

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between processes."""
        return _rebuild, (type(self), (self.what, self.at, self.clause))


class LimitError(MalformedError):
    """Input passes a bound named in `idwallet.limits`; it was refused unread."""


class WrongKey(MalformedError):  # noqa: N818 - a state, not a fault
    """The key or passphrase does not open what was sealed: ask for it again."""


class OlderCopy(MalformedError):  # noqa: N818 - a state, not a fault
    """A wallet is older than what was known of it: somebody brought a copy back.

    What was shown, erased or received since is not in it, so credentials that may be
    shown once would be shown again.
    """


class UnsupportedError(IdWalletError):
    """Input or request is well-formed, and not something this version does.

    `what` names it, `at` says where it stands ("" when it came by a call).
    """

    def __init__(self, what: str, *, at: str = "", clause: str = "") -> None:
        """Keep the fields; the message joins them."""
        place = "; ".join(part for part in (at and f"at {at}", clause) if part)
        super().__init__(f"{what} ({place})" if place else what)
        self.what = what
        self.at = at
        self.clause = clause

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between processes."""
        return _rebuild, (type(self), (self.what, self.at, self.clause))


def _rebuild(kind: type, fields: tuple[str, str, str]) -> object:
    what, at, clause = fields
    return kind(what, at=at, clause=clause)


class VerificationError(IdWalletError):
    """A verdict that is not a pass. `report` says why, check by check."""

    def __init__(self, report: Report) -> None:
        """Name the checks that stood in the way; the report has the rest."""
        reasons = [
            f"{each.id.value} {each.reason.value} [{each.subject}]"
            for each in report.failed() or report.indeterminate()
        ]
        reasons += [f"{each.value} did not run [{on}]" for each, on in report.not_run()]
        what = "; ".join(reasons) or "no check was required"
        super().__init__(f"{report.outcome.value}: {what}")
        self.report = report

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between processes."""
        return type(self), (self.report,)


class VerificationFailed(VerificationError):  # noqa: N818 - reads as the verdict
    """A no: at least one check failed."""


class VerificationIndeterminate(VerificationError):  # noqa: N818 - reads as the verdict
    """Neither yes nor no: `report.missing()` names what would settle it.

    `awaiting` is what a person can settle here and now: an
    `idwallet.roles.portrait.AwaitingPortrait` where nothing else is left than to
    compare the portrait, otherwise None. It does not travel between processes.
    """

    def __init__(self, report: Report, *, awaiting: object = None) -> None:
        """Keep the report, and what a person can settle."""
        super().__init__(report)
        self.awaiting = awaiting


class SignerError(IdWalletError):
    """A key could not sign."""


class SignerUnavailable(SignerError):  # noqa: N818 - a state, not a fault
    """The token, card or service that holds the key is not there."""


class SignerLocked(SignerError):  # noqa: N818 - a state, not a fault
    """A PIN, passphrase or fingerprint is missing or wrong."""


class SigningDeclined(SignerError):  # noqa: N818 - a decision, not a fault
    """The person or the device said no."""


class BatchEmpty(IdWalletError):  # noqa: N818 - a state, not a fault
    """No copy of a one-time credential is left that its policy would show.

    Ask its issuer for more and give them to `Holder.add_batch`; or, where the issuer
    allows it and the person agrees to be recognised, add them by a policy whose
    `when_empty` shows the last copy again. `card` is the credential's name in the
    wallet.
    """

    def __init__(self, card: str) -> None:
        """Keep the card; the message says what helps."""
        super().__init__("every copy was shown: ask the issuer for more of them")
        self.card = card

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between processes."""
        return type(self), (self.card,)


class ProtocolError(IdWalletError):
    """The peer broke the protocol.

    `reply` is what the standard says to answer (for OpenID4VP ``{"error": code}``);
    it never holds free text.
    """

    def __init__(self, message: str, *, reply: Mapping[str, str]) -> None:
        """Keep the reply apart from the message, which stays on this side."""
        super().__init__(message)
        self.reply = dict(reply)

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between processes."""
        return _rebuild_protocol, (self.args[0], self.reply)


def _rebuild_protocol(message: str, reply: Mapping[str, str]) -> ProtocolError:
    return ProtocolError(message, reply=reply)


class PortError(IdWalletError):
    """An adapter's input or output failed; the cause is chained."""


def fault_reason(error: MalformedError | UnsupportedError) -> Reason:
    """Return the reason that a reader's error stands for in a check."""
    if isinstance(error, LimitError):
        return Reason.LIMIT_EXCEEDED
    if isinstance(error, UnsupportedError):
        return Reason.UNSUPPORTED
    return Reason.MALFORMED


def require_passed(report: Report) -> None:
    """Return only if the report passed.

    Raises:
        VerificationFailed: a check failed.
        VerificationIndeterminate: nothing failed, but not all is decided.
    """
    if report.outcome is Outcome.PASSED:
        return
    if report.outcome is Outcome.FAILED:
        raise VerificationFailed(report)
    raise VerificationIndeterminate(report)
