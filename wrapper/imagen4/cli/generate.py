"""`imagen4 generate`: pay once, show the ids at once, save what comes."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from .. import AspectRatio, Model, Request
from . import asking, books, estimate, options, outcome, targets
from .asking import Where
from .fields import complete_aspect_ratio, model_option, parse_fields, schema_of_any, set_option
from .progress import PlainLines, display
from .prompts import file_option, prompt_of


@click.command()
@click.argument("prompt", required=False)
@file_option
@asking.gateways
@model_option("Use this model of the gateway")
@set_option("Set a further field of the model")
@options.option("--num-images", "-n", type=int, default=1, help="Make this many pictures, 1 to 4.")
@options.option(
    "--aspect-ratio",
    "-a",
    metavar="W:H",
    shell_complete=complete_aspect_ratio,
    help="Make pictures of this shape, such as 16:9; without it, the model's default.",
)
@options.option("--negative-prompt", metavar="TEXT", help="Keep this out of the pictures.")
@options.option(
    "--seed", metavar="TEXT", help="Use this seed: the same one makes the same pictures again."
)
@options.callback_url
@options.timeout
@targets.output
@books.ledger
@books.no_ledger
@estimate.dry_run
@options.as_json
def command(
    prompt: str | None,
    prompt_file: Path | None,
    where: Where,
    model: Model,
    pairs: tuple[str, ...],
    num_images: int,
    aspect_ratio: AspectRatio | None,
    negative_prompt: str | None,
    seed: str | None,
    callback_url: str | None,
    timeout: float | None,
    output: targets.Target,
    book: str | Path | None,
    no_ledger: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make pictures of PROMPT and save them; `-` reads PROMPT from standard input.

    Task ids are shown as soon as they exist, and stand in a ledger; should anything go
    wrong after that, `imagen4 resume` or `imagen4 fetch` takes the tasks up again without
    paying twice. The key is read from KIE_API_KEY or APIKLEY_API_KEY.
    """
    asked: dict[str, Any] = {
        "prompt": prompt_of(prompt, prompt_file),
        "model": model,
        "num_images": num_images,
        "aspect_ratio": aspect_ratio,
        "negative_prompt": negative_prompt,
        "seed": seed,
        "callback_url": callback_url,
    }
    shown = (PlainLines if dry_run else display)(where.gateway)
    with outcome.ending(shown, where, as_json=as_json, output=output.path) as made:
        fields = parse_fields(pairs, schema_of_any(where.gateways, model))
        costs = estimate.estimates_of(where.gateways, Request(**asked, fields=fields))
        output.refuse(num_images)
        if dry_run:
            estimate.print_estimates(costs, as_json=as_json)
            return
        with (
            nullcontext() if no_ledger else books.opened(book, new=True) as ledger,
            where.client(model=model, ledger=ledger) as client,
            outcome.keeping(made, output),
        ):
            output.probe()
            told = estimate.told_first(costs, shown.tell)
            result = client.generate(**asked, **fields, timeout=timeout, on_event=told)
            made.result = result
            made.paths = output.save(result)
    outcome.saved(result, made.paths, as_json=as_json)
