"""When timers are due: cron, rate and at, in time zones whose clocks go forward and back."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox.cloud.schedule import parse_aws, parse_yandex


def seconds(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def times(expression, start, n, timezone="UTC"):
    """The next `n` times in UTC, as texts."""
    schedule, now, found = parse_aws(expression, timezone), seconds(start), []
    while len(found) < n and (now := schedule.after(now)) is not None:
        found.append(datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("cron(0 8 * * ? *)", ["2026-11-28 08:00", "2026-11-29 08:00"]),
        ("cron(0/15 * * * ? *)", ["2026-11-27 12:15", "2026-11-27 12:30"]),
        ("cron(15 10 ? * 6L 2026-2027)", ["2026-12-25 10:15", "2027-01-29 10:15"]),
        ("cron(0 18 ? * MON-FRI *)", ["2026-11-27 18:00", "2026-11-30 18:00"]),
        ("cron(0 9 ? * 2#1 *)", ["2026-12-07 09:00", "2027-01-04 09:00"]),
        ("cron(0 9 ? * L *)", ["2026-11-28 09:00", "2026-12-05 09:00"]),
        ("cron(0 9 L * ? *)", ["2026-11-30 09:00", "2026-12-31 09:00"]),
        ("cron(0 9 LW * ? *)", ["2026-11-30 09:00", "2026-12-31 09:00"]),
        ("cron(0 9 29 FEB ? *)", ["2028-02-29 09:00", "2032-02-29 09:00"]),
        ("cron(0 9 1W aug ? 2027)", ["2027-08-02 09:00"]),
        ("cron(0 9 31W 11,12 ? 2026)", ["2026-12-31 09:00"]),
        ("cron(0 0 1 1 ? 2026)", []),
        ("rate(1 day)", ["2026-11-28 12:00", "2026-11-29 12:00"]),
        ("at(2026-12-24T18:00:00)", ["2026-12-24 18:00"]),
        ("at(2026-11-27T12:00:00)", []),
    ],
)
def test_expressions_of_the_manual(expression, found):
    assert times(expression, "2026-11-27 12:00", 2) == found


def test_a_time_that_clocks_leave_out_is_skipped():
    found = times("cron(30 2 * * ? *)", "2026-03-27 12:00", 3, "Europe/Berlin")
    assert found == ["2026-03-28 01:30", "2026-03-30 00:30", "2026-03-31 00:30"]


def test_a_time_that_exists_twice_is_due_once():
    found = times("cron(30 2 * * ? *)", "2026-10-24 12:00", 2, "Europe/Berlin")
    assert found == ["2026-10-25 00:30", "2026-10-26 01:30"]


def test_eight_in_the_morning_stays_eight_in_the_morning():
    found = times("cron(0 8 * * ? *)", "2026-10-23 12:00", 3, "Europe/Berlin")
    assert found == ["2026-10-24 06:00", "2026-10-25 07:00", "2026-10-26 07:00"]


def test_a_rate_in_days_counts_hours_and_begins_at_once():
    schedule, now = parse_aws("rate(1 day)", "Europe/Berlin"), seconds("2026-10-24 12:00")
    assert schedule.after(now) - now == 24 * 3600
    assert schedule.starts_now


def field(low, high):
    one = st.integers(low, high)
    span = st.tuples(one, one).map(lambda pair: f"{min(pair)}-{max(pair)}")
    step = st.tuples(one, st.integers(1, high)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    every = st.integers(1, high).map("*/{}".format)
    part = st.one_of(one.map(str), span, step, every, st.just("*"))
    return st.lists(part, min_size=1, max_size=3).map(",".join)


def fits(text, low, high, number):
    """Whether a field means a number, decided without the sandbox's parser."""
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        end = int(last) if last else high if step else int(first)
        if int(first) <= number <= end and (number - int(first)) % int(step or 1) == 0:
            return True
    return False


@given(field(0, 59), field(0, 23), field(1, 31), st.integers(0, 10**9))
def test_the_next_time_is_the_first_minute_that_fits(minutes, hours, days, now):
    def is_due(moment):
        return (
            fits(minutes, 0, 59, moment.minute)
            and fits(hours, 0, 23, moment.hour)
            and fits(days, 1, 31, moment.day)
        )

    due = parse_aws(f"cron({minutes} {hours} {days} * ? *)", "UTC").after(now)
    assert due is not None and due > now and due % 60 == 0
    found = datetime.fromtimestamp(due, UTC)
    assert is_due(found)
    for before in range(1, 200):
        earlier = found - timedelta(minutes=before)
        assert earlier.timestamp() <= now or not is_due(earlier)


@given(st.text(alphabet="0123456789*?/,-LW#MONcronrateat() T:", max_size=30))
def test_any_other_text_is_a_value_error_or_a_schedule(text):
    for parse in (parse_aws, parse_yandex):
        try:
            schedule = parse(text, "UTC")
        except ValueError:
            continue
        due = schedule.after(0.0)
        assert due is None or due > 0


@pytest.mark.parametrize(
    ("expression", "timezone", "says"),
    [
        ("every day", "UTC", "a schedule is like cron(0 8 * * ? *), rate(5 minutes) or at("),
        ("cron(0 8 * * *)", "UTC", "cron has six fields"),
        ("cron(0 8 * * * *)", "UTC", "exactly one of day-of-month and day-of-week must be ?"),
        ("cron(0 8 ? * ? *)", "UTC", "exactly one of day-of-month and day-of-week must be ?"),
        ("cron(60 8 * * ? *)", "UTC", "minutes must be 0 to 59; found '60'"),
        ("cron(0 8 ? * 0 *)", "UTC", "day-of-week must be 1 to 7 or SUN to SAT; found '0'"),
        ("cron(0 22-2 * * ? *)", "UTC", "a range of hours goes up"),
        ("cron(0 8 * * ? 2200)", "UTC", "year must be 1970 to 2199"),
        ("cron(0/0 8 * * ? *)", "UTC", "minutes must be 1 to 59; found '0'"),
        ("rate(0 minutes)", "UTC", "a rate is like rate(5 minutes)"),
        ("rate(376201 days)", "UTC", "a rate is at most 376200 days; found rate(376201 days)"),
        (f"rate({10**400} minutes)", "UTC", "a rate is like rate(5 minutes)"),
        ("rate(5 seconds)", "UTC", "a rate is like rate(5 minutes)"),
        ("at(2026-12-24)", "UTC", "at is like at(2026-12-24T18:00:00)"),
        ("at(2026-02-30T18:00:00)", "UTC", "is no date"),
        ("rate(1 hour)", "Berlin", "timezone must be a name such as UTC or Europe/Berlin"),
        ("rate(1 hour)", "../etc", "timezone must be a name such as UTC or Europe/Berlin"),
    ],
)
def test_what_is_wrong_is_said(expression, timezone, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        parse_aws(expression, timezone)


def test_yandex_has_cron_in_utc_and_may_leave_out_the_year():
    now = seconds("2026-11-27 12:00")
    for expression in ("0 8 * * ? *", "0 8 * * ?", "0 8 ? * * *"):
        assert parse_yandex(expression, "UTC").after(now) == seconds("2026-11-28 08:00")
    with pytest.raises(ValueError, match="timers of Yandex Cloud are in UTC"):
        parse_yandex("0 8 * * ? *", "Europe/Berlin")
    for expression in ("cron(0 8 * * ? *)", "rate(5 minutes)"):
        with pytest.raises(ValueError, match="has a cron expression like"):
            parse_yandex(expression, "UTC")
    with pytest.raises(ValueError, match="year must be 1970 to 2099"):
        parse_yandex("0 8 * * ? 2100", "UTC")
