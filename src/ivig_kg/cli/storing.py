"""Commands for live triple stores."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ivig_kg.cli.group import FOLDER, TEXT_OR_JSON, project_of, workflow
from ivig_kg.console import sending, show, show_report, tell, write

PROFILE = click.option(
    "--profile",
    type=click.Choice(["oxigraph", "virtuoso", "generic"]),
    default="oxigraph",
    show_default=True,
    help="Which kind of store it is.",
)
_AUTH = click.option(
    "--auth",
    type=click.Choice(["basic", "digest", "bearer"]),
    help="How the store is told who asks. [default: digest for virtuoso; else basic for a user, bearer for a token]",
)
_CREDENTIALS = click.option(
    "--credentials",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File that only you can read, with lines user = ..., password = ... or token = ...; "
    "else $IVIG_KG_STORE_USER, $IVIG_KG_STORE_PASSWORD, $IVIG_KG_STORE_TOKEN.",
)


class Seconds(click.FloatRange):
    """A number of seconds, as which `nan` would be none that ever passes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; see `click.FloatRange.convert`."""
        found = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is no number of seconds.", param, ctx) if math.isnan(found) else found


def timeout(seconds: int, *, more: str = "") -> Callable[..., Any]:
    """Return the option of how long all requests together may take, and `more` on it."""
    return click.option(
        "--timeout",
        type=Seconds(0, 604800, min_open=True),
        default=seconds,
        show_default=True,
        metavar="SECONDS",
        help=f"How long it may take in all{more}.",
    )


def identified(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of who asks a store."""
    return PROFILE(_AUTH(_CREDENTIALS(command)))


def session(
    name: str,
    url: str,
    *,
    credentials: Path | None,
    auth: str | None,
    timeout: float,
    update: str | None = None,
    graphs: str | None = None,
    writing: bool = True,
) -> Any:
    """Open a store for a command; see `sessions.opened` and `profiles.profile`.

    Where nothing is written, nobody says who asks unless it was wanted: the environment has secrets of another store.
    """
    from ivig_kg.stores import credentials as secrets  # noqa: PLC0415  (keeps --help fast)
    from ivig_kg.stores import profiles, sessions  # noqa: PLC0415

    who = secrets.find(credentials) if writing or credentials or auth else secrets.Credentials()
    if auth and not who:
        message = (
            f"--auth {auth}: there are no credentials: set {', '.join(secrets.VARIABLES.values())}, or name a file"
        )
        raise click.UsageError(message)
    return sessions.opened(
        profiles.profile(name, url, update=update, graphs=graphs),
        credentials=who,
        auth=profiles.Auth(auth) if auth else None,
        timeout=timeout,
        progress=sending(),
    )


@click.command()
@click.argument("url")
@identified
@click.option("--update-url", help="Address of the update service of a generic store; URL is that of its queries.")
@click.option("--graph-store-url", help="Address of the Graph Store Protocol of a generic store.")
@click.option("--exports", type=FOLDER, help="Folder with the release. [default: exports/ of the project]")
@click.option(
    "--swap",
    type=click.Choice(["pointer", "move", "put"]),
    help="How the new release takes its place. [default: move for oxigraph, else pointer]",
)
@timeout(600, more="; to clean up after a failure, 6 s more")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--rollback", is_flag=True, help="Go back to the release that was live before.")
@click.option(
    "--prune", type=click.IntRange(0), metavar="N", help="Drop releases that are not live, all but the newest N."
)
@click.option("--status", "asked", is_flag=True, help="Say which releases the store has.")
@click.option(
    "--receipt",
    type=click.Path(dir_okay=False, path_type=Path),
    default="ivig-kg-receipt.json",
    show_default=True,
    help="File for the receipt of a load or a rollback.",
)
@TEXT_OR_JSON
@click.pass_context
def load(ctx: click.Context, /, url: str, **words: Any) -> None:
    """Put a release into a live triple store, beside the one that is live there, and swap them.

    The release in exports/ is staged under its version, read back and compared triple by triple, swapped
    in, and verified as readers see it. Whatever goes wrong before the end, the live release stays, and
    the exit status is 5. Ended by Control-C once the swap has begun, it says to ask with --status.

    \b
    Examples:
      ivig-kg load http://127.0.0.1:7878
      ivig-kg load http://127.0.0.1:8890 --profile virtuoso --credentials ~/.ivig-kg-store
      ivig-kg load http://127.0.0.1:7878 --rollback
    """
    from ivig_kg import resources  # noqa: PLC0415  (keeps --help fast)
    from ivig_kg.stores import deployment, profiles  # noqa: PLC0415

    if sum((words["rollback"], words["prune"] is not None, words["asked"])) > 1:
        message = "--rollback, --prune and --status are three things to do: name one"
        raise click.UsageError(message)

    def step(line: str) -> None:
        """Print a step once it is done."""
        if words["form"] == "json":
            tell(line)
        else:
            show(line)

    who = {key: words[key] for key in ("credentials", "auth", "timeout")}
    addresses = {"update": words["update_url"], "graphs": words["graph_store_url"]}
    with session(words["profile"], url, **who, **addresses) as store:
        plan = deployment.Plan(
            swap=profiles.Swap(words["swap"]) if words["swap"] else store.profile.swap,
            receipt=resources.locate(ctx.obj).target(words["receipt"]),
            dry=words["dry_run"],
            form=words["form"],
            tell=step,
        )
        if words["asked"]:
            write(deployment.status(store, plan))
        elif words["prune"] is not None:
            deployment.prune(store, words["prune"], plan)
        elif words["rollback"]:
            write(deployment.rollback(store, plan))
        else:
            folder = words["exports"] or project_of(ctx).facts.parent / "exports"
            write(deployment.load(store, folder, plan))


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen at. [default: a free one]")
@click.pass_context
def serve(ctx: click.Context, /, port: int) -> None:
    """Serve the graph on this machine for SPARQL, read-only, until Ctrl-C.

    Facts are checked, built and loaded into an Oxigraph that listens at 127.0.0.1 alone and is gone
    afterwards. It needs the extra [serve].

    \b
    Example:
      ivig-kg serve --port 7878
    """
    from ivig_kg.stores import serving  # noqa: PLC0415  (keeps --help fast)

    project = project_of(ctx)
    report, dataset = workflow().serialized("nq", project=project)
    if report.exit_code():
        show_report(report, "full", err=True)
        ctx.exit(report.exit_code())
    with serving.served(dataset, port=port) as served:
        write(workflow().invitation(served.url, project=project))
        served.until_ended()
