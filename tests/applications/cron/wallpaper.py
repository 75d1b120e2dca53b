"""A wallpaper a day, from cron: `*/15 * * * * cd ~/wallpapers && python wallpaper.py`.

No run waits for a picture: each one fetches what earlier ones have ordered, orders today's unless
that was done, and exits. The ledger has what is paid for, also when a run is killed half-way.
"""

import sys
from datetime import datetime

from imagen4 import Client, Imagen4Error, Ledger, TaskTimeout
from imagen4.ledger import RowState

PROMPT = "a quiet landscape, in the colours of the season"


def fetch(client: Client, ledger: Ledger) -> None:
    """Save what has come; whatever has not is asked for again by the next run."""
    for done in client.resume(ledger, timeout=0):
        try:
            print(done.get()[0].save(f"pictures/{done.request.tag}.png"))
        except TaskTimeout:
            print(f"{done.request.tag} is being painted")


def order(client: Client, ledger: Ledger, day: str) -> None:
    """Once a day: a create that was refused cost nothing, any other is not repeated."""
    rows = [row for row in ledger.rows() if row.tag == day and row.state != RowState.REFUSED]
    if not rows:
        client.submit(PROMPT, aspect_ratio="16:9", tag=day)
    for row in rows:
        if row.uncertain:
            print(f"{day} may be paid for and has no id: see `imagen4 history`", file=sys.stderr)


def main() -> None:
    day = sys.argv[1] if len(sys.argv) > 1 else datetime.now().astimezone().date().isoformat()
    with Ledger("wallpapers.db") as ledger, Client("kie", ledger=ledger) as client:
        try:
            fetch(client, ledger)
        finally:
            order(client, ledger, day)


if __name__ == "__main__":
    try:
        main()
    except Imagen4Error as error:
        sys.exit(str(error))
