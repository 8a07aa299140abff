#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does what the article KeyWalkthrough.md does, and compares what is printed with what it says.

    walkthrough.py TOOL [--write]

Ids, check values and times differ from run to run and stand for each other, line by line; all else
must be the same. `--write` puts what is printed into the article instead.
"""
import os
import pty
import re
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = ROOT / "Sources/CardVault/CardVault.docc/KeyWalkthrough.md"
# Key ids and their beginnings, ids of copies and slots, moments.
ID = re.compile(r"(?<![\w-])(?:[0-9a-f]{6,64}|(?=[a-z-]*[A-Z0-9_])[\w-]{11}"
                r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)(?![\w-])")
QUESTION = "go on: "


class Walk:
    """The article's commands, run in a folder; `names` has what an id of the article is here."""

    def __init__(self, tool, folder):
        self.tool, self.folder, self.names = tool, folder, {}

    def here(self, id):
        return next((name[:len(id)] for said, name in self.names.items() if said.startswith(id)), id)

    def command(self, text):
        """As the article has it, with the ids of this run."""
        return ID.sub(lambda match: self.here(match.group()), text)

    def run(self, command, answers):
        """What a terminal shows. The passphrase is that of the folder, as the article says."""
        if command.startswith("card-vault ") and not command.startswith("card-vault passphrase"):
            command += " --passphrase-file passphrase.txt"
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.umask(0o77)
            os.environ["PATH"] = f"{self.tool.parent}:{os.environ['PATH']}"
            os.execvp("bash", ["bash", "-c", command])
        shown = b""
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                piece = b""
            if not piece:
                break
            shown += piece
            if shown.endswith(QUESTION.encode()) and answers:
                os.write(terminal, answers.pop(0).encode() + b"\n")
        os.close(terminal)
        os.waitpid(child, 0)
        lines = shown.decode().replace("\r\n", "\n").split("\n")
        # A progress bar is overwritten by what comes after it.
        return [line.rpartition("\x1b[K")[2].rstrip() for line in lines if line]

    def step(self, command, said):
        """Runs a command; the answers to its questions stand in what the article says."""
        answers = [line.rpartition(QUESTION)[2] for line in said if QUESTION in line]
        shown = self.run(self.command(command), answers)
        for a, b in zip(ID.findall("\n".join(said)), ID.findall("\n".join(shown))):
            self.names.setdefault(a, b)
        return shown


def main(tool, *options):
    text, walk = [], Walk(Path(tool).resolve(), tempfile.mkdtemp())
    shutil.copy(ROOT / "Examples/cards.csv", walk.folder)
    lines = ARTICLE.read_text().split("\n")
    count, is_console = 0, False
    while lines:
        line = lines.pop(0)
        if line.startswith("```"):
            is_console = line == "```console"
        if not is_console or not line.startswith("$ "):
            text.append(line)
            continue
        said = []
        while not lines[0].startswith(("$ ", "```")):
            said.append(lines.pop(0))
        shown = walk.step(line[2:], said)
        text += ["$ " + walk.command(line[2:]), *shown]
        count += 1
        if not options and ID.sub("#", "\n".join(said)) != ID.sub("#", "\n".join(shown)):
            sys.exit("\n".join([f"walk-through: {line} prints", *shown, "and not", *said]))
    if options:
        ARTICLE.write_text("\n".join(text))
    shutil.rmtree(walk.folder)
    print(f"{count} commands print what the article says")


main(*sys.argv[1:])
