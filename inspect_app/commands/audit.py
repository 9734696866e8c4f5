"""`python -m inspect_app verify-log`."""

import sys
from typing import Any

from inspect_app.audit.queries import broken_at, chains_without_head, heads, unit_names
from inspect_app.commands import cli, print_json, say


@cli.command("verify-log")
def verify_log() -> None:
    """Reads the whole log again; prints each chain's head and whether it holds. Exit 1 when one does not."""
    found = heads()
    names = unit_names(head.chain for head in found)
    chains: list[dict[str, Any]] = []
    for head in found:
        fault = broken_at(head)
        chains.append(
            {
                "chain": head.chain,
                "unit": names.get(head.chain),
                "entries": head.seq,
                "head": head.hash,
                "holds": fault is None,
                "broken_at": fault,
            }
        )
    headless = chains_without_head()
    holds = not headless and all(chain["holds"] for chain in chains)
    print_json({"holds": holds, "chains": chains, "without_head": headless})
    if not holds:
        say("The log does not hold: an entry was changed, added or taken away outside the product.")
        sys.exit(1)
