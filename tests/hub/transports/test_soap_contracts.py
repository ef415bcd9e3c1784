"""What is published: our own files with the configured address, an index, and a page for every error code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from hub.contract.errors import KINDS
from hub.transports.contract_files import ContractFiles
from tests.soap_door import CANARY, PUBLIC_URL, SCHEMAS, VOICE, Door

LOCATIONS = "//@schemaLocation | //@location"


@pytest.fixture
def door() -> Door:
    """A door to ask for contracts."""
    return Door()


def test_the_wsdl_is_ours_with_the_configured_address(door: Door) -> None:
    """?wsdl gives our contract: both ports at the public address, the Host header nowhere, and nothing left to fetch."""
    reply = door.request("GET", "/soap/voice?wsdl", HTTP_HOST=f"{CANARY}.example", HTTP_X_FORWARDED_HOST="evil")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert set(reply.root.xpath("//*[local-name()='address']/@location")) == {f"{PUBLIC_URL}/soap/voice"}
    assert reply.root.xpath("//@schemaLocation") == []
    assert b"hub.invalid" not in reply.body
    assert CANARY.encode() not in reply.body


def test_the_files_of_a_contract_stay_published_as_they_are(door: Door) -> None:
    """Under /contracts/ the same WSDL imports its schemas, each by its absolute location, and has the configured address too."""
    reply = door.request("GET", "/contracts/services/voice-1.0.wsdl")
    assert f"{PUBLIC_URL}/contracts/services/services-1.0.xsd" in reply.root.xpath("//@schemaLocation")
    assert set(reply.root.xpath("//*[local-name()='address']/@location")) == {f"{PUBLIC_URL}/soap/voice"}


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "Wsdl"])
def test_the_query_of_a_wsdl_is_one_word(door: Door, query: str) -> None:
    """?wsdl is taken in any case."""
    assert door.request("GET", f"/soap/voice?{query}").status == 200


@pytest.mark.parametrize("query", ["", "wsdl=1", "wsdl&x=../y", "xsd=1", "wsdl/../../etc/passwd", f"wsdl={CANARY}"])
def test_no_other_query_is_read(door: Door, query: str) -> None:
    """Any other query of a service is 405, and nothing of it comes back."""
    reply = door.request("GET", f"/soap/voice?{query}")
    assert reply.status == 405
    assert CANARY.encode() not in reply.body


def test_every_location_in_every_file_can_be_fetched(door: Door) -> None:
    """Each import and include of each published file points to another published file."""
    files = ContractFiles([SCHEMAS, VOICE], PUBLIC_URL, {})
    assert len(files.names) > 10
    for name in files.names:
        reply = door.request("GET", f"/contracts/{name}")
        assert reply.status == 200
        for location in reply.root.xpath(LOCATIONS):
            if "/contracts/" in location:
                assert door.request("GET", location.removeprefix(PUBLIC_URL)).status == 200, (name, location)
            else:
                assert name.endswith(".wsdl") and "." + "xsd" not in location, (name, location)


def test_published_schemas_compile_from_what_is_published(door: Door) -> None:
    """The files as served, fetched by their absolute locations, make the same schema as the files on disk."""

    class Served(etree.Resolver):
        def resolve(self, system_url: str, public_id: str, context: object) -> object:
            return self.resolve_string(door.request("GET", system_url.removeprefix(PUBLIC_URL)).body, context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Served())
    served = door.request("GET", "/contracts/services/services-1.0.xsd")
    assert etree.XMLSchema(etree.fromstring(served.body, parser)) is not None


def test_contract_files_may_be_cached(door: Door) -> None:
    """A file has an ETag; who has it already gets 304 and no body."""
    first = door.request("GET", "/contracts/services/services-1.0.xsd")
    assert first.headers["cache-control"] == "public, max-age=300"
    for known in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = door.request("GET", "/contracts/services/services-1.0.xsd", HTTP_IF_NONE_MATCH=known)
        assert (again.status, again.body) == (304, b"")
    assert door.request("GET", "/contracts/services/services-1.0.xsd", HTTP_IF_NONE_MATCH='"x"').status == 200


def test_head_is_get_without_a_body(door: Door) -> None:
    """HEAD tells the length of what GET would give."""
    asked, given = (door.request(method, "/soap/voice?wsdl") for method in ("HEAD", "GET"))
    assert asked.body == b""
    assert asked.headers["content-length"] == given.headers["content-length"]


@pytest.mark.parametrize(
    "path",
    ["../pyproject.toml", "services/../../pyproject.toml", "/etc/passwd", "services", "services/", "SOURCE.md", "errors/", "errors/x",
     f"errors/{CANARY}", f"{CANARY}.xsd", "services/services-1.0.xsd/", "Client.Malformed", "services\\services-1.0.xsd", "\x00"],
)  # fmt: skip
def test_only_listed_files_are_served(door: Door, path: str) -> None:
    """A path that is not on the list is 404 and is not repeated."""
    reply = door.request("GET", f"/contracts/{path}")
    assert reply.status == 404
    assert CANARY.encode() not in reply.body


def test_a_link_out_of_the_folder_is_not_published(tmp_path: Path) -> None:
    """A symbolic link in a schema folder that leads elsewhere is no contract."""
    (tmp_path / "outside.xsd").write_text("<a/>")
    inside = tmp_path / "schemas"
    inside.mkdir()
    (inside / "real.xsd").write_text("<a/>")
    (inside / "link.xsd").symlink_to(tmp_path / "outside.xsd")
    assert ContractFiles([inside], PUBLIC_URL, {}).names == ("real.xsd",)


def test_only_get_and_head_reach_the_contracts(door: Door) -> None:
    """Contracts cannot be posted to."""
    assert [door.request(method, "/contracts/").status for method in ("POST", "PUT", "DELETE")] == [405] * 3


def test_the_index_lists_everything(door: Door) -> None:
    """The index names every file, operation and error code, in Chinese, and runs no script."""
    reply = door.request("GET", "/contracts/")
    text = reply.body.decode()
    for name in (*ContractFiles([SCHEMAS, VOICE], PUBLIC_URL, {}).names, *KINDS, "urn:pophub:voice:Say", "报送协查请求"):
        assert name in text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    for link in re.findall(r"href='((?!\.\./api/)[^']+)'", text):  # what another application serves is followed in its own test
        path = link.removeprefix("..") if link.startswith("../") else f"/contracts/{link}"
        assert door.request("GET", path).status == 200, link


def test_the_index_without_its_slash_leads_to_it(door: Door) -> None:
    """/contracts is redirected to the index at the public address."""
    reply = door.request("GET", "/contracts", HTTP_HOST="evil.example")
    assert (reply.status, reply.headers["location"]) == (308, f"{PUBLIC_URL}/contracts/")


@pytest.mark.parametrize("code", KINDS)
def test_every_error_code_has_a_page(door: Door, code: str) -> None:
    """The page of a code says in both languages what it means, whose fault it is and what to do, without open slots."""
    reply = door.request("GET", f"/contracts/errors/{code}")
    text = reply.body.decode()
    assert reply.status == 200
    assert code in text
    assert "处理办法" in text
    assert not re.search(r"\{[a-z]+\}", text.partition("<body>")[2])


def test_a_wsdl_outside_the_schema_folders_is_a_fault_of_the_installation(tmp_path: Path) -> None:
    """A service whose WSDL is not published cannot be served."""
    with pytest.raises(ValueError, match="does not stand below a schema folder"):
        ContractFiles([SCHEMAS], PUBLIC_URL, {}).name_of(tmp_path / "x.wsdl")
