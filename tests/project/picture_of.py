"""Prints what sandbox and contract suite make of a model of kie: a picture's size, the verdict."""

import io
import json
import sys

import httpx
from PIL import Image

from imagen4.contract.cases.build import body
from imagen4.contract.document import load_document
from imagen4.contract.run import RunOptions, run_contract
from imagen4.contract.server import ServerUnderTest
from imagen4.facts.protocol import CREATE_PATH
from imagen4.sandbox import Sandbox


def size_and_exit_code(model: str) -> tuple[tuple[int, int], int]:
    with Sandbox(speed=1000, limits=False) as sandbox:
        url, key = sandbox.url("kie"), sandbox.key("kie")
        outcome = run_contract(RunOptions(ServerUnderTest("kie", url, key, model=model)))
        headers = {"authorization": f"Bearer {key}"}
        asked = body(load_document("kie", model))
        created = httpx.post(url + CREATE_PATH, headers=headers, json=asked, trust_env=False).json()
        sandbox.clock.advance(60)
        picture = f"{sandbox.url()}/files/kie/{created['data']['taskId']}/0.png"
        content = httpx.get(picture, trust_env=False).content
        return Image.open(io.BytesIO(content)).size, outcome.exit_code


if __name__ == "__main__":
    print(json.dumps(size_and_exit_code(sys.argv[1])))
