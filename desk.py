#!/usr/bin/env python3
"""Set up mentiondesk beside this file, then run it: `python3 desk.py run`, `python3 desk.py test`.

Standard library only, so that a machine with Python 3.11 and pip needs nothing else.
It makes `.venv` from the locked, hashed requirements and hands over to `mentiondesk`.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
STAMP = VENV / "mentiondesk.stamp"
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "tests" / "requirements.lock"}
UV = "uv==0.13.9"


def main(arguments: list[str]) -> int:
    """Set up what the command needs, then run it in the environment and return its exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python is given first
        return fail(f"mentiondesk needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    testing = arguments[:1] == ["test"]
    try:
        set_up("test" if testing else "run")
    except subprocess.CalledProcessError as error:
        command = " ".join(map(str, error.cmd[:6]))
        return fail(f"Setting up stopped at `{command} …` (exit status {error.returncode}); see its message above.")
    except OSError as error:
        return fail(f"Setting up could not write here: {error}.")
    program = test_program(arguments[1:]) if testing else [binary("mentiondesk"), *arguments]
    environment = {"MENTIONDESK_HOME": str(ROOT), **os.environ}
    return hand_over(program, environment, ROOT if testing else None)


def test_program(arguments: list[str]) -> list[str]:
    """The tests that were named; or all of them, shared out among the processors."""
    return [binary("python"), "-m", "pytest", *(arguments or ["--numprocesses=auto", "--dist=loadfile"])]


def set_up(purpose: str) -> None:
    """Bring `.venv` to the locked requirements, unless its stamp says that it is there already."""
    wanted = fingerprint()
    stamp = STAMP.read_text().split() if STAMP.exists() else []
    if stamp[:1] == [wanted] and purpose in stamp[1:]:
        return
    say("Setting up mentiondesk in .venv (about a minute, once) …")
    uv = find_uv()
    if not Path(binary("python")).exists():
        call(uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, VENV)
    call(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", binary("python"), LOCKS[purpose])
    call(uv, "pip", "install", "--quiet", "--no-deps", "--python", binary("python"), "--editable", ROOT)
    # The test environment holds all that running needs.
    STAMP.write_text(" ".join([wanted, "run", *([purpose] if purpose != "run" else [])]))


def fingerprint() -> str:
    """A hash of every file that decides what `.venv` holds, and of the Python that made it."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (ROOT / "pyproject.toml", *LOCKS.values()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def find_uv() -> str:
    """The pinned uv: installed into `.tools` by pip, which also works where plain installs are forbidden (PEP 668)."""
    uv = TOOLS / "bin" / ("uv.exe" if os.name == "nt" else "uv")
    if not uv.exists():
        if importlib.util.find_spec("pip") is None:
            raise SystemExit(
                fail("Python has no pip here. Install it (Debian: apt-get install python3-pip) and try again.")
            )
        shutil.rmtree(TOOLS, ignore_errors=True)
        call(
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-warn-script-location",
            "--root-user-action=ignore",
            "--target",
            TOOLS,
            UV,
        )
    return str(uv)


def binary(name: str) -> str:
    """Where the environment keeps a program."""
    return str(VENV / ("Scripts" if os.name == "nt" else "bin") / name)


def call(*command: object) -> None:
    """Run one set-up step; its output is shown, its failure raised."""
    # Companies with their own certificate authority have it in the system's store, not in uv's.
    subprocess.run([str(part) for part in command], check=True, env={**os.environ, "UV_SYSTEM_CERTS": "1"})


def hand_over(program: list[str], environment: dict[str, str], folder: Path | None) -> int:
    """Become the program where the system can, so that signals and exit statuses are its own."""
    if folder:
        os.chdir(folder)
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(program[0], program, environment)  # noqa: S606 - no shell is wanted
    return subprocess.run(program, check=False, env=environment).returncode


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def fail(sentence: str) -> int:
    say(f"desk.py: {sentence}")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
