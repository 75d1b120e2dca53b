"""Time that passes only when somebody waits."""


class Clock:
    """Seconds since some moment; `sleep` is the only thing that moves it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
