import pytest

from people.pinyin import spell


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("张伟", ("zhangwei", "zw")),
        ("单雄信", ("shanxiongxin", "sxx")),
        ("尉迟恭", ("yuchigong", "ycg")),
        ("万俟雅言", ("moqiyayan", "mqyy")),
        ("尉健", ("weijian", "wj")),
        ("卜算子", ("busuanzi", "bsz")),
        ("阿卜杜拉·买买提", ("abudulamaimaiti", "abdlmmt")),
        ("José Müller", ("josemuller", "jm")),
    ],
)
def test_a_name_is_spelt_as_it_is_said(name, spelt):
    assert spell(name) == spelt
