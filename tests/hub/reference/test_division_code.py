"""Division codes as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.reference.division_code import Level, div2, div4, div6, div9, flow_type, is_well_formed, level_of, pad


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("35", Level.PROVINCE),
        ("350000000000", Level.PROVINCE),
        ("3501", Level.PREFECTURE),
        ("441900000000", Level.PREFECTURE),
        ("350102", Level.COUNTY),
        ("350102001", Level.TOWNSHIP),
        ("441900003000", Level.TOWNSHIP),
        ("350102001001", Level.VILLAGE),
    ],
)
def test_level_is_the_last_group_that_is_not_zero(code: str, level: Level) -> None:
    """A code says its level itself, short or padded."""
    assert level_of(code) is level


@given(st.sampled_from([2, 4, 6, 9, 12]), st.integers(min_value=0, max_value=10**11 - 1))
def test_padding_gives_twelve_digits_and_keeps_the_prefix(length: int, digits: int) -> None:
    """On the bus every code has 12 digits; the ones that were sent stay in front."""
    code = ("3" + str(digits).zfill(11))[:length]
    padded = pad(code)
    assert len(padded) == 12
    assert padded.startswith(code)
    assert pad(padded) == padded


@pytest.mark.parametrize("bad", ["", "3", "350", "35010", "3501020010", "350102００1", "050102", "35010a", "350102 ", "350102\n"])
def test_what_is_not_a_code_is_refused(bad: str) -> None:
    """Other lengths, letters, full-width digits, blanks and a leading zero are not codes."""
    assert not is_well_formed(bad)
    with pytest.raises(ValueError, match="digits"):
        pad(bad)


def test_prefixes() -> None:
    """Province, prefecture, county and township are the first 2, 4, 6 and 9 digits."""
    code = "350102001003"
    assert (div2(code), div4(code), div6(code), div9(code)) == ("35", "3501", "350102", "350102001")


@pytest.mark.parametrize(
    ("hukou", "residence", "expected"),
    [
        pytest.param("350181001000", "350181002000", "1", id="VF1-other-township"),
        pytest.param("350102001000", "350104001000", None, id="VF2-two-urban-districts"),
        pytest.param("350102001000", "350181001000", "2", id="VF3-district-and-city"),
        pytest.param("350102001000", "350128107000", "2", id="VF4-pingtan"),
        pytest.param("350102001000", "350203001000", "3", id="VF5-other-prefecture"),
        pytest.param("350102001000", "440106000000", "4", id="VF6-other-province"),
        pytest.param("350181001000", "350102001000", "2", id="back-again"),
        pytest.param("350121001000", "350122100000", "2", id="two-counties"),
        pytest.param("350102001000", "350121001000", "2", id="21-is-no-district"),
    ],
)
def test_flow_type(hukou: str, residence: str, expected: str | None) -> None:
    """The flow type follows from the two codes; two urban districts of one city are not floating."""
    assert flow_type(hukou, residence) == expected
