"""ivig-kg: curated facts about human immunoglobulin as a validated RDF knowledge graph.

>>> import ivig_kg
>>> ivig_kg.check().exit_code()
0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivig_kg.api import build, check, graph, query

__all__ = ["build", "check", "graph", "query"]


def __getattr__(name: str) -> Any:
    """Resolve a public name on first use, so that importing one module does not import all."""
    if name in __all__:
        from ivig_kg import api  # noqa: PLC0415  (on first use)

        return getattr(api, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
