"""Sending one e-mail, through the council's own mail server. Nothing in it is about anybody but the rota."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final

from bot.config import SmtpSettings, is_loopback

_SECONDS: Final = 10.0
_FOR_GOOD: Final = 500
"""A mail server's replies from here on are final; those below ask for another try."""


class MailError(Exception):
    """The mail was not taken. Its words are from a closed set: a server's own could hold an address."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good
        """Whether another try is of no use."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server, as the settings name it."""

    settings: SmtpSettings

    async def send(self, address: str, subject: str, text: str) -> None:
        """Hands one mail over. Encrypted with STARTTLS, or from the first byte on port 465; in clear only to loopback.

        Raises:
            MailError: it was not taken.
        """
        await asyncio.to_thread(self._send, address, subject, text)

    def _send(self, address: str, subject: str, text: str) -> None:
        try:
            with self._connected() as server:
                server.send_message(self._made(address, subject, text))
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise MailError(
                "the mail server refuses the address", for_good=min(codes, default=0) >= _FOR_GOOD
            ) from None
        except smtplib.SMTPAuthenticationError:
            raise MailError("the mail server does not take our password") from None
        except smtplib.SMTPResponseException as error:
            for_good = error.smtp_code >= _FOR_GOOD
            raise MailError(f"the mail server answered {error.smtp_code}", for_good=for_good) from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise MailError(f"the mail server could not be reached: {type(error).__name__}") from None

    def _connected(self) -> smtplib.SMTP:
        at, context = self.settings, ssl.create_default_context()
        # Else the library asks the network what this machine is called, and tells it.
        name = at.sender.rpartition("@")[2]
        if at.port == smtplib.SMTP_SSL_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(at.host, at.port, name, timeout=_SECONDS, context=context)
        else:
            server = smtplib.SMTP(at.host, at.port, name, timeout=_SECONDS)
            if not is_loopback(f"smtp://{at.host}"):
                server.starttls(context=context)
        if at.user:
            server.login(at.user, at.password.reveal())
        return server

    def _made(self, address: str, subject: str, text: str) -> EmailMessage:
        made = EmailMessage()
        made["From"], made["To"], made["Subject"] = self.settings.sender, address, subject
        made["Date"], made["Message-ID"] = formatdate(), make_msgid(domain=self.settings.sender.rpartition("@")[2])
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(text)
        return made
