# SPDX-License-Identifier: Apache-2.0
"""The forms in which a secret may lie somewhere, and the search for them."""

import base64
import os
import re


def base64_after(value, count):
    """What base 64 makes of the bytes when so many stand before them, without the characters that
    depend on what stands before and after."""
    text = base64.b64encode(bytes(count) + value)
    return text[0 if count == 0 else 4:][:len(value) // 3 * 4 - 4]


def forms(value):
    """Of bytes, by name."""
    swapped = bytes(byte for each in value for byte in (0, each))
    return {"raw": value, "hex": value.hex().encode(), "HEX": value.hex().upper().encode(),
            **{f"base64+{count}": base64_after(value, count) for count in range(3)},
            "UTF-16LE": swapped[1:] + b"\0", "UTF-16BE": swapped}


def number_forms(digits):
    """Of 16 digits: those of their text, and what stands for a number."""
    value = int(digits).to_bytes(8, "big")
    return {**forms(digits.encode()), "BCD": bytes.fromhex(digits),
            "BCD+1": bytes.fromhex(digits[1:-1]), "digits": bytes(map(int, digits)),
            "u64BE": value, "u64LE": value[::-1]}


class Search:
    """Looks for many secrets at once: those of one form share what they begin or end with."""

    def __init__(self, secrets):
        """Takes pairs of a name and its forms. Two secrets without a common part are no group: let
        each have a search of its own."""
        self.groups, self.form_count = [], 0
        table = {}
        for name, found in secrets:
            for form, value in found.items():
                table.setdefault((form, len(value)), {})[value] = (name, form)
        for (_, size), values in table.items():
            head = os.path.commonprefix(list(values))
            tail = os.path.commonprefix([value[::-1] for value in values])[::-1]
            part, offset = (head, 0) if len(head) >= len(tail) else (tail, size - len(tail))
            assert len(part) >= 2, "these secrets have nothing in common"
            self.groups.append((part, offset, size, values))
            self.form_count += len(values)

    def hits(self, data):
        """Where a secret lies in the data, its name and its form."""
        for part, offset, size, values in self.groups:
            at = data.find(part)
            while at >= 0:
                start = at - offset
                if start >= 0 and (found := values.get(bytes(data[start:start + size]))):
                    yield start, *found
                at = data.find(part, at + 1)


class DigitRuns:
    """Finds nine digits of a card in a row, whether there are spaces or hyphens between them: its BIN
    and its last four have fewer. Random digits are left out, where they are known: tokens, their
    words in a dump, and hexadecimal ids."""

    LENGTH, RUN, RANDOM = 9, re.compile(rb"[0-9](?:[ -]?[0-9]){8,}"), (b"high: ", b"low: ")
    ID = re.compile(rb"[0-9a-f]{32,}")

    def __init__(self, numbers, besides=()):
        self.besides = {text.encode() for text in besides}
        self.parts = {number[at:at + self.LENGTH].encode()
                      for number in numbers for at in range(len(number) - self.LENGTH + 1)}

    def is_random(self, data, run):
        around = max(run.start() - 64, 0)
        return (run.group() in self.besides or data.endswith(self.RANDOM, 0, run.start())
                or any(found.start() < run.end() - around and found.end() > run.start() - around
                       and re.search(rb"[a-f]", found.group())
                       for found in self.ID.finditer(data[around:run.end() + 64])))

    def hits(self, data):
        for run in self.RUN.finditer(data):
            text = re.sub(rb"[ -]", b"", run.group())
            if any(text[at:at + self.LENGTH] in self.parts
                   for at in range(len(text) - self.LENGTH + 1)) and not self.is_random(data, run):
                yield run.start(), "card", "digits in a row"
