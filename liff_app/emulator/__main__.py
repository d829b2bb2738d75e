"""`python -m liff_app.emulator`: run LINE in a box beside the product."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from liff_app.emulator.app import create_emulator
from liff_app.emulator.config import EmulatorConfig
from liff_app.emulator.server import bind


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m liff_app.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one")
    parser.add_argument("--app-url", required=True, help="where the product answers")
    parser.add_argument("--liff-id", required=True)
    parser.add_argument("--channel-id", required=True)
    parser.add_argument("--channel-secret", required=True)
    parser.add_argument("--channel-token", required=True)
    parser.add_argument("--state", type=Path, help="SQLite file; without it all is forgotten")
    parser.add_argument("--webhook-path", default="/line/webhook")
    parser.add_argument("--endpoint-path", default="/liff/")
    parser.add_argument("--issuer", default="https://access.line.me")
    parser.add_argument("--account-name", default="まちまど市")
    parser.add_argument("--monthly-limit", type=int, help="messages a month; default: no cap")
    parser.add_argument(
        "--resident-cookie",
        action="append",
        default=[],
        dest="resident_cookies",
        help="name of a cookie of the product that changes hands with the phone; may repeat",
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT and return 0."""
    told = vars(_arguments(argv))
    port = told.pop("port")
    told["resident_cookies"] = tuple(told["resident_cookies"])
    app = create_emulator(EmulatorConfig(**told))
    server = bind(app, port)

    def stop(*_: object) -> None:
        # shutdown() waits for serve_forever, which runs in this very thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"emulator listening on http://localhost:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    app.extensions["emulator"].close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
