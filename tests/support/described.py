"""`docs/openapi.json`, made from the routes of a service that has everything switched on. `make openapi` writes it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bot.app import assemble
from bot.clock import Clock
from bot.openapi import description
from bot.service import Service
from bot.web import application
from tests.support.packs import write_pack
from tests.support.source import ROOT
from tests.support.town import NOON, settings_for

FILE: Final = ROOT / "docs" / "openapi.json"
EVERYTHING: Final = {
    "SAYSO_TELEGRAM_API": "http://127.0.0.1:9",
    "SAYSO_TWILIO_API": "http://127.0.0.1:9",
    "SAYSO_OIDC_ISSUER": "http://127.0.0.1:9",
    "SAYSO_OIDC_CLIENT_ID": "sayso",
    "SAYSO_OIDC_CLIENT_SECRET": "simulated",
}
"""Settings under which every route is there; nobody listens at those addresses."""


def routes_of(service: Service) -> Sequence[tuple[str, str]]:
    """Method and path of everything that this service serves."""
    app = application(service)
    return [(each.method, each.resource.canonical) for each in app.router.routes() if each.resource is not None]


async def described(database_url: str, folder: Path) -> dict[str, Any]:
    """The description of a service with everything on, whose packs are put into that folder."""
    settings = settings_for("http://127.0.0.1:8080", database_url, write_pack(folder / "packs"), **EVERYTHING)
    service = await assemble(settings, clock=Clock(NOON))
    try:
        return description(routes_of(service))
    finally:
        await service.close()


def written(document: dict[str, Any]) -> str:
    """As it stands in the file."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    with TemporaryDirectory() as made:
        folder = Path(made)
        document = asyncio.run(described(f"sqlite+aiosqlite:///{folder / 'sayso.db'}", folder))
    FILE.write_text(written(document), encoding="utf-8")
    print(f"{FILE.name}: {len(document['paths'])} paths")


if __name__ == "__main__":
    main()
