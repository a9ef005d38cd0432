import json
import logging
import subprocess
import sys
from pathlib import Path

from holo_app.ops.rotation import SharedRotatingFile

WRITER = """
import logging, sys
from pathlib import Path
from holo_app.ops.rotation import SharedRotatingFile
name, path = sys.argv[1], Path(sys.argv[2])
handler = SharedRotatingFile(path, file_bytes=20_000, files=50)
handler.setFormatter(logging.Formatter('{"w":"' + name + '","m":"%(message)s"}'))
logger = logging.getLogger(name)
logger.addHandler(handler)
for n in range(3000):
    logger.error(str(n))
"""


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("x", logging.ERROR, "", 0, text, None, None)


def test_no_more_than_the_allowed_files_are_kept(tmp_path: Path) -> None:
    handler = SharedRotatingFile(tmp_path / "holo.jsonl", file_bytes=1_000, files=10)
    for _ in range(200):
        handler.emit(record("x" * 199))
    handler.close()
    kept = sorted(file.name for file in tmp_path.glob("holo.jsonl*") if file.suffix != ".lock")
    assert kept == sorted(["holo.jsonl", *(f"holo.jsonl.{n}" for n in range(1, 10))])
    assert all(file.stat().st_size <= 1_000 for file in tmp_path.iterdir())


def test_processes_that_write_at_once_lose_and_mix_nothing(tmp_path: Path) -> None:
    path = tmp_path / "holo.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name, str(path)]) for name in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    said: dict[str, set[int]] = {"a": set(), "b": set()}
    for file in tmp_path.glob("holo.jsonl*"):
        for line in file.read_text().splitlines():
            entry = json.loads(line)
            said[entry["w"]].add(int(entry["m"]))
    # a line may be written to a file in the instant in which it is pushed out: the files are plenty here, so none is
    assert said == {"a": set(range(3000)), "b": set(range(3000))}


def test_a_file_that_was_moved_away_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "holo.jsonl"
    handler = SharedRotatingFile(path)
    handler.emit(record("before"))
    path.rename(tmp_path / "holo.jsonl.1")
    handler.emit(record("after"))
    handler.close()
    assert path.read_text() == "after\n"


def test_a_disk_that_takes_nothing_is_counted_not_shouted(tmp_path: Path) -> None:
    handler = SharedRotatingFile(Path("/dev/full"))
    handler.emit(record("lost"))
    assert handler.lost == 1
    handler.close()
