"""A client of the YAML language server, which VS Code and other editors run: it opens a text and asks."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self


class LanguageServer:
    """The server, started with one schema for every file; use it with `with`."""

    def __init__(self, program: Path, schema: Path) -> None:
        self.program = program
        self.settings = {
            "schemas": {schema.as_uri(): "*.yaml"},
            "validate": True,
            "completion": True,
            "hover": True,
            "schemaStore": {"enable": False},
        }
        self.count = 0

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            ["node", self.program, "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}},
        }
        self.request("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": {"yaml": self.settings}}})
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def open(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open a text as an editor does, and return what the server underlines in it."""
        item = {"uri": f"file:///{name}", "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": item}})
        told = self._until(
            lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == item["uri"]
        )
        found: list[dict[str, Any]] = told["params"]["diagnostics"]
        return found

    def complete(self, name: str, line: int, column: int) -> dict[str, str]:
        """Return what the server offers at a place, counted from 1: labels and what each would insert."""
        place = {"line": line - 1, "character": column - 1}
        wanted = {"textDocument": {"uri": f"file:///{name}"}, "position": place}
        return {item["label"]: item["insertText"] for item in self.request("textDocument/completion", wanted)["items"]}

    def request(self, method: str, params: object) -> Any:
        """Ask the server and wait for its answer."""
        self.count += 1
        number = self.count
        self._send({"id": number, "method": method, "params": params})
        return self._until(lambda m: m.get("id") == number and "method" not in m).get("result")

    def _send(self, message: dict[str, object]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def _until(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read messages, answer what the server asks on the way, and return the first that fits."""
        while True:
            message = self._read()
            if "method" in message and "id" in message:
                asked = message["params"].get("items", []) if message["method"] == "workspace/configuration" else []
                answer = [self.settings if item.get("section") == "yaml" else {} for item in asked]
                self._send({"id": message["id"], "result": answer or None})
            if fits(message):
                return message

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the server ended"
        found: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return found
