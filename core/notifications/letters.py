"""The mails we write: digests, a link that confirms an address, a test."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from core.mail import MailServer
from core.model.notices import Digest
from core.notifications import words

_PAGE = '<!doctype html><html><body style="font-family: sans-serif">{}</body></html>'


def digest_letter(
    server: MailServer, to: str, digest: Digest, key: str, now: datetime, *, site: str, token: str
) -> EmailMessage:
    """Return a digest as a mail. `key` makes its Message-ID, so that a repeated one is known.

    `site` is our own address; without one there are no links, and unsubscribing takes the page itself.
    """
    text, html = words.text(digest, site), words.html(digest, site)
    if site:
        leave = f"{site}/unsubscribe/{token}"
        text += f"\nYou asked for these digests. Unsubscribe: {leave}\n"
        html += f'<p><small>You asked for these digests. <a href="{escape(leave)}">Unsubscribe</a></small></p>'
    letter = _letter(server, to, words.subject(digest), text, html, key, now)
    letter["Auto-Submitted"] = "auto-generated"
    if site:
        letter["List-Unsubscribe"] = f"<{leave}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return letter


def confirmation(server: MailServer, to: str, link: str, key: str, now: datetime) -> EmailMessage:
    """Return the mail that asks whether digests may go to its address."""
    text = (
        "Somebody asked for Marketwright's digests to be sent to this address. If that was you, confirm it here:\n\n"
        f"{link}\n\nIf it was not you, do nothing: without your confirmation nothing more is sent.\n"
    )
    html = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part != link)
    html += f'<p><a href="{escape(link)}">Confirm this address</a></p>'
    return _letter(server, to, "Marketwright: confirm this address", text, html, key, now)


def trial(server: MailServer, to: str, key: str, now: datetime) -> EmailMessage:
    """Return a test."""
    text = "This is a test. If you read it, Marketwright can send you digests.\n"
    return _letter(server, to, "Marketwright: a test", text, f"<p>{escape(text)}</p>", key, now)


def _letter(server: MailServer, to: str, subject: str, text: str, html: str, key: str, now: datetime) -> EmailMessage:
    """Return a mail; the library refuses a header with a line break in it."""
    sender = server.sender or ""
    letter = EmailMessage()
    letter["From"] = Address("Marketwright", addr_spec=sender)
    letter["To"] = Address(addr_spec=to)
    letter["Subject"] = subject
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    letter.set_content(text)
    letter.add_alternative(_PAGE.format(html), subtype="html")
    return letter
