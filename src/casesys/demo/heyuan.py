"""Heyuan, an invented community: its grids, the people and their posts, the organisations and bodies, where cases are collected.

Ids say what somebody does, never who they are: ids are public, names are not.
"""

from collections.abc import Mapping
from typing import NamedTuple

from casesys.domain.messages import Text

COMMUNITY = "heyuan"
COMMUNITY_NAME = Text("和苑社区", "Heyuan Community")

OPERATOR = "operator"
OPERATOR_NAME = "何卓 He Zhuo"

RIVERSIDE, WILLOW, BRICKYARD, NEW_LANE = "heyuan-1", "heyuan-2", "heyuan-3", "heyuan-4"

GRIDS: Mapping[str, Text] = {
    RIVERSIDE: Text("河畔网格", "Riverside grid"),
    WILLOW: Text("柳荫网格", "Willow grid"),
    BRICKYARD: Text("砖厂网格", "Brickyard grid"),
    NEW_LANE: Text("新里网格", "New Lane grid"),
}


class Organisation(NamedTuple):
    """An organisation that serves the community as a kind of party."""

    kind: str
    name: Text


PROPERTY, LIGHTING, LIFTS = "xiangan-property", "city-lighting", "jiean-lifts"
ROADS, GREENERY, WATER = "city-roads", "city-greenery", "city-water"

ORGANISATIONS: Mapping[str, Organisation] = {
    PROPERTY: Organisation("property_company", Text("祥安物业", "Xiang'an Property")),
    LIGHTING: Organisation("municipal_lighting", Text("市照明所", "City Lighting")),
    LIFTS: Organisation("lift_maintainer", Text("捷安电梯维保", "Jie'an Lifts")),
    ROADS: Organisation("municipal_roads", Text("市道路养护所", "City Roads")),
    GREENERY: Organisation("municipal_greenery", Text("市园林所", "City Greenery")),
    WATER: Organisation("water_company", Text("市自来水公司", "City Water")),
}

COMMITTEE, OWNERS = "heyuan-committee", "heyuan-owners"
HALL, REPRESENTATIVES = "heyuan-hall", "heyuan-representatives"


class Post(NamedTuple):
    """A role that somebody holds, where, and for which party."""

    role: str
    grid: str = COMMUNITY
    principal: str | None = None


class Person(NamedTuple):
    """Somebody of the community: the name, in Chinese characters and in Latin letters, and the posts held."""

    name: str
    posts: tuple[Post, ...] = ()


def _leads(party: str, *others: Post) -> tuple[Post, ...]:
    """Let somebody act for a party, whether it leads or supports."""
    return (Post("supporting", principal=party), Post("lead", principal=party), *others)


STAFF: Mapping[str, Person] = {
    "secretary": Person("林秀兰 Lin Xiulan", (Post("secretary"),)),
    "grid-lead-south": Person(
        "郭志强 Guo Zhiqiang", (Post("grid_lead", RIVERSIDE), Post("grid_lead", WILLOW))
    ),
    "grid-lead-north": Person(
        "沈丽 Shen Li", (Post("grid_lead", BRICKYARD), Post("grid_lead", NEW_LANE))
    ),
    "grid-worker-1": Person("马晓燕 Ma Xiaoyan", (Post("grid_worker", RIVERSIDE),)),
    "grid-worker-2": Person("高鹏 Gao Peng", (Post("grid_worker", WILLOW),)),
    "grid-worker-3": Person("罗敏 Luo Min", (Post("grid_worker", BRICKYARD),)),
    "grid-worker-4": Person("宋佳 Song Jia", (Post("grid_worker", NEW_LANE),)),
    "duty-officer-1": Person("周建军 Zhou Jianjun", (Post("duty_officer"),)),
    "duty-officer-2": Person("韩雪 Han Xue", (Post("duty_officer"),)),
    "dispatcher": Person("吴倩 Wu Qian", (Post("dispatcher"),)),
    "coordinator": Person("郑文斌 Zheng Wenbin", (Post("coordinator"),)),
    "moderator": Person("徐国华 Xu Guohua", (Post("moderator"),)),
    "minute-taker": Person("陈静怡 Chen Jingyi", (Post("minute_taker"),)),
    "teller-1": Person("彭涛 Peng Tao", (Post("teller"),)),
    "teller-2": Person("曾琳 Zeng Lin", (Post("teller"),)),
    "mediator": Person("唐振海 Tang Zhenhai", (Post("mediator"),)),
    "verifier-1": Person("蒋雯 Jiang Wen", (Post("verifier"),)),
    "verifier-2": Person("董立 Dong Li", (Post("verifier"),)),
    "callback-officer": Person("叶青 Ye Qing", (Post("callback_officer"),)),
    "supervisor": Person("顾明德 Gu Mingde", (Post("supervisor"),)),
    "volunteer": Person("夏天宇 Xia Tianyu", (Post("volunteer"),)),
    "building-head": Person("石桂珍 Shi Guizhen", (Post("building_head", WILLOW),)),
    "charter-keeper": Person("方晴 Fang Qing", (Post("charter_keeper"), Post("privacy_officer"))),
    "property-manager": Person("任大伟 Ren Dawei", _leads(PROPERTY)),
    "property-foreman": Person("白志明 Bai Zhiming", _leads(PROPERTY, Post("verifier"))),
    "lighting-foreman": Person("廖凯 Liao Kai", _leads(LIGHTING)),
    "lift-engineer": Person("贾斌 Jia Bin", _leads(LIFTS)),
    "roads-foreman": Person("邹强 Zou Qiang", _leads(ROADS)),
    "greenery-foreman": Person("薛梅 Xue Mei", _leads(GREENERY)),
    "water-engineer": Person("金涛 Jin Tao", _leads(WATER)),
    "committee-clerk": Person("许慧 Xu Hui", _leads(COMMITTEE)),
}
"""Who works for the community or for a party that serves it, by id."""

_RESIDENTS = (
    *("郝建平 Hao Jianping", "常玉梅 Chang Yumei", "孔祥林 Kong Xianglin", "白雪 Bai Xue"),
    *("崔永刚 Cui Yonggang", "龙飞 Long Fei", "万淑芬 Wan Shufen", "段志远 Duan Zhiyuan"),
    *("雷鸣 Lei Ming", "侯丽华 Hou Lihua", "尹东升 Yin Dongsheng", "黎小红 Li Xiaohong"),
    *("汤国庆 Tang Guoqing", "武秀英 Wu Xiuying", "戴宁 Dai Ning"),
)

RESIDENTS: Mapping[str, Person] = {
    f"resident-{number:02}": Person(name) for number, name in enumerate(_RESIDENTS, 1)
}
"""The fifteen whom the residents have elected to represent them."""

PEOPLE: Mapping[str, Person] = {**STAFF, **RESIDENTS}


class Body(NamedTuple):
    """A deliberating body, and who sits in it."""

    kind: str
    name: Text
    members: tuple[str, ...]


_ELECTED = tuple(RESIDENTS)

BODIES: Mapping[str, Body] = {
    COMMITTEE: Body(
        "residents_committee",
        Text("和苑社区居民委员会", "Heyuan residents' committee"),
        ("secretary", "committee-clerk", "grid-lead-south", "grid-lead-north", "resident-01"),
    ),
    OWNERS: Body(
        "owners_committee", Text("和苑小区业主委员会", "Heyuan owners' committee"), _ELECTED[5:10]
    ),
    HALL: Body(
        "residents_hall",
        Text("锦囊议事厅", "residents' hall"),
        ("moderator", "mediator", "building-head", *_ELECTED[:6]),
    ),
    REPRESENTATIVES: Body(
        "residents_representatives", Text("居民代表会议", "residents' representatives"), _ELECTED
    ),
}


class IntakePoint(NamedTuple):
    """Where cases are collected: its name, its channel, and who takes turns on duty."""

    name: Text
    channel: str
    on_duty: tuple[str, ...]


RECEPTION_ROOM, WARM_STATION, HOTLINE = "reception-room", "warm-station", "hotline"

INTAKE_POINTS: Mapping[str, IntakePoint] = {
    RECEPTION_ROOM: IntakePoint(
        Text("书记接待室", "the secretary's reception room"), "reception_day", ("secretary",)
    ),
    WARM_STATION: IntakePoint(
        Text("柳荫暖心驿站", "Willow warm station"),
        "warm_station",
        ("grid-worker-2", "volunteer", "grid-worker-1"),
    ),
    HOTLINE: IntakePoint(
        Text("社区热线", "community hotline"), "hotline", ("duty-officer-1", "duty-officer-2")
    ),
}
