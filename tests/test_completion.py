"""What a shell offers behind TAB, asked for as a shell asks: by environment variables."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from conftest import ROOT
from ivig_kg import resources
from ivig_kg.cli import completing, main


def ask(*words: str, by: str = "bash") -> list[str]:
    """Return what is offered for the last of the words behind `ivig-kg`, as lines for the shell's script."""
    line = " ".join(["ivig-kg", *words])
    place = words[-1] if by == "fish" else str(len(words))
    asked = {"_IVIG_KG_COMPLETE": f"{by}_complete", "COMP_WORDS": line, "COMP_CWORD": place}
    result = CliRunner().invoke(main, [], prog_name="ivig-kg", env=asked)

    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.split()


def offered(*words: str) -> list[str]:
    """Return the words that bash is offered."""
    return [line.removeprefix("plain,") for line in ask(*words)]


def call(complete: Any, incomplete: str = "", *, args: list[str] | None = None, **params: str) -> list[str]:
    """Return what a completion offers where no command uses it yet."""
    root = click.Context(main, resilient_parsing=True)
    ctx = click.Context(click.Command("command"), parent=root)
    ctx.params, ctx.args = dict(params), args or []
    return [item.value for item in complete(ctx, click.Argument(["name"]), incomplete)]


def test_show_completes_ids() -> None:
    """Behind `show` stand the ids of facts, concepts, sources and passages that begin as typed."""
    assert offered("show", "hig-effect-hea") == ["hig-effect-headache"]
    assert offered("show", "hig-s0") == [f"hig-s0{n}" for n in range(1, 10)]
    assert "human-immunoglobulin" in offered("show", "")


def test_ids_are_those_of_the_folder_named(small: Path) -> None:
    """With -C, and from inside a folder, the ids are those of its facts; a folder that is not there offers none."""
    inside = offered("-C", str(small), "show", "")

    assert {"drug", "condition", "passage"} <= set(inside)
    assert "human-immunoglobulin" not in inside
    assert offered("-C", str(small / "nowhere"), "show", "") == []


def test_a_file_that_cannot_be_read_as_facts_is_no_obstacle(small: Path) -> None:
    """While a file is being written, its ids and those of the others are offered all the same."""
    (small / "facts/half.yaml").write_bytes(b"- id: half-done\n  type: [\n\xff\n- id: 'in-quotes'  # note\n")

    assert offered("-C", str(small), "show", "half") == ["half-done"]
    assert offered("-C", str(small), "show", "in-q") == ["in-quotes"]
    assert "drug" in offered("-C", str(small), "show", "dr")


def test_query_completes_names() -> None:
    """Behind `query` stand the named queries."""
    assert offered("query", "side") == ["side-effects"]
    assert offered("query", "") == sorted(p.stem for p in (ROOT / "ontology/queries").glob("*.rq"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--param", ""], ["certaintyAsStated=", "effect=", "fact="]),
        (["--param", "ser"], ["seriousness=notSerious", "seriousness=serious"]),
        (["--param", "seriousness", "="], ["notSerious", "serious"]),
        (["--param", "seriousness", "=", "no"], ["notSerious"]),
        (["--param", "=", "seriousness", "=", "no"], ["notSerious"]),
        (["--param", "passage", "=", "hig-s0"], ["hig-s01", "hig-s02", "hig-s03"]),
        (["--param", "effect", "=", "hea"], []),
        (["--param", "seriosness", "=", ""], []),
        (["--format", "=", "c"], ["csv"]),
    ],
    ids=" ".join,
)
def test_query_completes_parameters(words: list[str], expected: list[str]) -> None:
    """Variables of the query come first, then the values of a closed list, or ids; never labels as if they were ids.

    Bash takes `=` for a word of its own and replaces what stands behind it.
    """
    assert offered("query", "side-effects", *words)[:3] == expected


def test_a_query_of_ones_own_completes_its_variables() -> None:
    """The variables of SPARQL behind -e are offered, and ids of what the property leads to."""
    text = "'SELECT ?effect ?evidence { ?x ivig:effect ?effect ; ivig:evidence ?evidence }'"

    assert offered("query", "-e", text, "--param", "e") == ["effect=", "evidence="]
    assert offered("query", "-e", text, "--param", "effect", "=", "head") == ["headache"]
    assert offered("query", "-e", text, "--param", "effect", "=", "hig-s") == []
    assert offered("query", "-e", "'SELECT nonsense'", "--param", "e") == []


@pytest.mark.parametrize(
    ("shell", "line"), [("zsh", "plain side-effects Which"), ("fish", "plain,side-effects Which")], ids=["zsh", "fish"]
)
def test_other_shells_show_the_question_beside_the_name(shell: str, line: str) -> None:
    """Zsh and fish show what each name stands for."""
    assert ask("query", "side-", by=shell)[: len(line.split())] == line.split()


def test_zsh_completes_a_parameter_as_one_word() -> None:
    """Where the shell leaves NAME=VALUE whole, so do we."""
    assert "seriousness=notSerious" in ask("query", "side-effects", "--param", "seriousness=no", by="zsh")


def test_kinds_are_the_types_that_files_use() -> None:
    """A new node is of a class that is used by itself, or a passage."""
    found = call(completing.kinds)

    assert {"AdverseEffect", "Source", "passage"} <= set(found)
    assert "Fact" not in found
    assert call(completing.kinds, "Adv") == ["AdverseEffect"]


def test_settings_are_keys_of_the_kind() -> None:
    """KEY=VALUE is a key that the kind may have, then its words or the ids that it leads to."""
    assert call(completing.settings, "effect", kind="AdverseEffect") == [f"effect={i}" for i in call_ids("Condition")]
    assert call(completing.settings, "effect", kind="Drug") == []
    assert call(completing.settings, "seriousness=s", args=["adverseeffect"]) == ["seriousness=serious"]


def call_ids(kind: str) -> list[str]:
    """Return the ids of a class in the facts of this checkout."""
    nodes = completing._nodes(resources.locate(ROOT))
    return sorted(name for name, found, _ in nodes if found == kind)


def test_codes_are_the_rules_that_have_a_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every page of a rule is offered by its code."""
    (tmp_path / "docs/rules").mkdir(parents=True)
    for name in ("unknown-key", "Fact-evidence", "README"):
        (tmp_path / f"docs/rules/{name}.md").touch()
    monkeypatch.setattr(resources, "shipped", lambda: tmp_path)

    assert call(completing.codes) == ["Fact-evidence", "unknown-key"]
    assert call(completing.codes, "unk") == ["unknown-key"]


def test_completion_starts_no_heavy_library() -> None:
    """A shell waits for it: neither rdflib nor pyshacl is imported."""
    program = (
        "import sys\n"
        "from ivig_kg.__main__ import run\n"
        "sys.argv = ['ivig-kg']\n"
        "try:\n    run()\n"
        "finally:\n    print(sorted({'rdflib', 'pyshacl'} & set(sys.modules)))\n"
    )
    for line in ("ivig-kg show hig-s01", "ivig-kg query side-effects --param seriousness = s"):
        asked = {
            "_IVIG_KG_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(line.split()) - 1),
        }
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | asked,
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[-1] == "[]"
        assert done.stdout.startswith("plain,")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["show", "hig-effect-hea"], ["hig-effect-headache"]),
        (["query", "side-effects", "--param", "seriousness", "=", "n"], ["notSerious"]),
    ],
    ids=["id", "parameter"],
)
def test_bash_itself_completes(words: list[str], expected: list[str]) -> None:
    """Switched on as docs/editors.md says, bash has the words to offer."""
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed: completion was not tried in it")
    typed = " ".join(f"'{word}'" for word in ["ivig-kg", *words])
    script = (
        'eval "$(_IVIG_KG_COMPLETE=bash_source ivig-kg)"\n'
        f"COMP_WORDS=({typed}); COMP_CWORD={len(words)}\n"
        '_ivig_kg_completion ivig-kg\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    done = subprocess.run(
        ["bash", "--norc", "--noprofile", "-c", script],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == expected
