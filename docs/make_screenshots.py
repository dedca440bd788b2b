"""Take pictures of six pages of the site at two widths: docs/site-*.png. It needs chromium and chromedriver."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from ivig_kg import resources, showing

HERE = Path(__file__).resolve().parent
WIDTHS = {"wide": (1100, 760), "phone": (390, 760)}
PAGES = {
    "start": "index.html",
    "medicine": "id/privigen-eu.html",
    "compare": "compare/privigen.html",
    "fact": "id/hig-effect-headache.html",
    "source": "id/hig.html",
    "sparql": "sparql.html#question=side-effects",
}


def take(site: Path) -> None:
    """Open each page in each width, and keep what is seen."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for word in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
    ):
        options.add_argument(word)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        for width, (x, y) in WIDTHS.items():
            metrics = {"width": x, "height": y, "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            for name, page in PAGES.items():
                driver.get(f"{site.as_uri()}/{page}")
                time.sleep(3 if name == "sparql" else 0.5)
                driver.save_screenshot(str(HERE / f"site-{name}-{width}.png"))
    finally:
        driver.quit()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        report, _ = showing.site(Path(folder) / "site", project=resources.locate(HERE.parent))
        if report.exit_code():
            sys.exit(report.summary())
        take(Path(folder) / "site")
