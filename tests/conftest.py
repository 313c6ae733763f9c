"""What all tests share."""

from __future__ import annotations

import signal

# A run in the background ignores Ctrl-C, and so do its children; some tests send it and wait for its end.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
