"""A page of the site as a test reads it."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "hr"}


class WebPage(HTMLParser):
    """A page: its links, its anchors, its scripts, and what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.scripts: dict[str, str] = {}
        self.loads: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.headings: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        said = {name: value or "" for name, value in attrs}
        assert not [name for name in said if name.startswith("on") or name == "style"], (tag, said)
        if "id" in said:
            assert said["id"] not in self.anchors, said["id"]
            self.anchors.add(said["id"])
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if (tag == "script" and "src" in said) or (tag == "link" and said["rel"] == "stylesheet"):
            self.loads.append(said.get("src") or said["href"])
        elif tag == "link" and said["rel"] == "alternate":
            self.links.append(said["href"])
        if tag not in VOID:
            self.open.append(tag if tag != "script" else f"script {said.get('type', '')}")

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self.open.pop().split(" ")[0] == tag

    def handle_data(self, data: str) -> None:
        """Keep text, and what scripts hold."""
        if self.open and self.open[-1].startswith("script"):
            self.scripts[self.open[-1].partition(" ")[2]] = data
        else:
            self.text.append(data)
            if "h1" in self.open:
                self.headings.append(data)
