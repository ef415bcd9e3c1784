"""The pages under /contracts/: what may be called, where its definition is, what each error code means. In Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from hub.contract.errors import KINDS, ErrorKind
from hub.transports.contract_files import ContractFile
from hub.transports.soap_wsdl import ServiceContract, SoapOperation

_BLAME: Final = {"caller": "调用方", "hub": "枢纽", "partner": "对方系统", "network": "网络", "operator": "枢纽运维"}
_STYLE: Final = (
    "body{font-family:system-ui,'Noto Sans SC','Microsoft YaHei',sans-serif;max-width:64rem;margin:2rem auto;"
    "padding:0 1rem;line-height:1.6;color:#1f2328}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #d0d7de;padding:.35rem .6rem;"
    "text-align:left;vertical-align:top}code{font-family:ui-monospace,monospace;font-size:.92em}a{color:#0550ae}"
)


def index_page(services: Mapping[str, ServiceContract], files: Iterable[ContractFile]) -> str:
    """Every service with its operations, every file, every error code."""
    about = "人口信息交换枢纽公布的全部接口定义。以下文件即契约本身，可直接下载使用。"
    rest = "REST 接口见 <a href='../api/v1/openapi.json'>openapi.json</a>（OpenAPI 3.1）。"
    parts = [f"<h1>接口契约</h1><p>{about}{rest}</p>"]
    for name, contract in services.items():
        link = f"../soap/{escape(name)}?wsdl"
        shown = f"<h2>服务 {escape(name)}</h2><p>{escape(contract.title)} · <a href='{link}'>WSDL</a>"
        parts.append(f"{shown} · SOAP {'、'.join(contract.bindings)}</p>")
        rows = [_operation_row(o) for o in next(iter(contract.bindings.values())).values()]
        parts.append(_table(("操作", "说明", "报文元素", "SOAPAction"), rows))
    parts.append("<h2>文件</h2>")
    parts.append(_table(("文件", "说明"), [(_link(f.name, f.name), escape(f.title)) for f in files]))
    parts.append("<h2>错误代码</h2>")
    errors = [(_link(f"errors/{k.code}", k.code), escape(shown_sentence(k.zh)), _BLAME[k.blame]) for k in KINDS.values()]
    parts.append(_table(("代码", "含义", "责任方"), errors))
    return _page("接口契约", "".join(parts))


def error_page(kind: ErrorKind) -> str:
    """What one error code means, whose fault it is and what to do."""
    rows = [
        ("含义", escape(shown_sentence(kind.zh))),
        ("Meaning", escape(shown_sentence(kind.en))),
        ("处理办法", escape(kind.advice)),
        ("责任方", _BLAME[kind.blame]),
        ("REST 状态码", str(kind.http)),
    ]
    body = f"<h1><code>{escape(kind.code)}</code></h1>{_table((), rows)}<p><a href='../'>全部接口契约</a></p>"
    return _page(kind.code, body)


def shown_sentence(sentence: str) -> str:
    """A sentence of an error kind with ``…`` for each slot that is only known when it happens."""
    return re.sub(r"\{[a-z_]+\}", "…", sentence)


def _operation_row(operation: SoapOperation) -> tuple[str, ...]:
    element = operation.element.removeprefix("{").replace("}", " ")
    codes = [f"<code>{escape(text)}</code>" for text in (operation.name, element, operation.action)]
    return codes[0], escape(operation.title), codes[1], codes[2]


def _link(target: str, text: str) -> str:
    return f"<a href='{escape(target)}'><code>{escape(text)}</code></a>"


def _table(head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{f'<tr>{top}</tr>' if top else ''}{body}</table>"


def _page(title: str, body: str) -> str:
    head = f"<meta charset='utf-8'><title>{escape(title)} · 人口信息交换枢纽</title><style>{_STYLE}</style>"
    return f"<!doctype html><html lang='zh-CN'><head>{head}</head><body>{body}</body></html>\n"
