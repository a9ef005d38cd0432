"""The process that encodes: reads one film from its standard input, writes one file, and ends.

Exit codes: 0 written; 1 it cannot be written, and the standard error says why; 3 the film was cut short. A file that is not
whole is removed.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import BinaryIO

from holo_app.providers.pyav.wire import CutShortError, FilmHeader

CUT_SHORT = 3


def main(stream: BinaryIO | None = None) -> int:
    """Encode what comes. Returns the exit code."""
    # Ctrl-C reaches the whole group: the other side decides, and closes the pipe
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source = stream or sys.stdin.buffer
    header = FilmHeader.of_line(source.readline())
    path = Path(header.path)
    try:
        from holo_app.providers.pyav.writing import write_film  # noqa: PLC0415 - loads FFmpeg

        write_film(header, source)
    except CutShortError:
        path.unlink(missing_ok=True)
        return CUT_SHORT
    except Exception as error:  # the process ends here: whatever FFmpeg says goes to the other side
        path.unlink(missing_ok=True)
        sys.stderr.write(str(error) or type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
