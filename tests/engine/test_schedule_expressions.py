"""What people write of when something is to run, and what AWS is told."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from herogate.engine.schedule_expressions import next_run, translate
from herogate.errors import InvalidRequest
from herogate.local.planes.scheduler import expressions

MADE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("rate(10 minutes)", "rate(10 minutes)"),
        ("rate(1 minutes)", "rate(1 minute)"),
        ("Rate( 2  hour )", "rate(2 hours)"),
        ("cron(0 3 * * ? *)", "cron(0 3 * * ? *)"),
        ("cron(0 3 * * * *)", "cron(0 3 * * ? *)"),
        ("cron(0 3 ? * fri#1 2027-2030)", "cron(0 3 ? * FRI#1 2027-2030)"),
        ("cron(0 3 15W */2 ? *)", "cron(0 3 15W */2 ? *)"),
        ("cron(30 4 * * 1)", "cron(30 4 ? * MON *)"),
        ("0 3 * * *", "cron(0 3 * * ? *)"),
        ("*/10 * * * *", "cron(*/10 * * * ? *)"),
        ("* * * * *", "cron(* * * * ? *)"),
        ("  5   4  1,15 jan-jun * ", "cron(5 4 1,15 JAN-JUN ? *)"),
        ("0 9 * * 1-5", "cron(0 9 ? * MON-FRI *)"),
        ("0 9 * * 0", "cron(0 9 ? * SUN *)"),
        ("0 9 * * 7", "cron(0 9 ? * SUN *)"),
        ("0 9 * * fri-mon", "cron(0 9 ? * SUN,MON,FRI,SAT *)"),
        ("0 9 * * 5-7", "cron(0 9 ? * SUN,FRI,SAT *)"),
        ("0 9 * * */2", "cron(0 9 ? * SUN,TUE,THU,SAT *)"),
        ("0 9 * * 0-6", "cron(0 9 ? * * *)"),
        ("0 9 * * 0-7", "cron(0 9 ? * * *)"),
        ("05 04 * 01-03 *", "cron(5 4 * 1-3 ? *)"),
        ("0 22-2 * * *", "cron(0 22,23,0,1,2 * * ? *)"),
        ("0 22-4/2 * * *", "cron(0 22,0,2,4 * * ? *)"),
        ("0 0 1 nov-feb *", "cron(0 0 1 11,12,1,2 ? *)"),
        ("@daily", "cron(0 0 * * ? *)"),
        ("@HOURLY", "cron(0 * * * ? *)"),
        ("@weekly", "cron(0 0 ? * SUN *)"),
        ("every 10 minutes", "rate(10 minutes)"),
        ("every minute", "rate(1 minute)"),
        ("every hour", "rate(1 hour)"),
        ("every 3.hours", "rate(3 hours)"),
        ("every :hour", "rate(1 hour)"),
        ("every hour at 15", "cron(15 * * * ? *)"),
        ("every 2 weeks", "rate(14 days)"),
        ("every day at 4:30 am", "cron(30 4 * * ? *)"),
        ("every 1.day, at: '4:30 am'", "cron(30 4 * * ? *)"),
        ("every :sunday, at: '12pm'", "cron(0 12 ? * SUN *)"),
        ("every day at 12 am", "cron(0 0 * * ? *)"),
        ("every day at 6 am and 6 pm", "cron(0 6,18 * * ? *)"),
        ("every 1.day, at: ['6:30 am', '6:30 pm']", "cron(30 6,18 * * ? *)"),
        ("every [:monday, :friday], :at => '12:20am' do", "cron(20 0 ? * MON,FRI *)"),
        ("every '0 0 27-31 * *'", "cron(0 0 27-31 * ? *)"),
        ("daily at 18:05", "cron(5 18 * * ? *)"),
        ("every weekday at noon", "cron(0 12 ? * MON-FRI *)"),
        ("Every Monday and Thursday at 9", "cron(0 9 ? * MON,THU *)"),
        ("every month", "cron(0 0 1 * ? *)"),
        ("monthly at 5am", "cron(0 5 1 * ? *)"),
        ("every year", "cron(0 0 1 1 ? *)"),
    ],
)
def test_what_is_written_is_made_into_what_aws_takes(written: str, expected: str) -> None:
    assert translate(written) == expected
    assert expressions.parse(expected, ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("written", "message", "near"),
    [
        ("0 3 1 * 1", "AWS cannot choose by the day of the month and by", '"0 3 1 * *" and "0 3 *'),
        ("every 30 seconds", "AWS runs nothing more often than once a minute.", '"every minute"'),
        ("every 3 months", "AWS has no interval of 3 months.", '"cron(0 0 1 */3 ? *)" is near.'),
        ("every 2 days at 5 am", "AWS cannot run something every 2 days at a", '"rate(2 days)"'),
        ("every day at 6 am and 6:30 pm", "AWS cannot run one schedule at times", "Make a sched"),
        ("@reboot", "Nothing is ever rebooted here", "release"),
        ("every :reboot", "Nothing is ever rebooted here", "release"),
        ("at(2027-01-01T00:00:00)", "at(…) runs only once", "run:detached"),
        ("TZ=Europe/Berlin 0 3 * * *", "A time zone is no part", "--timezone"),
        ("0 0 3 * * *", "'0 0 3 * * *' has 6 fields; cron's are five.", "cron(0 3 * * ? *)"),
        ("0 3 * *", "'0 3 * *' has 4 fields", "minutes, hours"),
        ("61 3 * * *", "61 is no minutes.", "0 to 59"),
        ("0 3 * * 8", "8 is no day of the week.", "0 to 7"),
        ("0 3 * * 5#2", "5#2 is no day of the week in cron's five fields.", "cron(0 3 ? * 5#2 *)"),
        ("*/0 3 * * *", "*/0 is no minutes.", "0 to 59"),
        ("cron(0 3 1 * MON *)", "cron(0 3 1 * MON *) cannot be: AWS wants ?", "two schedules"),
        ("cron(0 3)", "cron(0 3) has 2 fields.", "six"),
        ("rate(0 minutes)", "Nothing runs every 0 minutes.", "rate(1 minute)"),
        ("rate(99999999 days)", "Nothing runs every 99999999 days.", "rate(1 minute)"),
        (f"rate({10**14} days)", f"Nothing runs every {10**14} days.", "rate(1 minute)"),
        (f"every {'9' * 5000} days", f"'every {'9' * 74}' is no time", "@daily"),
        ("٣ 0 * * *", "'٣ 0 * * *' is no time", "@daily"),
        ("rate(5 seconds)", "rate(5 seconds) is no rate.", "rate(10 minutes)"),
        ("every day at 25:00", "'every day at 25:00' is no time", "every monday at 9:30 am"),
        ("every full moon", "'every full moon' is no time", "@daily"),
        ("now, please!", "'now, please!' is no time", "@daily"),
        ("", "'' is no time", "@daily"),
    ],
)
def test_what_aws_cannot_express_is_refused_with_what_is_near(
    written: str, message: str, near: str
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        translate(written)

    assert refusal.value.message.startswith(message)
    assert near in (refusal.value.hint or "")


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("cron(0 3 * * ? *)", "UTC"),
        ("cron(30 2 * * ? *)", "Europe/Berlin"),
        ("cron(30 2 29 3 ? *)", "Europe/Berlin"),
        ("cron(0 9 15W * ? *)", "America/New_York"),
        ("cron(0 9 31W * ? *)", "UTC"),
        ("cron(0 9 1W * ? *)", "UTC"),
        ("cron(0 0 L * ? *)", "Asia/Tokyo"),
        ("cron(0/20 8-9 ? * MON-FRI *)", "UTC"),
        ("cron(0 9 ? * 6L *)", "UTC"),
        ("cron(0 9 ? * L *)", "UTC"),
        ("cron(0 9 ? * FRI#5 *)", "UTC"),
        ("cron(0 0 29 FEB ? *)", "UTC"),
        ("cron(0 0 1 1 ? 2027)", "UTC"),
        ("rate(7 minutes)", "UTC"),
        ("rate(2 days)", "Europe/Berlin"),
    ],
)
def test_the_next_runs_are_those_that_the_local_cloud_makes(expression: str, zone: str) -> None:
    where = ZoneInfo(zone)
    read = expressions.parse(expression, where)
    moment = datetime(2026, 3, 20, 12, 34, tzinfo=UTC)
    for _ in range(20):
        following = next_run(expression, moment, where, since=MADE)
        assert following == expressions.next_run(read, moment, where, since=MADE)
        if following is None:
            break
        moment = following.astimezone(UTC)
