# SPDX-License-Identifier: Apache-2.0
"""What is claimed, and whether it holds."""


class Claims:
    """Prints a line for each claim, and remembers whether all held and how many were not tried."""

    def __init__(self):
        self.all_hold, self.skipped = True, 0

    def say(self, claim, holds, figures):
        self.all_hold &= bool(holds)
        print(f"{claim:58} {figures}{'' if holds else ': WRONG'}", flush=True)

    def skip(self, claim, count, reason):
        self.skipped += count
        print(f"{claim:58} {count} claims not tried: {reason}", flush=True)

    def verdict(self):
        left = f", {self.skipped} claims not tried" if self.skipped else ""
        return f"{'all claims hold' if self.all_hold else 'SOMETHING IS WRONG'}{left}"
