"""`imagen4 status`: one look at each task."""

import json
from collections.abc import Sequence

import click

from .. import PartialFailure, Task
from . import asking, options, outcome
from .asking import Where
from .progress import PlainLines


@click.command()
@options.task_ids
@asking.gateway
@options.as_json
def command(task_ids: tuple[str, ...], where: Where, as_json: bool) -> None:
    """Say where each TASK stands, without waiting."""
    shown = PlainLines(where.gateway)
    with (
        outcome.ending(shown, where, as_json=as_json, empty={"tasks": []}),
        where.client() as client,
    ):
        try:
            tasks = client.job(*task_ids).status()
        except PartialFailure as error:  # one unknown id does not hide the others
            known = [task.to_dict() for task in error.tasks]
            if not as_json:
                _print_tasks(error.tasks)
            outcome.fail(error, as_json=as_json, result={"tasks": known})
    if as_json:
        click.echo(json.dumps({"tasks": [task.to_dict() for task in tasks]}, indent=2))
    else:
        _print_tasks(tasks)


def _print_tasks(tasks: Sequence[Task]) -> None:
    outcome.say(*map(_line, tasks))


def _line(task: Task) -> str:
    useless = task.unusable_links and f"({task.unusable_links} of its links lead to no picture)"
    cost = None if task.credits is None else f"{task.credits:g} credits"
    said = [task.task_id, task.state, cost, task.fail_code, task.fail_message]
    return "  ".join(str(word) for word in (*said, *task.urls, useless) if word)
