# SPDX-License-Identifier: Apache-2.0
"""What the tool does with card numbers that must be seen nowhere."""

import signal
import subprocess
import time


def run_tool(tool, vault):
    """What the tool prints while it takes the canaries in, rightly and wrongly; and what lies in
    the folder where an import was killed."""
    good = [f"{index},{number}\n" for index, number in enumerate(vault.numbers)]
    bad = [f"{index},{number[:8]} {number[8:]}0000\n" for index, number in enumerate(vault.numbers)]
    (vault.folder / "cards.csv").write_text("id,pan\n" + "".join(good + bad))
    twice = [f"{number},{number}\n" for number in vault.numbers]
    (vault.folder / "twice.cards.csv").write_text("note,pan\n" + "".join(twice))
    number, wrong = vault.numbers[0], vault.numbers[0][:-1] + "x"

    def start(*arguments):
        phrase = () if "--passphrase-file" in arguments else ("--passphrase-file", "passphrase.txt")
        return subprocess.Popen(
            [tool, *arguments, *phrase], cwd=vault.folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def end(process, text, code, name):
        output = process.communicate(text)[0]
        assert process.returncode == code, f"{name} ended with {process.returncode}, not {code}"
        return name, output

    job = "import", "cards.csv", "--pan-column", "pan", "--out"
    killed = start(*job, "killed.csv")
    while killed.poll() is None and not (vault.folder / "killed.csv.progress").exists():
        time.sleep(0.001)
    killed.kill()
    yield end(killed, b"", -signal.SIGKILL, "killed import")
    yield from vault.files()
    # The documented exit code of each: 1 refused, 2 wrong use, 3 not unlocked, 5 not intact.
    imports = [
        (1, *job, "killed.csv", "--resume"), (1, *job, "out.csv", "--format", "last-four"),
        (1, "import", "twice.cards.csv", "--pan-column", "pan", "--out", "twice.csv")]
    for code, *call in imports:
        yield end(start(*call), b"", code, " ".join(call))
    finds = [(0, number, "opaque"), (1, wrong, "opaque"), (1, number, "last-four-luhn"),
             (2, number, number)]
    for code, text, format in finds:
        call = "find", "--format", format
        yield end(start(*call), f"{text}\n".encode(), code, " ".join(call))
    calls = [
        (1, "show", number), (1, "detokenize", number, "--purpose", "test"),
        (1, "delete", number), (1, "show", wrong), (1, "show", number, "--scope", number),
        (2, number), (2, "import", number), (1, "key", "destroy", number),
        (3, "key", "list", "--passphrase-file", "numbers.txt"),
        *((0, "key", "rotate", purpose) for purpose in ("hold", "audit", "seal", "scope", "data")),
        (0, "reseal"), (0, "keyring", "export", "copy.json"), (0, "backup", "backup"),
        (0, "restore", "backup", "--yes"), (5, "restore", number, "--yes"),
        (0, "scope", "add", "other"), (0, "shred", "other", "--confirm", "other"),
        (0, "audit", "archive", "--before", "2100-01-01", "--out", "archive.jsonl"),
        (0, "audit", "export", "--out", "export.jsonl"), (0, "audit", "tail"),
        (0, "inventory", "--json"), (0, "hold", "list"), (0, "key", "list")]
    for code, *call in calls:
        yield end(start(*call), b"", code, " ".join(call))
