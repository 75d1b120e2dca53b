"""A gateway's answers as bytes, for a server on loopback."""

import json

from client.loopback import http

CREATED = json.dumps({"code": 200, "msg": "success", "data": {"taskId": "t1"}}).encode()
BALANCE = http(200, b'{"code":200,"data":7}')


def answered(data: object) -> bytes:
    """A success with that data."""
    return http(200, json.dumps({"code": 200, "msg": "success", "data": data}).encode())
