"""When a timer is due: cron, rate and at expressions, in any time zone; no I/O.

Expressions and their rules are those of "Schedule types in EventBridge Scheduler" and of "Timer
that invokes a Cloud Functions function". Both clouds write cron with the same fields, separated by
blanks:

    minutes hours day-of-month month day-of-week year

AWS writes them as `cron(0 8 * * ? *)`. Yandex Cloud writes only the fields, may leave out the year,
and has no other kind of expression and no time zone.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot_sandbox.world.clock import LAST_MOMENT

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
UNITS = {"minute": 60, "hour": 3600, "day": 86400}  # seconds
POSSIBLE_FORMS = "cron(0 8 * * ? *), rate(5 minutes) or at(2026-12-24T18:00:00)"
Wanted = Callable[[date], bool]  # whether a day is meant


@dataclass(frozen=True)
class Schedule:
    """A parsed expression; `after` finds the next time."""

    after: Callable[[float], float | None]
    starts_now: bool = False  # a rate is due as soon as it is made


def parse_aws(expression: str, timezone: str) -> Schedule:
    """Parse an expression of EventBridge Scheduler; raise ValueError that says what is wrong.

    A cron expression whose local time doesn't exist, because clocks go forward, is skipped. One
    whose local time exists twice is due once.

    >>> monday = parse_aws("cron(0 8 ? * MON *)", "Europe/Berlin")
    >>> monday.after(0.0) / 3600  # 1970 began on a Thursday; 8 there was 7 in UTC
    103.0
    """
    zone = time_zone(timezone)
    found = re.fullmatch(r"(cron|rate|at)\((.*)\)", expression.strip())
    match found.groups() if found else ():
        case ("cron", fields):
            return parse_cron(fields, zone, last_year=2199)
        case ("rate", text):
            return parse_rate(text)
        case ("at", text):
            return parse_at(text, zone)
    raise ValueError(f"a schedule is like {POSSIBLE_FORMS}; found {expression!r}")


def parse_yandex(expression: str, timezone: str) -> Schedule:
    """Parse the cron expression of a timer of Yandex Cloud; raise ValueError.

    >>> parse_yandex("0 8 * * ? *", "UTC").after(0.0)
    28800.0
    """
    if timezone != "UTC":
        raise ValueError(f"timers of Yandex Cloud are in UTC; found timezone {timezone!r}")
    if "(" in expression:
        raise ValueError(
            f"a timer of Yandex Cloud has a cron expression like '0 8 * * ? *'; "
            f"found {expression!r}"
        )
    return parse_cron(expression, time_zone("UTC"), last_year=2099, optional_year=True)


def time_zone(name: str) -> ZoneInfo:
    """Return a time zone by its name; raise ValueError."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(
            f"timezone must be a name such as UTC or Europe/Berlin; found {name!r}. If this "
            "machine has no time zones, type: pip install tzdata"
        ) from None


def parse_rate(text: str) -> Schedule:
    """Parse the inside of rate(…): it is due now, and then again and again.

    >>> parse_rate("2 hours").after(1000.0)
    8200.0
    """
    found = re.fullmatch(r"(\d{1,9})\s+(minute|hour|day)s?", text.strip())
    if not found or not int(found[1]):
        raise ValueError(f"a rate is like rate(5 minutes) or rate(1 hour); found rate({text})")
    seconds = int(found[1]) * UNITS[found[2]]
    if seconds > LAST_MOMENT:
        raise ValueError(
            f"a rate is at most {LAST_MOMENT / 86400:.0f} days; found rate({text:.60})"
        )
    return Schedule(lambda now: now + seconds, starts_now=True)


def parse_at(text: str, zone: ZoneInfo) -> Schedule:
    """Parse the inside of at(…): it is due once.

    >>> once = parse_at("1970-01-02T00:00:00", time_zone("Europe/Berlin"))
    >>> once.after(0.0), once.after(82800.0)
    (82800.0, None)
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text.strip()):
        raise ValueError(f"at is like at(2026-12-24T18:00:00); found at({text})")
    try:
        due = datetime.fromisoformat(text.strip()).replace(tzinfo=zone).timestamp()
    except ValueError as error:
        raise ValueError(f"at({text}) is no date: {error}") from None
    return Schedule(lambda now: due if due > now else None)


def parse_cron(text: str, zone: ZoneInfo, last_year: int, optional_year: bool = False) -> Schedule:
    """Parse cron's fields."""
    fields = text.upper().split()
    if optional_year and len(fields) == 5:
        fields.append("*")
    if len(fields) != 6:
        raise ValueError(
            f"cron has six fields, minutes hours day-of-month month day-of-week year, as in "
            f"0 8 * * ? *; found {len(fields)}: {text!r}"
        )
    in_month, in_week = fields[2], fields[4]
    if (in_month == "?") == (in_week == "?"):
        raise ValueError(
            f"exactly one of day-of-month and day-of-week must be ?, as in 0 8 * * ? *; "
            f"found {in_month} and {in_week} in {text!r}"
        )
    minutes = sorted(parse_numbers("minutes", fields[0], 0, 59))
    hours = sorted(parse_numbers("hours", fields[1], 0, 23))
    months = parse_numbers("month", fields[3], 1, 12, MONTHS)
    years = parse_numbers("year", fields[5], 1970, last_year)
    wanted = month_matcher(in_month) if in_week == "?" else week_matcher(in_week)

    def matching_days(first: date) -> Iterator[date]:
        for year in sorted(year for year in years if year >= first.year):
            for month in sorted(months):
                day = date(year, month, 1)
                while day.month == month:
                    if day >= first and wanted(day):
                        yield day
                    day += timedelta(days=1)

    def next_time(now: float) -> float | None:
        for day in matching_days(datetime.fromtimestamp(now, zone).date()):
            for hour in hours:
                for minute in minutes:
                    due = local_timestamp(
                        datetime(day.year, day.month, day.day, hour, minute), zone
                    )
                    if due is not None and due > now:
                        return due
        return None

    return Schedule(next_time)


def local_timestamp(local: datetime, zone: ZoneInfo) -> float | None:
    """Return when a local time is for the first time, or None if it is left out that day.

    >>> berlin = time_zone("Europe/Berlin")
    >>> local_timestamp(datetime(2026, 3, 29, 2, 30), berlin)  # clocks went from 2:00 to 3:00
    >>> local_timestamp(datetime(2026, 10, 25, 2, 30), berlin)  # and from 3:00 to 2:00
    1792888200.0
    """
    seconds = local.replace(tzinfo=zone).timestamp()
    there = datetime.fromtimestamp(seconds, zone).replace(tzinfo=None)
    return seconds if there == local else None


def parse_numbers(
    what: str, text: str, low: int, high: int, names: list[str] | None = None
) -> frozenset[int]:
    """Return the numbers that a field means; raise ValueError.

    >>> sorted(parse_numbers("minutes", "0/20,5", 0, 59))
    [0, 5, 20, 40]
    >>> sorted(parse_numbers("month", "JAN-MAR", 1, 12, MONTHS))
    [1, 2, 3]
    """
    chosen: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            start, end = low, high
        else:
            start = parse_number(what, first, low, high, names)
            end = parse_number(what, last, low, high, names) if dash else high if slash else start
        if start > end:
            raise ValueError(f"a range of {what} goes up, as in {low}-{high}; found {part!r}")
        chosen.update(range(start, end + 1, parse_number(what, step, 1, high) if slash else 1))
    return frozenset(chosen)


def parse_number(what: str, text: str, low: int, high: int, names: list[str] | None = None) -> int:
    """Return one number of a field, which may have a name; raise ValueError."""
    if names and text in names:
        return names.index(text) + low
    if not re.fullmatch(r"\d{1,4}", text) or not low <= int(text) <= high:
        called = f" or {names[0]} to {names[-1]}" if names else ""
        raise ValueError(f"{what} must be {low} to {high}{called}; found {text!r}")
    return int(text)


def month_matcher(text: str) -> Wanted:
    """Return which days a field of the month means.

    L is the last day, LW the last weekday, 15W the weekday nearest to the 15th in the same month.

    >>> [day.day for day in days_of(2026, 8) if month_matcher("1W")(day) or month_matcher("L")(day)]
    [3, 31]
    """
    if found := re.fullmatch(r"(\d{1,2}|L)W", text):
        day = None if found[1] == "L" else parse_number("day-of-month", found[1], 1, 31)
        return lambda date: date == nearest_weekday(date, day)
    if text == "L":
        return lambda date: (date + timedelta(days=1)).day == 1
    chosen = parse_numbers("day-of-month", text, 1, 31)
    return lambda date: date.day in chosen


def nearest_weekday(month: date, day: int | None) -> date | None:
    """Return the weekday nearest to a day of a month (None: its last day), or None without one."""
    days = days_of(month.year, month.month)
    if day is not None and day > len(days):
        return None
    wanted = days[-1 if day is None else day - 1]
    weekdays = [each for each in days if each.weekday() < 5]
    return min(weekdays, key=lambda each: abs((each - wanted).days))


def days_of(year: int, month: int) -> list[date]:
    """Return all days of a month."""
    first = date(year, month, 1)
    return [
        each
        for each in (first + timedelta(days=number) for number in range(31))
        if each.month == month
    ]


def week_matcher(text: str) -> Wanted:
    """Return which days a field of the week means: 1 to 7 are Sunday to Saturday.

    L is Saturday, 6L the last Friday of a month, and 6#3 its third.

    >>> last, first = week_matcher("6L"), week_matcher("FRI#1")
    >>> [day.day for day in days_of(2026, 11) if last(day) or first(day)]
    [6, 27]
    """
    if text == "L":
        text = "7"
    if found := re.fullmatch(r"(\w+)L", text):
        day = parse_number("day-of-week", found[1], 1, 7, DAYS)
        return lambda date: (
            aws_weekday(date) == day and (date + timedelta(days=7)).month != date.month
        )
    if found := re.fullmatch(r"(\w+)#(\w+)", text):
        day = parse_number("day-of-week", found[1], 1, 7, DAYS)
        which = parse_number("the number after #", found[2], 1, 5)
        return lambda date: aws_weekday(date) == day and (date.day + 6) // 7 == which
    chosen = parse_numbers("day-of-week", text, 1, 7, DAYS)
    return lambda date: aws_weekday(date) in chosen


def aws_weekday(day: date) -> int:
    """Return 1 for Sunday to 7 for Saturday."""
    return day.isoweekday() % 7 + 1
