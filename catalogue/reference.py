"""The nine categories and the topics every installation starts with (product.md, vocabulary)."""

from typing import NamedTuple

from catalogue.models import Category, Topic, Track


class CategoryRow(NamedTuple):
    """One category as the programme knows it; `prefix` begins its course codes."""

    code: str
    name: str
    name_en: str
    prefix: str


CATEGORIES = [
    CategoryRow("skills", "岗位技能", "Job skills", "SK"),
    CategoryRow("policy", "政策解读", "Policy", "PO"),
    CategoryRow("law", "法律宣传", "Law", "LA"),
    CategoryRow("psychology", "心理辅导", "Psychology", "PS"),
    CategoryRow("arts", "文化艺术", "Arts", "AR"),
    CategoryRow("sports", "体育健身", "Sports", "SP"),
    CategoryRow("family", "家庭教育", "Family", "FA"),
    CategoryRow("health", "健康教育", "Health", "HE"),
    CategoryRow("life", "生活服务", "Life", "LI"),
]
AI_TOPIC = "ai"
TOPICS = {
    AI_TOPIC: ("AI技术", "AI"),
    "digital-skills": ("数字技能", "Digital skills"),
    "fire-safety": ("消防安全", "Fire safety"),
    "work-safety": ("安全生产", "Work safety"),
    "young-workers": ("青年职工", "Young workers"),
    "new-forms": ("新就业形态", "New forms of work"),
    "model-workers": ("劳模工匠讲堂", "Model workers and craftsmen"),
    "retirement": ("退休预备", "Before retirement"),
    "women": ("女职工", "Women at work"),
    "heritage": ("非遗传承", "Living heritage"),
}
AI_TRACKS = {
    "basics": "大模型基础普及",
    "advanced": "技能进阶",
    "workplace": "职场应用",
    "frontier": "前沿科技",
    "safety_ethics": "安全伦理",
}


def reference_data() -> None:
    """Write categories, topics and the AI topic's five tracks. Names that staff changed are left alone."""
    for position, row in enumerate(CATEGORIES, start=1):
        Category.objects.get_or_create(
            code=row.code,
            defaults={"name": row.name, "name_en": row.name_en, "prefix": row.prefix, "position": position},
        )
    for slug, (name, name_en) in TOPICS.items():
        Topic.objects.get_or_create(slug=slug, defaults={"name": name, "name_en": name_en})
    ai = Topic.objects.get(slug=AI_TOPIC)
    for position, (code, name) in enumerate(AI_TRACKS.items(), start=1):
        Track.objects.get_or_create(topic=ai, code=code, defaults={"name": name, "position": position})
