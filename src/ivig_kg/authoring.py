"""Authoring: new facts, concepts and sources, proposed from what a project has, and put into its files."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from pathlib import Path

from ivig_kg import amending, drafts, facts, ids, insertion, skeletons
from ivig_kg import schema as vocabulary
from ivig_kg.drafts import Draft, Values
from ivig_kg.errors import FactsError, UsageError
from ivig_kg.findings import Position, quoted
from ivig_kg.inventory import Inventory, refuse_bad
from ivig_kg.nodes import Document
from ivig_kg.resources import Project
from ivig_kg.schema import Form, Schema
from ivig_kg.spelling import did_you_mean


def node(kind: str, values: Values, *, project: Project, file: Path | None = None, bare: bool = False) -> Draft:
    """Propose a fact, concept or source.

    Args:
        kind: Its class, in whatever case.
        values: The values given, by key; without an id, one is proposed.
        project: Where the ids are that it may not have.
        file: The file that it is meant for: what cites one source alone says which source comes next.
        bare: Whether to leave the comments on what it may have besides out.

    Raises:
        UsageError: There is no such class or key, or the id is taken.
    """
    schema = vocabulary.load(project)
    class_name = skeletons.class_named(kind, schema=schema)
    known = Inventory(project)
    outside = _outside(file, project)
    taken = known.ids.union(name.text for name, _ in ids.defined(outside)).union(*(d.ids for d in outside))
    source = _source(values, known, [*outside, *(d for d in known.documents if file and d.path == project.shown(file))])
    proposed = drafts.proposed_id(class_name, values, schema=schema, source=source, taken=taken)
    name = values.get("id", [proposed])[0]
    refuse_bad(name, taken)
    cited = [known.by_id[p] for p in values.get("evidence", ()) if p in known.by_id]
    unseen = cited and not any(p.get("textDigest") for p in cited)
    optional = ("statedAs",) if unseen else ()
    draft = drafts.node(class_name, values, schema=schema, name=name, optional=optional, bare=bare)
    return dataclasses.replace(draft, notes=tuple(_leading_nowhere(values, taken, schema)))


def _outside(file: Path | None, project: Project) -> list[Document]:
    """Return the file that a node is meant for where it is none of the project's."""
    inside = {project.shown(p) for p in project.facts_files()}
    if file is None or project.shown(file) in inside:
        return []
    try:
        file.stat()
    except FileNotFoundError:
        return []
    except OSError as error:
        message = f"{project.shown(file)}: cannot be read: {error.strerror}"
        raise FactsError(message) from error
    return [facts.read(file, shown=project.shown(file))]


def _source(values: Values, known: Inventory, documents: Sequence[Document]) -> str | None:
    """Return the source that states a fact: its passage's, that of the other facts of the file, or the only one."""
    given = [s for p in values.get("evidence", ()) if (s := known.source_of(p))]
    nodes = [n for d in documents for n in d.mappings]
    cited = {v.text for n in nodes for v in n.scalars("evidence")}
    near = sorted({s for p in cited if (s := known.source_of(p))})
    every = known.of_type("Source")
    return next((found[0] for found in (given[:1], near, every) if len(found) == 1), None)


def _leading_nowhere(values: Values, taken: Collection[str], schema: Schema) -> list[str]:
    """Return a sentence for every value that names a node which is not there."""
    notes = []
    for key, given in values.items():
        if key in schema.keys and schema.keys[key].form is Form.REFERENCE:
            for value in (v for v in given if v not in taken):
                near = did_you_mean(value, frozenset(taken))
                notes.append(
                    f"`{key}` names {quoted(value)}, and there is no such node yet" + (f"; {near}" if near else "")
                )
    return notes


def save(draft: Draft, *, project: Project, file: Path | None = None) -> Position:
    """Put a new node into a file, and return where it stands.

    Args:
        draft: The node.
        project: Where the file of its source is.
        file: The file at whose end it is put; a passage under its source needs none.

    Raises:
        UsageError: It is not said where the node goes, or the files are not the user's own.
        FactsError: The file cannot be read as facts, or the node cannot stand there; nothing was written.
        OutputError: The file cannot be written; it stands as it was.
    """
    if project.is_shipped and file is None:
        message = "these facts ship with ivig-kg and are not yours to change: name a folder of your own with -C"
        raise UsageError(message)
    if draft.source is not None:
        shown = Inventory(project).by_id[draft.source].position.path
        file = next(p for p in project.facts_files() if project.shown(p) == shown)
        made = insertion.under_source(file, draft.lines, name=draft.name, source=draft.source, shown=shown)
    elif file is not None:
        made = insertion.at_end(file, draft.lines, name=draft.name, shown=project.shown(file))
    else:
        message = "name the file that the node is for with --in FILE"
        raise UsageError(message)
    amending.amend(file, made.after, before=made.before)
    row = made.after.decode("utf-8").removeprefix("\ufeff").split("\n")[made.line - 1]
    return Position(project.shown(file), made.line, row.index("id: ") + len("id: ") + 1)
