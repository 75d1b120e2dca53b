"""Drawing a picture: real PNG, right ratio, the prompt on it; same look, same bytes."""

from __future__ import annotations

import io
import random
import textwrap
from typing import TYPE_CHECKING

from .shapes import picture_size

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

    from .tasks import SandboxTask

MAX_TEXT = 400
"""Characters of the prompt that are drawn."""


def draw_picture(task: SandboxTask, index: int) -> bytes:
    """The PNG of one picture of the task, counted from 0."""
    from PIL import Image, ImageDraw

    dice = random.Random(f"{task.look}/{index}")
    image = _sky(dice, Image.new("RGB", picture_size(task.inputs)))
    pen = ImageDraw.Draw(image, "RGBA")
    _hills(dice, pen, image.size)
    _caption(pen, image.size, task, index)
    data = io.BytesIO()
    image.save(data, "PNG", compress_level=3)
    return data.getvalue()


def _colour(dice: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return dice.randint(low, high), dice.randint(low, high), dice.randint(low, high)


def _sky(dice: random.Random, image: Image.Image) -> Image.Image:
    """A vertical gradient: two pixels stretched over the picture."""
    from PIL import Image

    stripe = Image.new("RGB", (1, 2))
    stripe.putpixel((0, 0), _colour(dice, 20, 130))
    stripe.putpixel((0, 1), _colour(dice, 120, 240))
    return stripe.resize(image.size, Image.Resampling.BILINEAR)


def _hills(dice: random.Random, pen: ImageDraw.ImageDraw, extent: tuple[int, int]) -> None:
    """A sun and three rows of hills, nearer ones darker."""
    width, height = extent
    x, y, radius = dice.randint(0, width), dice.randint(0, height // 2), dice.randint(30, 90)
    pen.ellipse(
        (x - radius, y - radius, x + radius, y + radius), fill=(*_colour(dice, 180, 255), 200)
    )
    for row in range(3):
        top = height * (4 + row) // 8
        points = [(step * width // 6, top + dice.randint(-60, 60)) for step in range(7)]
        ground = [(width, height), (0, height)]
        pen.polygon([*points, *ground], fill=(*_colour(dice, 10, 120 - 35 * row), 210))


def _caption(
    pen: ImageDraw.ImageDraw, extent: tuple[int, int], task: SandboxTask, index: int
) -> None:
    """The prompt on a dark band, and below it what the picture was made from."""
    from PIL import ImageFont

    width, height = extent
    font, small = ImageFont.load_default(26), ImageFont.load_default(16)
    prompt = task.prompt[:MAX_TEXT].replace("\0", " ") or "(no prompt)"
    text = "\n".join(textwrap.wrap(prompt, max(12, width // 15))[:10])
    seed = str(task.inputs.get("seed") or "random")[:20]
    about = ("imagen4 sandbox", task.model, task.shape, f"seed {seed}", f"picture {index + 1}")
    foot = " · ".join(filter(None, about))
    _, top, _, bottom = pen.multiline_textbbox((0, 0), text, font=font)
    band = height - int(bottom - top) - 72
    pen.rectangle((0, band, width, height), fill=(0, 0, 0, 150))
    pen.multiline_text((24, band + 14), text, font=font, fill="white")
    pen.text((24, height - 34), foot, font=small, fill=(255, 255, 255, 200))
