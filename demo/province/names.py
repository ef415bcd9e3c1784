"""Invented names, put together from short lists: common ones, minority names with a dot, rare characters, the longest."""

from __future__ import annotations

from random import Random
from typing import Final

MAX_NAME: Final = 50
"""Longest name of the vocabulary in characters (WS 363, DE02.01.039)."""

RARE: Final = "䶮㛃㙊𠮷𬎆𫖯"
"""Characters of extensions A, B, C and E: none of them in GBK, the last three outside the basic plane."""

_SURNAMES: Final = "陈林黄张吴李郑王刘苏蔡杨许曾郭谢洪邱叶周施赖徐柯颜江何罗庄沈"
_COMPOUND: Final = ("欧阳", "上官", "诸葛", "司马")
_SHE_SURNAMES: Final = "蓝雷钟"
_GIVEN: Final = {
    "1": ("志明", "建国", "伟", "文彬", "俊杰", "国强", "宗翰", "海峰", "晓东", "永福", "添财", "浩然", "宇轩", "庆", "家辉"),
    "2": ("淑芬", "丽华", "美玲", "秀英", "雅婷", "巧云", "静", "晓燕", "凤珠", "思颖", "子涵", "诗琪", "碧莲", "敏", "月娥"),
}
_DOTTED: Final = {
    "1": ("阿卜杜拉", "买买提", "艾力", "吐尔逊", "热合曼", "玉素甫"),
    "2": ("阿依古丽", "热依汗", "古丽娜尔", "帕提曼", "茹先古丽", "阿米娜"),
}
HAN: Final = "01"
SHE: Final = "22"
UYGHUR: Final = "05"


def invent_name(rng: Random, number: int, sex: str) -> tuple[str, str]:
    """(name, ethnicity code of GB 3304) of the person with this running number.

    Every 50th has a name with U+00B7, every 500th one of exactly 50 characters, every 61st a rare character, every 40th a
    She (畲族) surname; so that each kind is met in any thousand people.
    """
    if number % 500 == 0:
        return _longest(rng, sex), UYGHUR
    if number % 50 == 0:
        return f"{rng.choice(_DOTTED[sex])}·{rng.choice(_DOTTED['1'])}", UYGHUR
    if number % 61 == 0:
        return rng.choice(_SURNAMES) + RARE[number // 61 % len(RARE)] + rng.choice(("", "明", "华")), HAN
    if number % 40 == 0:
        return rng.choice(_SHE_SURNAMES) + rng.choice(_GIVEN[sex]), SHE
    surname = rng.choice(_COMPOUND) if number % 97 == 0 else rng.choice(_SURNAMES)
    return surname + rng.choice(_GIVEN[sex]), HAN


def _longest(rng: Random, sex: str) -> str:
    name = rng.choice(_DOTTED[sex])
    while len(name) < MAX_NAME:
        name += "·" + rng.choice(_DOTTED["1"])
    return name[: MAX_NAME - 1].rstrip("·").ljust(MAX_NAME, "尔")
