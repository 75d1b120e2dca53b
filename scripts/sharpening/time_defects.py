"""Defects of times that look like times, and are not those of what happened."""

from typing import Any

from sharpening.defect import Area, moving_times, recording, recording_when
from sharpening.reference import Task

AREA = Area("record")
EVERY = ("waiting", "generating", "success", "fail")
DAY = 86_400_000


def _completed(later: int) -> Any:
    """completeTime is later than it was, and costTime says the same."""

    def change(record: dict[str, Any], _task: Task) -> None:
        if record.get("completeTime"):
            took = record["completeTime"] + later - record["createTime"]
            seconds = record["costTime"] < 1000
            record["completeTime"] += later
            record["costTime"] = took // 1000 if seconds else took

    return recording(change)


AREA.add("complete-time-an-hour-ahead", _completed(3_600_000))
AREA.add("complete-time-5-minutes-ahead", _completed(300_000))
AREA.add("complete-time-0-on-success", recording_when(("success",), completeTime=0))
AREA.add(
    "update-time-a-day-ahead", recording_when(EVERY, updateTime=lambda r: r["createTime"] + DAY)
)
AREA.add("times-a-year-behind", moving_times(-365 * DAY))
AREA.add("times-two-months-ahead", moving_times(60 * DAY))
