"""How a Chinese name is spelt, for search: `张伟` → `zhangwei` and `zw`. Polyphonic family names are read as names."""

from functools import lru_cache

from pypinyin import lazy_pinyin

from common.texts import latin_words

FAMILY_NAMES = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "朴": "piao", "乐": "yue", "查": "zha", "盖": "ge", "区": "ou",
    "翟": "zhai", "任": "ren", "华": "hua", "缪": "miao", "逄": "pang", "覃": "qin", "尉": "wei", "宁": "ning", "秘": "bi",
    "员": "yun", "祭": "zhai", "黑": "he", "折": "she", "冼": "xian", "洗": "xian", "繁": "po", "纪": "ji", "过": "guo",
    "种": "chong", "薄": "bo",
}  # fmt: skip
TWO_CHARACTERS = {"尉迟": ["yu", "chi"], "万俟": ["mo", "qi"], "单于": ["chan", "yu"], "澹台": ["tan", "tai"]}
IN_NAMES = {"卜": "bu"}  # as in 卜 and 阿卜杜; the dictionary has the radish 萝卜 first


@lru_cache(maxsize=30_000)
def _syllable(character: str) -> str:
    return IN_NAMES.get(character) or lazy_pinyin(character)[0].lower()


def spell(name: str) -> tuple[str, str]:
    """The name's pinyin without blanks, and its initials; of Latin names the letters of their words, without accents."""
    if words := latin_words(name):
        return "".join(words), "".join(word[0] for word in words)
    letters = [character for character in name if character.isalnum()]
    syllables = [_syllable(character) for character in letters]
    if len(letters) > 2 and (family := TWO_CHARACTERS.get("".join(letters[:2]))):
        syllables[:2] = family
    elif letters and letters[0] in FAMILY_NAMES:
        syllables[0] = FAMILY_NAMES[letters[0]]
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)
