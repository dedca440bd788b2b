"""A real browser for the tests of the site: what it shows, what its console says, and what it asks for."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from conftest import ROOT

WAIT = 30  # seconds
SLOW = 180  # seconds that axe-core may take for a page of a thousand cells on a busy machine
AXE = ROOT / "tests/browser/node_modules/axe-core/axe.min.js"
MISSING = [
    name
    for name, there in {
        "chromium": shutil.which("chromium"),
        "chromedriver": shutil.which("chromedriver"),
        "axe-core (npm ci --prefix tests/browser)": AXE.exists(),
    }.items()
    if not there
]
SEEN = [("light", 1280), ("dark", 1280), ("light", 320)]  # schemes of colours and widths that pages are shown in


class Browser:
    """A browser, its console, and the requests that its pages made."""

    def __init__(self, driver: Any, site: Path) -> None:
        self.driver, self.site = driver, site

    def open(self, page: str) -> None:
        """Open a page of the site from its folder."""
        self.driver.get("about:blank")
        self.console()
        self.driver.get(f"{self.site.as_uri()}/{page}")

    def console(self) -> list[str]:
        """Return what the console has said since it was asked last."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Return the addresses that were asked for since they were asked for last."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]

    def run(self, script: str, *words: object) -> Any:
        """Run a script in the page and return what it returns; a promise is awaited."""
        head = "const done = arguments[arguments.length - 1];"
        text = f"{head} (async () => {{ {script} }})().then(done, error => done(String(error)))"
        return self.driver.execute_async_script(text, *words)

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        end = time.monotonic() + WAIT
        while not condition():
            assert time.monotonic() < end, self.driver.find_element("tag name", "body").text[:500]
            time.sleep(0.05)

    def text(self, element: str) -> str:
        """Return the text of an element, by its id."""
        return str(self.driver.find_element("id", element).text)

    @contextlib.contextmanager
    def seen(self, *, scheme: str = "light", width: int = 1280) -> Iterator[None]:
        """Show pages in another scheme of colours, or in another width."""
        feature = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        yield
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def ready(self, page: str) -> None:
        """Open a page and wait until its scripts have begun."""
        self.open(page)
        if page == "sparql.html":
            self.until(lambda: self.text("state") == "ready")

    def violations(self) -> list[tuple[str, list[str]]]:
        """Return what axe-core finds on the page that is open: WCAG 2.2 AA and best practice."""
        self.driver.execute_script(AXE.read_text(encoding="utf-8"))
        found = self.run("return (await axe.run()).violations")
        return [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found]


@contextlib.contextmanager
def started() -> Iterator[Any]:
    """Start a browser without a window, and end it."""
    from selenium import webdriver  # noqa: PLC0415  (only where there is a browser)
    from selenium.webdriver.chrome.service import Service  # noqa: PLC0415

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for word in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=1280,900",
        "--disable-dev-shm-usage",
    ):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    found = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    found.set_script_timeout(SLOW)
    try:
        yield found
    finally:
        found.quit()
