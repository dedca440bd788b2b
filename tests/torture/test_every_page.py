"""Every page of the site under axe-core: a sample of them, and by hand all in each scheme of colours and width."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

import in_browser
from in_browser import MISSING, SEEN, Browser

PAGES = 25  # pages that are tried each time


@pytest.mark.browser
@pytest.mark.skipif(bool(MISSING), reason=f"not installed, so no page was opened in a browser: {', '.join(MISSING)}")
def test_axe_finds_nothing_on_any_page(site: Path, times: int, chance: random.Random) -> None:
    """WCAG 2.2 AA and best practice, in light, dark and narrow; nothing runs over the side."""
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    every = [*itertools.product(pages, SEEN)]
    chance.shuffle(every)
    found = []
    with in_browser.started() as driver:
        browser = Browser(driver, site)
        for page, (scheme, width) in every[: PAGES * times]:
            with browser.seen(scheme=scheme, width=width):
                browser.ready(page)
                over = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                found += [(page, scheme, width, what) for what in browser.violations()]
                found += [(page, scheme, width, "runs over the side")] if over > 0 else []

    assert found == []
