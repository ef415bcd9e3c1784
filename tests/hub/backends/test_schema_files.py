"""Schema files: only what stands in the folders is ever read."""

from pathlib import Path

import pytest

from hub.backends.schema_files import SchemaFault, SchemaFolders, compile_schema, digest

FOLDER = Path(__file__).parent / "schemas"
HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'


def put(folder: Path, name: str, inside: str) -> None:
    """Write a schema with this inside."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"{HEAD}{inside}</xs:schema>", encoding="utf-8")


def test_a_closure_holds_the_schema_and_all_it_refers_to() -> None:
    """The schema comes first; an import of an included file is followed."""
    closure = SchemaFolders([FOLDER]).closure("canonical/visit.xsd")
    assert next(iter(closure)) == "canonical/visit.xsd"
    assert set(closure) == {"canonical/visit.xsd", "canonical/person.xsd", "codes/codes.xsd"}


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:9/x.xsd", "//127.0.0.1/x.xsd", "file:///etc/hostname", "/etc/hostname", "../../outside.xsd",
        "..\\outside.xsd", "%2e%2e/outside.xsd", "inner/../../outside.xsd",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["include", "import namespace='urn:x'"])
def test_a_reference_out_of_the_folders_is_refused(tmp_path: Path, location: str, kind: str) -> None:
    """Neither the network nor another folder, absolute, relative or encoded; the sentence names file, line and place."""
    put(tmp_path, "outside.xsd", "")
    put(tmp_path, "in/a.xsd", f'\n<xs:{kind} schemaLocation="{location}"/>')
    with pytest.raises(SchemaFault) as refused:
        SchemaFolders([tmp_path / "in"]).closure("a.xsd")
    (sentence,) = refused.value.faults
    assert sentence.startswith("a.xsd line 2: ")
    assert location in sentence.replace("\\\\", "\\")


def test_every_unusable_reference_is_reported_at_once(tmp_path: Path) -> None:
    """One fault a file, not one a run."""
    put(
        tmp_path,
        "a.xsd",
        '<xs:include schemaLocation="b.xsd"/><xs:include schemaLocation="c.xsd"/><xs:include schemaLocation="d.xsd"/>',
    )
    put(tmp_path, "b.xsd", '<xs:redefine schemaLocation="c.xsd"/>')
    (tmp_path / "d.xsd").write_text("<!DOCTYPE a><a/>")
    with pytest.raises(SchemaFault) as refused:
        SchemaFolders([tmp_path]).closure("a.xsd")
    assert [f.split(" ")[0] for f in refused.value.faults] == ["b.xsd", "c.xsd", "d.xsd"]


@pytest.mark.parametrize(
    "name", ["../secret.xsd", "/etc/hostname", "a/../../secret.xsd", "link.xsd", "a\\b", "", "one/../a.xsd", "x\0y", "a" * 5000]
)
def test_a_name_never_leads_out_of_the_folders(tmp_path: Path, name: str) -> None:
    """Dots (a schema has one name), absolute paths, symbolic links, odd characters and lengths find nothing and raise nothing."""
    put(tmp_path, "secret.xsd", "")
    put(tmp_path, "in/a.xsd", "")
    (tmp_path / "in" / "one").mkdir()
    (tmp_path / "in" / "link.xsd").symlink_to(tmp_path / "secret.xsd")
    assert SchemaFolders([tmp_path / "in"]).find(name) is None


def test_the_first_folder_that_holds_a_name_wins(tmp_path: Path) -> None:
    """A further folder adds schemas, may refer to those of the others, and replaces none that stand before it."""
    put(tmp_path / "one", "codes.xsd", '<xs:element name="one"/>')
    put(tmp_path / "two", "codes.xsd", '<xs:element name="two"/>')
    put(tmp_path / "two", "own/a.xsd", '<xs:include schemaLocation="../codes.xsd"/>')
    folders = SchemaFolders([tmp_path / "one", tmp_path / "two"])
    assert b"one" in folders.closure("own/a.xsd")["codes.xsd"].data
    assert folders.names() == ("codes.xsd", "own/a.xsd")


def test_a_file_is_read_once(tmp_path: Path) -> None:
    """Every schema that imports the code lists shares their bytes."""
    for name in ("a.xsd", "b.xsd"):
        put(tmp_path, name, '<xs:include schemaLocation="codes.xsd"/>')
    put(tmp_path, "codes.xsd", "")
    folders = SchemaFolders([tmp_path])
    assert folders.closure("a.xsd")["codes.xsd"] is folders.closure("b.xsd")["codes.xsd"]


def test_the_digest_follows_the_closure_and_not_the_place(tmp_path: Path) -> None:
    """Equal files anywhere give one digest; a changed code list changes the digest of who imports it."""
    for folder in ("one", "two"):
        put(tmp_path / folder, "codes.xsd", '<xs:element name="x"/>')
        put(tmp_path / folder, "a.xsd", '<xs:include schemaLocation="codes.xsd"/>')
    one, two = (digest(SchemaFolders([tmp_path / folder]).closure("a.xsd")) for folder in ("one", "two"))
    put(tmp_path / "two", "codes.xsd", '<xs:element name="y"/>')
    assert one == two != digest(SchemaFolders([tmp_path / "two"]).closure("a.xsd"))


def test_the_compiler_opens_nothing_by_itself() -> None:
    """What is not among the bytes handed over is not looked for on disk or network, even when it exists."""
    closure = SchemaFolders([FOLDER]).closure("canonical/visit.xsd")
    sources = {name: file.data for name, file in closure.items()}
    compile_schema("canonical/visit.xsd", sources)
    del sources["codes/codes.xsd"]
    with pytest.raises(SchemaFault, match=r"codes/codes\.xsd"):
        compile_schema("canonical/visit.xsd", sources)
