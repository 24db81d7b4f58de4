"""The browser of the end-to-end tests: found, or installed if it must be.

`python -m tests.support.browser` does so before the tests start, and says which one they will use.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright
from playwright.sync_api import sync_playwright

from tests.support.network import is_loopback

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

FLAGS = (
    # Tests may run as root in a container, where Chromium's own sandbox cannot; they open only our own pages.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    # It has nobody to telephone: every look-up but loopback fails at once.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)

# WCAG 2.2 AA and what axe's authors think good practice. axe leaves the size of touch targets out unless asked.
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}


class BrowserMissingError(RuntimeError):
    """There is no Chromium and it could not be installed."""


def find_browser() -> Path | None:
    """An installed Chromium or Chrome, else the one Playwright has downloaded, else None."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    with sync_playwright() as playwright:
        downloaded = Path(playwright.chromium.executable_path)
    return downloaded if downloaded.exists() else None


def install_browser() -> None:
    """By the system's package manager where we may, else by Playwright's own download."""
    apt = apt_command()
    if apt is not None:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run([*apt, *arguments], check=False, env=environment, stdout=subprocess.DEVNULL)
    if find_browser() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def apt_command() -> list[str] | None:
    """How Debian's package manager is run from here; None where it is not, or we may not."""
    apt = shutil.which("apt-get")
    if apt is None:
        return None
    if os.geteuid() == 0:
        return [apt, "-qq"]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], check=False, capture_output=True).returncode == 0:
        return [sudo, "-n", apt, "-qq"]
    return None


@asynccontextmanager
async def open_browser(executable: Path) -> AsyncIterator[Browser]:
    """A fresh browser in the caller's event loop: Playwright's objects cannot leave the loop they were made in."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def watched_page(browser: Browser) -> AsyncIterator[Page]:
    """A page in a context of its own; on the way out, everything that a visitor's browser would complain about."""
    complaints: list[str] = []

    def hear_console(message: ConsoleMessage) -> None:
        # A page that answers 404 is logged as an error too, and is no complaint.
        if message.type == "error" and "Content Security Policy" in message.text:
            complaints.append(message.text)

    def hear_request(request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host is not None and not is_loopback(host):
            complaints.append(f"asked another machine for {request.url}")

    page = await browser.new_page()
    page.on("console", hear_console)
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    page.on("request", hear_request)
    yield page
    await page.close()
    if complaints:
        raise AssertionError("; ".join(complaints))


async def accessibility_problems(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, one sentence for each element."""
    results = await Axe().run(page, options=AXE_OPTIONS)
    return [
        f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]


if __name__ == "__main__":
    if find_browser() is None:
        install_browser()
    browser_path = find_browser()
    if browser_path is None:
        raise BrowserMissingError("No Chromium: install one, or run `.venv/bin/playwright install chromium`.")
    print(f"browser: {browser_path}")
