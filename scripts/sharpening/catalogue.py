"""All defects, in one list."""

from sharpening import (
    answer_defects,
    connection_defects,
    habit_defects,
    http_defects,
    key_defects,
    leak_defects,
    param_defects,
    record_defects,
    request_defects,
    state_defects,
    time_defects,
    value_defects,
    wire_defects,
)
from sharpening.defect import Defect

AREAS = (
    request_defects.AREA,
    value_defects.AREA,
    answer_defects.AREA,
    http_defects.AREA,
    key_defects.AREA,
    record_defects.AREA,
    leak_defects.AREA,
    param_defects.AREA,
    time_defects.AREA,
    state_defects.AREA,
    wire_defects.AREA,
    connection_defects.AREA,
    habit_defects.AREA,
)
CATALOGUE: tuple[Defect, ...] = tuple(each for area in AREAS for each in area.defects)
