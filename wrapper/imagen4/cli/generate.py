"""`imagen4 generate`: pay once, show the ids at once, save what comes."""

from contextlib import nullcontext
from pathlib import Path

import click

from .. import AspectRatio, Client, Gateway, Model
from ..facts import DEFAULT_MODEL
from . import books, options, outcome, targets
from .fields import complete_aspect_ratio, complete_model, parse_fields, schema_of, set_option
from .progress import display
from .prompts import file_option, prompt_of


@click.command()
@click.argument("prompt", required=False)
@file_option
@options.gateway
@click.option(
    "--model",
    "-m",
    metavar="NAME",
    default=DEFAULT_MODEL,
    show_default=True,
    shell_complete=complete_model,
    help="The gateway's model, see `imagen4 models`.",
)
@set_option("A further field of the model")
@options.option("--num-images", "-n", type=int, default=1, help="How many pictures, 1 to 4.")
@options.option(
    "--aspect-ratio",
    "-a",
    metavar="W:H",
    shell_complete=complete_aspect_ratio,
    help="Such as 16:9; the gateway's default.",
)
@options.option("--negative-prompt", metavar="TEXT", help="What the pictures should not show.")
@options.option("--seed", metavar="TEXT", help="For the same pictures again.")
@options.callback_url
@options.timeout
@targets.output
@books.ledger
@books.no_ledger
@options.as_json
def command(
    prompt: str | None,
    prompt_file: Path | None,
    gateway: Gateway,
    base_url: str | None,
    allow_http: bool,
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
    as_json: bool,
) -> None:
    """Make pictures of PROMPT and save them; `-` reads PROMPT from standard input.

    Task ids are shown as soon as they exist, and stand in a ledger; should anything go
    wrong after that, `imagen4 resume` or `imagen4 fetch` takes the tasks up again without
    paying twice. The key is read from KIE_API_KEY or APIKLEY_API_KEY.
    """
    prompt = prompt_of(prompt, prompt_file)
    shown = display(gateway)
    with (
        outcome.ending(
            shown,
            gateway=gateway,
            base_url=base_url,
            allow_http=allow_http,
            as_json=as_json,
            output=output.path,
        ) as made,
        nullcontext() if no_ledger else books.opened(book, new=True) as ledger,
        Client(
            gateway, model=model, base_url=base_url, allow_http=allow_http, ledger=ledger
        ) as client,
        outcome.keeping(made, output),
    ):
        fields = parse_fields(pairs, schema_of(gateway, model))
        output.refuse(num_images)
        output.probe()
        result = made.result = client.generate(
            prompt,
            num_images=num_images,
            aspect_ratio=aspect_ratio,
            negative_prompt=negative_prompt,
            seed=seed,
            callback_url=callback_url,
            timeout=timeout,
            on_event=shown.tell,
            **fields,
        )
        made.paths = output.save(result)
    outcome.saved(result, made.paths, as_json=as_json)
