"""Compares drafts of sites with the catalogue, and saves what is new or different."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Union
from catalogue.menu.cells import key, shown
from catalogue.menu.naming import Towns, free_slug
from catalogue.menu.progress import Progress, batches
from catalogue.menu.report import Kind, Line, Outcome, Report
from catalogue.menu.sites import EMPTY, FIELDS, NEEDED, RoomDraft, SiteDraft
from catalogue.models import HostKind, Room, RoomKind, Site

SLUG_LENGTH = 80
# Personal data: the report says that it changed, not what it was.
PERSONAL = ("manager_name", "manager_phone")


@dataclass
class SitesPlan:
    """What an import will do to sites and rooms. Made without writing; `write` saves it."""

    report: Report
    towns: Towns
    slugs: set[str]
    new: list[Site] = field(default_factory=list)
    changed: list[Site] = field(default_factory=list)
    changed_fields: set[str] = field(default_factory=set)
    new_rooms: list[Room] = field(default_factory=list)
    changed_rooms: list[Room] = field(default_factory=list)

    def add(self, draft: SiteDraft, site: Site | None) -> None:
        """Plan one row."""
        if site and site.retired_at:
            place, sentence = draft.row.place(), _("这个学堂已停用，没有改动")
            self.report.add(Line(Outcome.NOTICE, Kind.SITE, name=site.name, place=place, sentence=sentence))
        elif site:
            self._change(draft, site)
        else:
            self._create(draft)

    def write(self, progress: Progress) -> None:
        """Write the plan."""
        self.towns.write()
        for batch in batches(self.changed, _("修改学堂"), progress):
            Site.objects.bulk_update(batch, sorted(self.changed_fields))
        for batch in batches(self.new, _("保存学堂"), progress):
            Site.objects.bulk_create(batch)
        Room.objects.bulk_update(self.changed_rooms, ["capacity", "kind", "position"])
        for rooms in batches(self.new_rooms, _("保存教室"), progress):
            Room.objects.bulk_create(rooms)

    def _create(self, draft: SiteDraft) -> None:
        absent = "、".join(FIELDS[key].label for key in NEEDED if key not in draft.values and key != "name")
        if absent:
            draft.row.wrong("name", _("是新学堂，但表里没有“{labels}”列").format(labels=absent), _("请补上这些列"))
            return
        values = {**EMPTY, **draft.values}
        values.pop("is_municipal")
        values["union"] = self.towns.get(values.pop("town"))
        slug = free_slug(values["short_name"], self.slugs, SLUG_LENGTH)
        self.slugs.add(slug)
        site = Site(slug=slug, name=draft.name, **values)
        self.new.append(site)
        self.report.add(Line(Outcome.ADDED, Kind.SITE, name=site.name, place=draft.row.place()))
        self._plan_rooms(draft, site, {})

    def _change(self, draft: SiteDraft, site: Site) -> None:
        lines = list(self._new_values(draft, site))
        if lines:
            self.changed.append(site)
            self.report.lines += lines
        else:
            self.report.add(Line(Outcome.UNCHANGED, Kind.SITE, name=site.name, place=draft.row.place()))
        self._plan_rooms(draft, site, {key(room.name): room for room in site.rooms.all()})

    def _new_values(self, draft: SiteDraft, site: Site) -> Iterator[Line]:
        """Set the fields that differ, and yield a line for each."""
        for name, new in draft.values.items():
            attribute, value = ("union", self.towns.get(new)) if name == "town" else (name, new)
            old = getattr(site, attribute)
            if (old is value) if name == "town" else (old == value):
                continue
            setattr(site, attribute, value)
            self.changed_fields.add(attribute)
            before, after = ("…", "…") if name in PERSONAL else (said(name, old), said(name, value))
            place = draft.row.place(name)
            yield Line(Outcome.CHANGED, Kind.SITE, "", site.name, place, FIELDS[name].label, before, after)

    def _plan_rooms(self, draft: SiteDraft, site: Site, there: dict[str, Room]) -> None:
        """Plan a site's rooms, matched by name. A room that the list no longer names is reported and stays."""
        for position, room in enumerate(draft.rooms or []):
            known = there.pop(key(room.name), None)
            if known:
                self._change_room(draft, known, room, position)
                continue
            made = Room(site=site, name=room.name, capacity=room.capacity, kind=room.kind, position=position)
            self.new_rooms.append(made)
            self._say(Outcome.ADDED, draft, site, room.name)
        if draft.rooms is not None:
            for left in there.values():
                if not left.retired_at:
                    self._say(Outcome.MISSING, draft, site, left.name, sentence=_("库里的教室没有改动"))

    def _change_room(self, draft: SiteDraft, room: Room, wanted: RoomDraft, position: int) -> None:
        if room.retired_at:
            self._say(Outcome.NOTICE, draft, room.site, room.name, sentence=_("这间教室已停用，没有改动"))
            return
        new: dict[str, int | str] = {"capacity": wanted.capacity, "kind": wanted.kind, "position": position}
        changed = [name for name, value in new.items() if getattr(room, name) != value]
        for name in changed:
            labels = {"capacity": _("人数"), "kind": _("类型"), "position": _("顺序")}
            old, after = (room_said(name, value) for value in (getattr(room, name), new[name]))
            self._say(Outcome.CHANGED, draft, room.site, room.name, field=labels[name], old=old, new=after)
            setattr(room, name, new[name])
        if changed:
            self.changed_rooms.append(room)
        else:
            self._say(Outcome.UNCHANGED, draft, room.site, room.name)

    def _say(self, outcome: Outcome, draft: SiteDraft, site: Site, room: str, **more: str) -> None:
        name = f"{site.short_name} / {room}"
        self.report.add(Line(outcome, Kind.ROOM, name=name, place=draft.row.place("rooms"), **more))


def plan(drafts: list[SiteDraft], mentioned: set[str], *, report: Report) -> SitesPlan:
    """Return what the drafts change. Sites are matched by 学堂名称. Reads the catalogue, writes nothing."""
    sites = {key(site.name): site for site in Site.objects.select_related("union").prefetch_related("rooms")}
    towns = Towns(report)
    for site in sites.values():
        site.union = towns.registered(site.union)
    made = SitesPlan(report, towns, {site.slug for site in sites.values()})
    for draft in drafts:
        made.add(draft, sites.get(key(draft.name)))
    for name, site in sites.items():
        if name not in mentioned and not site.retired_at:
            sentence = _("库里的学堂没有改动")
            report.add(Line(Outcome.MISSING, Kind.SITE, name=site.name, sentence=sentence))
    return made


def said(name: str, value: Any) -> str:
    """Return a field's value as the list writes it."""
    if value is None:
        return ""
    if isinstance(value, Union):
        return value.area
    if name == "host_kind":
        return str(HostKind(value).label)
    if isinstance(value, list):
        return "、".join(value)
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else shown(value)


def room_said(name: str, value: int | str) -> str:
    """Return a room's value as the list writes it."""
    return str(RoomKind(str(value)).label) if name == "kind" else str(value)
