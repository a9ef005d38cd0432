"""The installed PySide6 keeps its references: 6.12.0 drops one at each call under Python 3.11 and then dies."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
import sys
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPainter

CALLS = 5000

class Sender(QObject):
    flagged = Signal(bool)

heard = []
sender = Sender()
sender.flagged.connect(heard.append)
before = sys.getrefcount(None)
for _ in range(CALLS):
    sender.flagged.emit(True)
image = QImage(8, 8, QImage.Format.Format_RGB32)
painter = QPainter(image)
for _ in range(CALLS):
    painter.drawLine(0, 0, 7, 7)
painter.end()
print(len(heard), all(heard), abs(sys.getrefcount(None) - before) < CALLS // 10)
"""


def test_5000_signals_and_5000_void_calls_drop_no_reference() -> None:
    answer = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", SCRIPT],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == ["5000", "True", "True"]
