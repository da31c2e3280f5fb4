"""Sends e-mail through a mail server of the operator's own choice: encrypted, bounded in time, silent about secrets.

The server is named by whoever runs the installation, so that it may stand in our own network. STARTTLS and TLS check
its certificate; a server that offers no STARTTLS gets nothing, and a password never travels without encryption.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from email.message import EmailMessage
from enum import StrEnum
from typing import Annotated

import aiosmtplib
import msgspec

from core.addresses import as_ip
from core.errors import MarketwrightError, NeedsAttention, Rejected, RetryLater
from core.privacy import redact

ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$"
"""An address as mail servers without SMTPUTF8 take it, without a name, quotes or comments."""
HOST = r"^[A-Za-z0-9.:_-]{1,253}$"
LONGEST_SAYING = 200
QUIT_SECONDS = 2.0
"""What a server gets to say goodbye: it has taken the message by then, whatever it says."""
OF_ADDRESS = (550, 551, 553)
"""Answers to an address that will not become right; those about policy (5.7) concern us, not the address."""
LOCAL = ("localhost", "127.0.0.1", "::1")

Address = Annotated[str, msgspec.Meta(pattern=ADDRESS, max_length=254)]


class Security(StrEnum):
    """`starttls` encrypts after the greeting (port 587), `tls` from the start (465), `none` never."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class MailServer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mail server that takes what we send; without a `host` there is none.

    `sender` is the address that digests come from. `ca_file` is a certificate authority of one's own, in PEM. A
    message as a whole takes at most `timeout_seconds`.
    """

    host: Annotated[str, msgspec.Meta(pattern=HOST)] | None = None
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 587
    security: Security = Security.STARTTLS
    username: str | None = None
    password: str | None = None
    sender: Address | None = None
    ca_file: str | None = None
    timeout_seconds: Annotated[float, msgspec.Meta(gt=0.0, le=300.0)] = 30.0

    def __repr__(self) -> str:
        """Leave the password out."""
        return f"MailServer(host={self.host!r}, port={self.port}, security={self.security!r}, sender={self.sender!r})"


async def send(server: MailServer, message: EmailMessage, recipient: str) -> None:
    """Send one message to one address.

    RetryLater: the server is away, slow, or asks to come again (4xx). NeedsAttention: its settings are wrong.
    Rejected: it takes no mail for this address, now or later.
    """
    async with _session(server) as session:
        await session.send_message(message, sender=_sender(server), recipients=[recipient])


async def examine(server: MailServer) -> str:
    """Connect, encrypt and sign in without sending anything, and return what was found; errors as in `send`."""
    _sender(server)
    async with _session(server) as session:
        await session.noop()
    how = {Security.STARTTLS: "encrypted by STARTTLS", Security.TLS: "encrypted by TLS", Security.NONE: "unencrypted"}
    signed = f", signed in as {server.username}" if server.username else ""
    return f"{server.host}:{server.port} takes mail, {how[server.security]}{signed}"


@contextlib.asynccontextmanager
async def _session(server: MailServer) -> AsyncIterator[aiosmtplib.SMTP]:
    """Open a session for the time of the block; whatever goes wrong in it becomes an error of ours."""
    _check(server)
    session = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        timeout=server.timeout_seconds,
        use_tls=server.security is Security.TLS,
        start_tls=False,
        tls_context=None if server.security is Security.NONE else _tls(server),
        local_hostname=_sender(server).rpartition("@")[2],
    )
    try:
        async with asyncio.timeout(server.timeout_seconds):
            await session.connect()
            if server.security is Security.STARTTLS:
                await session.starttls()
            if server.username:
                await session.login(server.username, server.password or "")
            yield session
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await session.quit(timeout=QUIT_SECONDS)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise _ours(error, server) from error
    finally:
        session.close()


def _check(server: MailServer) -> None:
    if server.host is None:
        raise NeedsAttention("No mail server is set; see mail.host.", code="no_mail_server")
    is_local = server.host in LOCAL or (as_ip(server.host) or "").startswith("127.")
    if server.security is Security.NONE and server.username and not is_local:
        raise NeedsAttention(
            "A password would travel without encryption; set mail.security to starttls or tls.", code="mail_unencrypted"
        )


def _sender(server: MailServer) -> str:
    if server.sender is None:
        raise NeedsAttention("Mail needs an address to come from; see mail.sender.", code="no_mail_sender")
    return server.sender


def _tls(server: MailServer) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise NeedsAttention(f"mail.ca_file cannot be used: {type(error).__name__}.", code="mail_ca_file") from error


def _ours(error: Exception, server: MailServer) -> MarketwrightError:
    """Return our error for what went wrong. A server's own words are cut, and redacted of addresses and passwords."""
    cause = error.__cause__ if isinstance(error.__cause__, ssl.SSLError) else error
    if isinstance(cause, ssl.SSLError):
        return _of_tls(cause, server)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return _of_sign_in(error, server)
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _of_status(error.recipients[0].code, error.recipients[0].message, server, of_address=True)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _of_status(error.code, error.message, server, of_address=False)
    if isinstance(error, aiosmtplib.SMTPNotSupported | ValueError) or type(error) is aiosmtplib.SMTPException:
        return NeedsAttention(f"{server.host}: {_saying(str(error), server)}", code="mail_not_supported")
    is_slow = isinstance(error, TimeoutError | aiosmtplib.SMTPTimeoutError)
    what = "did not answer in time" if is_slow else "cannot be reached"
    return RetryLater(f"{server.host}:{server.port} {what}.", code="mail_slow" if is_slow else "mail_away")


def _of_tls(cause: ssl.SSLError, server: MailServer) -> MarketwrightError:
    if isinstance(cause, ssl.SSLCertVerificationError):
        words = f"{server.host} has no valid TLS certificate: {cause.verify_message}."
        return NeedsAttention(words, code="mail_certificate")
    return NeedsAttention(
        f"{server.host}:{server.port} does not speak TLS this way; STARTTLS is usual at 587, TLS at 465.",
        code="mail_tls",
    )


def _of_sign_in(error: aiosmtplib.SMTPAuthenticationError, server: MailServer) -> MarketwrightError:
    if 400 <= error.code < 500:
        return RetryLater(f"{server.host} cannot check the password now ({error.code}).", code="mail_busy")
    return NeedsAttention(
        f"{server.host} refuses name and password ({error.code}); see mail.username and mail.password.",
        code="mail_sign_in",
    )


def _of_status(code: int, said: str, server: MailServer, *, of_address: bool) -> MarketwrightError:
    """Return what an answer of the server means: 4xx passes, some 5xx end an address, others take a person."""
    words = f"{server.host} answered {code}: {_saying(said, server)}"
    if code < 500:
        return RetryLater(words, code="mail_busy")
    if of_address and code in OF_ADDRESS and "5.7." not in said:
        return Rejected(words, code="mail_address")
    return NeedsAttention(words, code="mail_refused")


def _saying(said: str, server: MailServer) -> str:
    secrets = [secret for secret in (server.password,) if secret]
    return redact(" ".join(said.split()), secrets)[:LONGEST_SAYING]
