"""How answers reach the terminal: data on stdout, everything else on stderr; a table for people or one line of JSON.

Colours only on a terminal and without NO_COLOR. A table is never cut: off a terminal its lines are as long as they need.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="输出一行 JSON。 Print one line of JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只说将做什么，不做。 Say what would be done, change nothing.")]
_WIDE = 1000
_STYLES = {"ok": "green", "warn": "yellow", "fail": "red"}


def say_json(value: Mapping[str, Any]) -> None:
    """One JSON object on one line of stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def say(text: str) -> None:
    """A line of data on stdout."""
    typer.echo(text)


def note(text: str) -> None:
    """A line for the operator on stderr."""
    typer.echo(text, err=True)


def say_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout, columns aligned, nothing interpreted as markup."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, no_wrap=not sys.stdout.isatty(), overflow="fold")
    for row in rows:
        table.add_row(*(Text("-" if cell is None or cell == "" else str(cell)) for cell in row))
    _console().print(table)


def say_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Labels and values, one pair a line; a pair without value is left out."""
    table = Table(box=None, pad_edge=False, show_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for label, value in pairs:
        if value not in (None, ""):
            table.add_row(Text(label), Text(str(value)))
    _console().print(table)


def say_level(level: str, text: str) -> None:
    """A line that begins with ok, warn or fail."""
    _console().print(Text(f"{level:<4} ", style=_STYLES[level]) + Text(text), soft_wrap=True)


def _console() -> Console:
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDE, markup=False, highlight=False, emoji=False)
