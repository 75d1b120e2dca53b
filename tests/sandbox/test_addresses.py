"""Whoever listens on everything is told addresses that can be opened."""

import json
import re
import socket
import subprocess
import sys
from typing import Any

import pytest

OPEN_ALL = """
import http.client, json, socket, sys
from urllib.parse import urlsplit
from imagen4.sandbox import Sandbox

def status(url):
    wire = http.client.HTTPConnection(urlsplit(url).hostname, urlsplit(url).port, timeout=60)
    wire.request("GET", "/")
    try:
        return wire.getresponse().status
    finally:
        wire.close()

def way_out():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return []
        return [probe.getsockname()[0]]

told = {}
for host in sys.argv[1:]:
    with Sandbox(host=host) as sandbox:
        urls = [sandbox.url(), *sandbox.network_urls]
        told[host] = [(urlsplit(url).hostname, status(url)) for url in urls]
print(json.dumps([way_out(), told]))
"""
"""In a process of its own: the tests' guard lets nobody connect to anything but loopback."""


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def opened() -> Any:
    """This machine's own address, and by host what was told of a sandbox there and answered."""
    hosts = ["127.0.0.1", "0.0.0.0", "", *(["::1", "::", "0::0"] if has_ipv6() else [])]
    argv = [sys.executable, "-c", OPEN_ALL, *hosts]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60)
    own, told = json.loads(done.stdout)
    for tried in told.values():
        assert {status for _, status in tried} == {200}
    return own, {host: [name for name, _ in tried] for host, tried in told.items()}


def test_every_address_that_is_told_can_be_opened(opened: Any) -> None:
    """Loopback for this machine, its own address for others; a wildcard is never told."""
    own, told = opened
    assert told["127.0.0.1"] == ["127.0.0.1"]
    assert told["0.0.0.0"] == told[""] == ["127.0.0.1", *own]


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_every_address_of_ipv6_that_is_told_can_be_opened(opened: Any) -> None:
    """Those of IPv4 as well, where the socket takes both."""
    own, told = opened
    assert told["::1"] == ["::1"]
    assert told["::"] == told["0::0"]
    assert told["::"][: 1 + len(own)] == ["::1", *own]
    assert "::" not in told["::"]


def test_the_command_prints_addresses_that_can_be_opened() -> None:
    """Not `http://0.0.0.0`, which is what it was asked to listen on."""
    argv = [sys.executable, "-m", "imagen4", "sandbox", "--host", "0.0.0.0", "--port", "0"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        said = [run.stdout.readline() for _ in range(4)]
        run.kill()
    assert re.match(r"page     http://127\.0\.0\.1:\d+\n", said[0])
    assert [line for line in said if "0.0.0.0" in line] == []
