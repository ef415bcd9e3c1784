"""Reads from one of our own WSDL files what may be called: operation, input element, SOAPAction for each SOAP version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.contract import xml
from hub.contract.xml import Element
from hub.transports.soap_call import Version

WSDL: Final = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP_IN_WSDL: Final[dict[Version, str]] = {
    "1.1": "{http://schemas.xmlsoap.org/wsdl/soap/}",
    "1.2": "{http://schemas.xmlsoap.org/wsdl/soap12/}",
}


@dataclass(frozen=True, slots=True)
class SoapOperation:
    """One operation of a binding. ``element`` is the QName ``{namespace}name`` of its only input, ``action`` its soapAction."""

    name: str
    element: str
    action: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ServiceContract:
    """What a WSDL 1.1 file declares, document/literal only. ``bindings`` lists operations by SOAP version, then element."""

    namespace: str
    title: str
    bindings: Mapping[Version, Mapping[str, SoapOperation]]


def read_wsdl(path: Path) -> ServiceContract:
    """The contract in the file. Raises ValueError naming the file when it is not document/literal with plain actions."""
    root = xml.parse(path.read_bytes())
    title = root.findtext(f"{WSDL}documentation") or ""
    bindings = {}
    for version, soap in SOAP_IN_WSDL.items():
        operations = list(_operations(root, soap, path))
        if len({o.element for o in operations}) < len(operations):
            raise ValueError(f"{path}: two operations take the same input element")
        if operations:
            bindings[version] = {o.element: o for o in operations}
    if not bindings:
        raise ValueError(f"{path}: no SOAP binding")
    return ServiceContract(root.get("targetNamespace", ""), title.strip(), bindings)


def _operations(root: Element, soap: str, path: Path) -> Iterator[SoapOperation]:
    for binding in root.iterchildren(f"{WSDL}binding"):
        style = binding.find(f"{soap}binding")
        if style is None:
            continue
        port = _named(root, "portType", binding.get("type", ""), path)
        for bound in binding.iterchildren(f"{WSDL}operation"):
            call = bound.find(f"{soap}operation")
            uses = {body.get("use") for body in bound.iter(f"{soap}body")}
            action = call.get("soapAction", "") if call is not None else ""
            if style.get("style", "document") != "document" or uses != {"literal"} or not action:
                raise ValueError(f"{path}: {bound.get('name')} is not document/literal with a soapAction")
            declared = _named(port, "operation", bound.get("name", ""), path)
            title = declared.findtext(f"{WSDL}documentation") or ""
            yield SoapOperation(bound.get("name", ""), _input_element(root, declared, path), action, title.strip())


def _input_element(root: Element, declared: Element, path: Path) -> str:
    given = declared.find(f"{WSDL}input")
    message = _named(root, "message", given.get("message", "") if given is not None else "", path)
    parts = message.findall(f"{WSDL}part")
    prefix, _, local = (parts[0].get("element", "") if len(parts) == 1 else "").rpartition(":")
    namespace = parts[0].nsmap.get(prefix or None) if parts else None
    if not local or namespace is None:
        raise ValueError(f"{path}: message {message.get('name')} must have one part with an element")
    return f"{{{namespace}}}{local}"


def _named(parent: Element, kind: str, name: str, path: Path) -> Element:
    local = name.rpartition(":")[2]
    for found in parent.iterchildren(f"{WSDL}{kind}"):
        if found.get("name") == local:
            return found
    raise ValueError(f"{path}: no {kind} named {local or '(nothing)'}")
