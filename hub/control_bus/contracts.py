"""``pophub contracts list``: every contract file with its title and where it is published."""

from __future__ import annotations

import typer

from hub.control_bus.terminal import AsJson, say_json, say_table
from hub.discovery import schema_roots
from hub.settings import load
from hub.transports.contract_files import ContractFiles

app = typer.Typer(help="接口契约 Contracts.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def contracts_list(as_json: AsJson = False) -> None:
    """列出全部接口定义文件及公布地址。 List every contract file and its address."""
    settings = load()
    files = ContractFiles(schema_roots(settings.folders), settings.base_url, {})
    rows = [(name, file.title if (file := files.get(name)) else "", files.url(name)) for name in files.names]
    if as_json:
        say_json({"contracts": [{"name": name, "title": title, "url": url} for name, title, url in rows]})
    else:
        say_table(("文件 file", "说明 title", "地址 address"), rows)
