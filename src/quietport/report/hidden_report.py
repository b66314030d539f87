"""What ``check --hidden`` did and found, for people and as the field ``hidden`` of ``quietport.check/1``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.cross_view import PortClass, Table
from quietport.model.page import Phrase
from quietport.report.sheet import heading, quiet
from quietport.words.gates import visible

if TYPE_CHECKING:
    from quietport.model.cross_view import CrossView, HiddenPort, Mismatch
    from quietport.model.endpoint import Endpoint
    from quietport.report.document import Json
    from quietport.report.sheet import Sheet
    from quietport.words.phrasebook import Phrasebook

SHOWN = 25
"""Ports that a terminal gets a line for."""
_LIMIT = 600


def hidden_sentences(view: CrossView, book: Phrasebook) -> list[str]:
    """Return what was done and what came of it, a sentence each; the ports that disagree are not among them."""
    said = [_did(view, book), _counted(view, book)]
    if not view.ports:
        said.append(book.say("hidden.nothing" if view.coverage.complete else "hidden.nothing-seen"))
    if view.settled:
        said.append(book.say("hidden.settled", count=view.settled))
    return said


def port_sentences(view: CrossView, book: Phrasebook) -> list[str]:
    """Return a sentence for every port that disagrees: hidden ones first, then sockets in one table only."""
    return [_hidden(one, book) for one in view.hidden] + [_mismatch(one, book) for one in view.mismatches]


def lay_out_hidden(view: CrossView, book: Phrasebook, sheet: Sheet) -> None:
    """Add to a sheet what was done and found; its coverage is left to the sheet's own section on that."""
    for says in hidden_sentences(view, book):
        sheet.wrapped(quiet(visible(says, _LIMIT)))
    ports = port_sentences(view, book)
    for says in ports[:SHOWN]:
        sheet.wrapped(heading(visible(says, _LIMIT)), indent=2, hanging=2)
    if len(ports) > SHOWN:
        sheet.wrapped(quiet(book.say("hidden.folded", count=len(ports) - SHOWN)), indent=2)
    sheet.wrapped(quiet(book.say("hidden.limits")))


def _did(view: CrossView, book: Phrasebook) -> str:
    did = "hidden.did" if view.dual_stack else "hidden.did-ipv4"
    seconds, tables = f"{view.elapsed_s:.1f}", tuple(map(str, view.tables))
    return book.say(did, probed=view.probed, tables=tables, looks=view.looks, seconds=seconds)


def _counted(view: CrossView, book: Phrasebook) -> str:
    if not view.counts:
        return book.say("hidden.none-taken")
    classes = tuple(Phrase(f"hidden.class.{one}", {"count": count}) for one, count in view.counts)
    return book.say("hidden.counts", classes=classes)


def _hidden(one: HiddenPort, book: Phrasebook) -> str:
    answer = Phrase(f"hidden.answer.{one.answer}", {})
    return book.say("hidden.port", port=str(one.endpoint.port), address=one.endpoint.address, answer=answer)


def _mismatch(one: Mismatch, book: Phrasebook) -> str:
    local, transport, listed, missing = str(one.local), str(one.local.port.transport), one.listed_by, _other(one)
    if one.remote is None:
        return book.say("hidden.mismatch", local=local, transport=transport, listed=str(listed), missing=str(missing))
    return book.say(
        "hidden.mismatch-connection",
        local=local,
        remote=str(one.remote),
        transport=transport,
        listed=str(listed),
        missing=str(missing),
    )


def _other(one: Mismatch) -> Table:
    return Table.PROC_NET if one.listed_by is Table.SOCK_DIAG else Table.SOCK_DIAG


def hidden_json(view: CrossView, book: Phrasebook) -> dict[str, Json]:
    """Return the field ``hidden`` of the document; what could not be probed belongs into its coverage."""
    counts = dict(view.counts)
    return {
        "says": [*hidden_sentences(view, book), *port_sentences(view, book)],
        "counts": {str(one): counts.get(one, 0) for one in PortClass},
        "ports": [
            _endpoint_json(one.endpoint) | {"family": str(one.family), "answer": str(one.answer)} for one in view.hidden
        ],
        "mismatches": [
            _endpoint_json(one.local)
            | {
                "family": str(one.family),
                "remote_address": one.remote.address if one.remote else None,
                "remote_port": one.remote.port.number if one.remote else None,
                "listed_by": str(one.listed_by),
                "missing_in": str(_other(one)),
                "uid": one.uid,
                "inode": one.inode,
            }
            for one in view.mismatches
        ],
        "probed": view.probed,
        "dual_stack": view.dual_stack,
        "tables": list(map(str, view.tables)),
        "looks": view.looks,
        "settled": view.settled,
        "elapsed_ms": round(view.elapsed_s * 1000),
    }


def _endpoint_json(endpoint: Endpoint) -> dict[str, Json]:
    return {
        "transport": str(endpoint.port.transport),
        "address": endpoint.address,
        "port": endpoint.port.number,
        "scope": str(endpoint.scope),
    }
