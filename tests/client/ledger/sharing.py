"""One of several processes on one account: sharing.py URL LEDGER NAME COUNT."""

import sys

from imagen4 import Client, Ledger, Polling


def main(url: str, place: str, name: str, count: int) -> None:
    requests = [f"{name} {number}" for number in range(count)]
    with (
        Ledger(place) as ledger,
        Client("kie", api_key="k", base_url=url, polling=Polling(timeout=200)) as client,
    ):
        for done in client.generate_many(requests, ledger=ledger):
            done.get()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
