"""A mail server on this machine that speaks SMTP over a real socket, and keeps what it is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_string, policy
from email.message import EmailMessage


@dataclass(slots=True)
class MailServer:
    """One server. `refusing` is what it answers to every recipient instead of taking it."""

    port: int = 0
    refusing: str = ""
    taken: list[EmailMessage] = field(default_factory=list[EmailMessage])
    recipients: list[str] = field(default_factory=list[str])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 mail.example ready")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            match line.partition(" ")[0].upper():
                case "RCPT":
                    say(self.refusing or "250 fine")
                    if not self.refusing:
                        self.recipients.append(line.partition(":")[2].strip("<> "))
                case "DATA":
                    say("354 go on")
                    text = (await reader.readuntil(b"\r\n.\r\n"))[:-5].decode()
                    self.taken.append(message_from_string(text, policy=policy.default))
                    say("250 taken")
                case "QUIT":
                    say("221 goodbye")
                    break
                case _:
                    say("250 fine")
        writer.close()


@asynccontextmanager
async def a_mail_server() -> AsyncIterator[MailServer]:
    """A server until the end of the context, at a port of its own."""
    mail = MailServer()
    async with await asyncio.start_server(mail.serve, "127.0.0.1", 0) as server:
        mail.port = server.sockets[0].getsockname()[1]
        yield mail
