# SPDX-License-Identifier: Apache-2.0
"""What the tool does with card numbers that must be seen nowhere."""

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
        return subprocess.Popen(
            [tool, *arguments, "--passphrase-file", "passphrase.txt"], cwd=vault.folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    job = "import", "cards.csv", "--pan-column", "pan", "--out"
    killed = start(*job, "killed.csv")
    while killed.poll() is None and not (vault.folder / "killed.csv.progress").exists():
        time.sleep(0.001)
    killed.kill()
    yield "killed import", killed.communicate()[0]
    yield from vault.files()
    calls = [
        (*job, "killed.csv", "--resume"), (*job, "out.csv", "--format", "last-four"),
        ("import", "twice.cards.csv", "--pan-column", "pan", "--out", "twice.csv"),
        *(("find", "--format", format) for format in ("opaque", "bin-last-four", number)),
        ("show", number), ("detokenize", number, "--purpose", "test"), ("delete", number),
        ("show", wrong), ("show", number, "--scope", number), (number,), ("import", number),
        ("key", "destroy", number), ("reseal",), ("keyring", "export", "copy.json"),
        ("backup", "backup"), ("audit", "export", "--out", "export.jsonl"),
        ("audit", "tail"), ("inventory", "--json"), ("hold", "list"), ("key", "list")]
    for call in calls:
        for text in (number, wrong) if call[0] == "find" else ("",):
            yield " ".join(call[:1]), start(*call).communicate(f"{text}\n".encode())[0]
