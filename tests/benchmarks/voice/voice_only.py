"""The kiosk's voice without its screen: `python -m tests.benchmarks.voice.voice_only DATA_DIR`."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.devices import open_devices
from holo_app.bootstrap.engine import voice_loop
from holo_app.bootstrap.shop import open_shop_to_talk
from holo_app.config import load_settings
from holo_app.ops.logs import start_logging


async def _talk(folder: Path) -> None:
    settings = load_settings(
        data_dir=folder, config_file=folder / "holo.toml" if (folder / "holo.toml").exists() else None, overrides={}
    )
    shop, clock = open_shop_to_talk(settings), SystemClock()
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        async with voice_loop(settings, shop, open_devices(settings, clock), lambda _: None, clock) as loop:
            await loop.run()
    except asyncio.CancelledError:
        return
    finally:
        shop.store.close()


if __name__ == "__main__":
    data_dir = Path(sys.argv[1])
    output = start_logging(data_dir / "logs", level="info", visitor_text=False)
    asyncio.run(_talk(data_dir))
    output.close()
