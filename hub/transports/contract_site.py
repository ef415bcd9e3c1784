"""GET for contracts: the files, the index, the page of an error code, and a service's ``?wsdl``."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from hub.contract.errors import KINDS
from hub.transports.contract_files import ContractFiles
from hub.transports.contract_pages import error_page, index_page
from hub.transports.soap_wsdl import ServiceContract
from hub.transports.wsgi_answer import Answer, page

_CACHE: Final = ("Cache-Control", "public, max-age=300")
_PREFIX: Final = "/contracts/"


class ContractSite:
    """Everything under ``/contracts/``. Answers GET and HEAD only, and only for what is on its list."""

    def __init__(self, files: ContractFiles, services: Mapping[str, ServiceContract]) -> None:
        self._files, self._services = files, services

    def answer(self, path: str, environ: Mapping[str, Any]) -> Answer:
        """The answer for a path that begins with ``/contracts``."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return Answer(405, [("Allow", "GET, HEAD")], b"")
        if path == _PREFIX.rstrip("/"):
            return Answer(308, [("Location", f"{self._files.public_url}{_PREFIX}")], b"")
        name = path.removeprefix(_PREFIX)
        if name == "":
            shown = (file for name in self._files.names if (file := self._files.get(name)))
            return page(index_page(self._services, shown))
        kind = KINDS.get(name.removeprefix("errors/"))
        if kind is not None and name.startswith("errors/"):
            return page(error_page(kind))
        return self.file(name, environ) or page(_NOT_FOUND, 404)

    def file(self, name: str, environ: Mapping[str, Any], *, whole: bool = False) -> Answer | None:
        """A contract file (``whole``: with its schemas inside), 304 when the caller has it, None when there is no such file."""
        found = self._files.get(name, whole=whole)
        if found is None:
            return None
        fields = [("ETag", found.etag), _CACHE]
        known = {tag.strip().removeprefix("W/") for tag in environ.get("HTTP_IF_NONE_MATCH", "").split(",")}
        if found.etag in known or "*" in known:
            return Answer(304, fields, b"")
        # text/xml for both: what every SOAP toolkit expects of ?wsdl and of the schemas it imports.
        fields += [("Content-Type", "text/xml; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
        return Answer(200, fields, found.data)


_NOT_FOUND: Final = (
    "<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>404</title>"
    f"<p>{escape('没有这个契约文件。')} There is no such contract. <a href='/contracts/'>/contracts/</a></p></html>\n"
)
