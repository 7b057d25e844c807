"""How a query is read: known words, everyday words, pinyin, initials, slips, what is only asking."""

import pytest

from catalogue.search.index import CourseText, SearchIndex, build
from catalogue.search.lexicon import lexicon
from catalogue.search.pieces import Kind, pieces
from catalogue.search.reading import read
from catalogue.search.scoring import best
from catalogue.search.text import alike, simplified, tokens

COURSES = {
    "办公椅瑜伽：舒展全身": ("瑜伽", "久坐"),
    "劳动仲裁一步步走": ("劳动仲裁", "维权"),
    "公积金提取三种办法": ("公积金", "租房"),
    "乒乓球起步": ("乒乓球", "发球"),
    "Excel函数实战": ("Excel", "表格"),
    "失眠自救": ("失眠", "早醒"),
    "手机摄影夜景": ("手机摄影", "拍照"),
    "家有猫：换粮与看病": ("养猫", "猫砂"),
}
MEANINGS = {"睡不着": ("失眠",), "打官司": ("劳动仲裁",), "讨说法": ("维权",)}


def course(place: int, title: str, keywords: tuple[str, ...]) -> CourseText:
    return CourseText(
        pk=place, code=f"SK{place:04}", title=title, keywords=keywords, summary="", outline=(), audience="",
        provider="", category="", names=(), teachers=(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    texts = [course(place, title, keywords) for place, (title, keywords) in enumerate(COURSES.items(), start=1)]
    return build(texts, MEANINGS, {"古美"})


def found(query: str, index: SearchIndex) -> list[str]:
    return [index.titles[place] for place in best(index, read(query, index))]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("瑜伽", "办公椅瑜伽：舒展全身"),
        ("yujia", "办公椅瑜伽：舒展全身"),
        ("yj", "办公椅瑜伽：舒展全身"),
        ("瑜珈", "办公椅瑜伽：舒展全身"),
        ("yuija", "办公椅瑜伽：舒展全身"),
        ("下班后想学点瑜伽", "办公椅瑜伽：舒展全身"),
        ("劳动仲栽", "劳动仲裁一步步走"),
        ("想打官司怎么办", "劳动仲裁一步步走"),
        ("dgs", "劳动仲裁一步步走"),
        ("公基金", "公积金提取三种办法"),
        ("gongjijin tiqu", "公积金提取三种办法"),
        ("ppq", "乒乓球起步"),
        ("pin pang qiu", "乒乓球起步"),
        ("excle", "Excel函数实战"),
        ("exc", "Excel函数实战"),
        ("睡不着", "失眠自救"),
        ("shou ji she ying", "手机摄影夜景"),
        ("手機攝影", "手机摄影夜景"),
        ("猫咪", "家有猫：换粮与看病"),
    ],
)
def test_is_found_first(query: str, title: str, index: SearchIndex) -> None:
    assert found(query, index)[:1] == [title]


def test_two_words_that_only_sound_alike_are_two_words(index: SearchIndex) -> None:
    assert found("量子", index) == []


def test_a_query_is_cut_into_what_is_known_and_what_is_asking(index: SearchIndex) -> None:
    cut = [(piece.kind, piece.text) for piece in pieces("我想学瑜伽和拉力赛在古美", index)]
    assert cut == [
        (Kind.ASKING, "我想学"),
        (Kind.WORD, "瑜伽"),
        (Kind.REST, "和拉力赛在"),
        (Kind.PLACE, "古美"),
    ]


def test_a_word_of_another_script_is_never_cut(index: SearchIndex) -> None:
    assert [piece.text for piece in pieces("excelsior表格", index)] == ["excelsior", "表格"]


def test_hints_alone_are_asked_for(index: SearchIndex) -> None:
    assert [concept.is_hint for concept in read("古美 周末", index)] == [True, True]


def test_the_tail_is_cut_where_the_best_is_far_better() -> None:
    strong = course(1, "消防演练", ("消防", "演练"))
    weak = [course(place, f"课程{place}", ()) for place in range(2, 9)]
    weak = [CourseText(**{**vars(one), "outline": ("消防",)}) for one in weak]
    index = build([strong, *weak], {}, set())
    assert found("消防", index) == ["消防演练"]


def test_tokens_are_pairs_of_chinese_and_words_of_other_scripts() -> None:
    assert tokens("AI消防车 3D") == ("ai", "消防", "防车", "3d")


def test_sounds_that_many_do_not_tell_apart() -> None:
    assert [alike(one) for one in ("zhang", "nan", "shen", "ling")] == ["zan", "lan", "sen", "lin"]


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    assert simplified("個稅退稅，勞動合同") == "个税退税，劳动合同"


def test_the_most_usual_word_comes_first() -> None:
    words = lexicon({"应急": 1, "瑜伽": 3, "乐器": 2}, {})
    assert words.abbreviated("yj") == ["瑜伽", "应急"]
    assert words.misspelt("yuija") == ["瑜伽"]
    assert words.one_character_off("瑜珈") == []
