"""The progress bar appears only where a person waits."""

import io

from refutable.strategies.training.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_draws_on_a_terminal_once_patience_is_over_and_wipes_the_line() -> None:
    stream = Terminal()
    bar = ProgressBar("training", stream, patience=0)
    bar(50, 100)
    assert "training [############............] 50/100 steps" in stream.getvalue()
    bar.close()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_it_is_silent_before_patience_is_over_and_away_from_terminals() -> None:
    impatient, file = Terminal(), io.StringIO()
    for bar in (ProgressBar("t", impatient, patience=1000), ProgressBar("t", file, patience=0)):
        bar(1, 1)
        bar.close()
    assert impatient.getvalue() == file.getvalue() == ""
