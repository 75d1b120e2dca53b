"""What the tests of a program that uses imagen4 need: `pip install 'imagen4[testing]'`.

The pytest plugin (`imagen4.testing.plugin`, registered on installation) brings the fixture
`imagen4_sandbox`, a `ClientSandbox`: both gateways on a real loopback server, started once for
each session (with pytest-xdist: for each worker), in a clean state for each test.

    def test_a_flaky_gateway(imagen4_sandbox):
        imagen4_sandbox.fault("code-455", operation="recordInfo", times=2)
        client = imagen4_sandbox.client("kie")
        result = client.generate("a red fox in the snow", num_images=2)
        assert len(result.images) == 2
        asked = [request.operation for request in imagen4_sandbox.requests]
        assert asked.count("createTask") == 2

No test waits: when a client sleeps, the sandbox's clock moves by that much, and the time-outs of
the client's waiting are measured on it. `imagen4_sandbox.clock.advance(seconds)` moves it for
code that does not sleep itself. Only what happens on the connection takes real time: a client
meets the fault `no-answer` after its own `timeout`, so give it a short one.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .sandbox import ClientSandbox

__all__ = ["ClientSandbox"]


def __getattr__(name: str) -> Any:
    """Loaded when it is used: the plugin is imported in every pytest session."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ..extras import needing

    with needing("testing", __name__):
        from .sandbox import ClientSandbox
    return ClientSandbox
