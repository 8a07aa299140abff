# SPDX-License-Identifier: Apache-2.0
"""Swift source without its comments and texts, for the checks that look at code only."""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def files(*places):
    """The Swift files under `places`, as paths from the project's root."""
    found = subprocess.run(
        [os.path.join(ROOT, "scripts/lib/swift-files"), *places],
        check=True, capture_output=True, text=True)
    return sorted(path for path in found.stdout.split("\0") if path)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def refuse(path, line, why):
    """Ends the check with one finding."""
    sys.exit(f"{path}:{line}: {why}")


def code(text):
    """`text` with comments and the contents of string literals turned into spaces.

    Lines and columns stay where they are. Code within an interpolation stays code.
    """
    out = list(text)
    i = 0
    open_strings = []  # delimiters of the literals around an interpolation, with its parentheses
    while i < len(text):
        if text.startswith("//", i):
            i = blank(out, i, text.find("\n", i))
        elif text.startswith("/*", i):
            i = blank(out, i, end_of_comment(text, i))
        elif start := re.compile(r'(#*)("""|")').match(text, i):
            open_strings.append([start.group(1), start.group(2), 0])
            i = string(text, out, start.end(), open_strings)
        elif open_strings and text[i] in "()":
            open_strings[-1][2] += 1 if text[i] == "(" else -1
            i += 1
            if open_strings[-1][2] == 0:
                i = string(text, out, i, open_strings)
        else:
            i += 1
    return "".join(out)


def string(text, out, i, open_strings):
    """Blanks a literal from `i` to its end, or to the parenthesis of an interpolation."""
    hashes, quote, _ = open_strings[-1]
    while i < len(text):
        if text.startswith("\\" + hashes, i):
            if text.startswith("(", i + 1 + len(hashes)):
                return i + 1 + len(hashes)
            i = blank(out, i, i + 2 + len(hashes))
        elif text.startswith(quote + hashes, i):
            open_strings.pop()
            return i + len(quote + hashes)
        else:
            i = blank(out, i, i + 1)
    return i


def end_of_comment(text, i):
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(text, i):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


def blank(out, start, end):
    end = len(out) if end < 0 else min(end, len(out))
    for i in range(start, end):
        if out[i] != "\n":
            out[i] = " "
    return end
