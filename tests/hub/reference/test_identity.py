"""Citizen numbers and names."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.reference.division_files import address_codes
from hub.reference.identity import (
    Claims,
    IdCheck,
    birth_date_of,
    check_character,
    check_number,
    normalise_name,
    normalise_number,
    sex_of,
    upgrade,
)

STANDARD_EXAMPLES = ("11010519491231002X", "440524188001010014")
"""The two examples in the text of GB 11643-1999: no living person has them."""
NOTHING_SAID = Claims()
BODIES = st.builds(
    lambda code, day, sequence: f"{code}{day:%Y%m%d}{sequence:03d}",
    st.integers(359901, 359999),
    st.dates(date(1900, 1, 1), date(2020, 12, 31)),
    st.integers(1, 995),
)


@pytest.mark.parametrize("number", STANDARD_EXAMPLES)
def test_the_examples_of_the_standard_pass(number: str) -> None:
    """Both numbers printed in GB 11643 are right, and their counties were once issued."""
    assert check_character(number[:17]) == number[17]
    assert check_number(number, NOTHING_SAID, address_codes()) is IdCheck.PASSED


def test_what_a_number_says() -> None:
    """Digits 7 to 14 are the birth date, the 17th tells the sex."""
    woman, man = STANDARD_EXAMPLES
    assert (birth_date_of(woman), sex_of(woman)) == (date(1949, 12, 31), "2")
    assert (birth_date_of(man), sex_of(man)) == (date(1880, 1, 1), "1")


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (" 11010519491231002x ", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("\u300011010519491231002ｘ\n", "11010519491231002X"),
        ("110105491231002", "11010519491231002X"),
        ("１１０１０５４９１２３１００２", "11010519491231002X"),
        ("440524800101996", "440524188001019967"),
        ("12345", "12345"),
        ("", ""),
    ],
)
def test_numbers_are_normalised(raw: str, number: str) -> None:
    """Blanks around go, full-width becomes half-width, x becomes X, 15 digits become 18; the rest stays as it is."""
    assert normalise_number(raw) == number


@pytest.mark.parametrize(("sequence", "century"), [("995", "19"), ("996", "18"), ("999", "18"), ("000", "19")])
def test_the_century_of_an_old_number(sequence: str, century: str) -> None:
    """Sequences 996 to 999 mark people of 100 and more: they were born in the 19th century."""
    assert upgrade("359901100101" + sequence)[6:8] == century


@pytest.mark.parametrize("not_old", ["11010519491231002X", "11010549123100", "11010549123100X"])
def test_only_fifteen_digits_are_upgraded(not_old: str) -> None:
    """Anything else has no old form."""
    with pytest.raises(ValueError, match="15 digits"):
        upgrade(not_old)


@pytest.mark.parametrize(
    ("raw", "claims", "expected"),
    [
        (None, NOTHING_SAID, IdCheck.MISSING),
        ("  ", NOTHING_SAID, IdCheck.MISSING),
        ("1101051949123100", NOTHING_SAID, IdCheck.WRONG_LENGTH),
        ("1101051949123100AX", NOTHING_SAID, IdCheck.WRONG_CHARACTER),
        ("11010549123100X", NOTHING_SAID, IdCheck.WRONG_CHARACTER),
        ("11010519490231002X", NOTHING_SAID, IdCheck.WRONG_DATE),
        ("110105170012310021", NOTHING_SAID, IdCheck.WRONG_DATE),
        ("110105490231002", NOTHING_SAID, IdCheck.WRONG_DATE),
        ("110105194912310021", NOTHING_SAID, IdCheck.WRONG_CHECK_CHARACTER),
        ("11010519491231002X", Claims(sex="1"), IdCheck.OTHER_SEX),
        ("11010519491231002X", Claims(sex="1", birth_date="1949-12-30"), IdCheck.OTHER_SEX),
        ("11010519491231002X", Claims(birth_date="1949-12-30"), IdCheck.OTHER_BIRTH_DATE),
        ("359901199005100022", NOTHING_SAID, IdCheck.UNKNOWN_DIVISION),
        ("359901199005100022", Claims(sex="1"), IdCheck.OTHER_SEX),
        ("359901900510002", NOTHING_SAID, IdCheck.UNKNOWN_DIVISION),
        ("110105491231002", NOTHING_SAID, IdCheck.UPGRADED),
        ("110105491231002", Claims(sex="1"), IdCheck.OTHER_SEX),
        ("11010519491231002x", Claims(sex="2", birth_date="1949-12-31"), IdCheck.PASSED),
        ("11010519491231002X", Claims(sex="9", birth_date="1949-12"), IdCheck.PASSED),
        ("11010519491231002X", Claims(sex="0", birth_date="1949"), IdCheck.PASSED),
        ("11010519491231002X", Claims(birth_date="1950"), IdCheck.OTHER_BIRTH_DATE),
    ],
)
def test_check(raw: str | None, claims: Claims, expected: IdCheck) -> None:
    """The lowest code that applies, 6 and 9 last; sex 0 and 9 and partial dates are not held against a number."""
    assert check_number(raw, claims, address_codes()) is expected


@pytest.mark.parametrize("prefix", ["810000", "820000", "830000", "912345"])
def test_numbers_of_other_issuers_need_no_county(prefix: str) -> None:
    """Residents of Hong Kong, Macao and Taiwan and foreigners have prefixes that are no divisions."""
    body = prefix + "19900510002"
    assert check_number(body + check_character(body), NOTHING_SAID, frozenset()) is IdCheck.PASSED


def test_a_verified_number() -> None:
    """1 to 5, 7 and 8 count against a number; an unknown division and an upgrade do not."""
    assert {check for check in IdCheck if check.verified} == {IdCheck.PASSED, IdCheck.UNKNOWN_DIVISION, IdCheck.UPGRADED}


@given(BODIES, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(body: str, position: int, shift: int) -> None:
    """ISO 7064 MOD 11-2 finds every single wrong digit."""
    wrong = body[:position] + str((int(body[position]) + shift) % 10) + body[position + 1 :]
    assert check_character(wrong) != check_character(body)


@given(BODIES.filter(lambda body: body[6:8] == "19"))
def test_both_forms_of_a_number_are_one_number(body: str) -> None:
    """The 15 digits of the first generation normalise to the same 18 characters."""
    full = body + check_character(body)
    assert normalise_number(body[:6] + body[8:]) == normalise_number(full) == full


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (" 张三\u3000", "张三"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽‧买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("Ame\u0301lie", "Am\u00e9lie"),
        ("ＡＢ", "ＡＢ"),
        ("李\ue863", "李\ue863"),
        ("陈𠮷", "陈𠮷"),
    ],
)
def test_names_are_normalised_for_matching(raw: str, name: str) -> None:
    """NFC, trimmed, one dot; full-width letters, private-use and rare characters stay as they are."""
    assert normalise_name(raw) == name


@given(st.text(max_size=60))
def test_normalising_a_name_twice_changes_nothing(raw: str) -> None:
    """The normal form of a name is its own normal form."""
    once = normalise_name(raw)
    assert normalise_name(once) == once
