#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens holds, which nothing but their handles can.

    holds.py VECTORS

VECTORS is Tests/Vectors/golden/holds.json: holds that the library made, each with its hold key.
Each must open with its handle, and with nothing else.
"""
import json
import re
import sys
from pathlib import Path
from struct import pack

from nacl.exceptions import CryptoError

from wire import MOMENT, SCOPE, Key, frame, require, unbase32

# Of each kind: its name, the bytes of its plaintext, what stands around the characters, and what
# they are. A number that begins with 59 is followed by a country.
PAN = r"((?!59)\d{8,19}%s|59\d{6,17}%s\d{3})"
KINDS = {
    1: ("track1", 77, "%", "?", "B" + PAN % (r"\^", r"\^") + r"[ -$&->@-\]_]{2,26}\^"
        r"(\d\d(0[1-9]|1[0-2])|\^)(\d{3}|\^)[ -$&->@-\]_]*"),
    2: ("track2", 38, ";", "?", PAN % ("=", "=") + r"(\d\d(0[1-9]|1[0-2])|=)(\d{3}|=)\d*"),
    3: ("verification-code", 5, "", "", r"\d{3,4}")}
WEEK = 7 * 24 * 60 * 60 * 1000


def check_hold(id, scope, kind, box, created, expires):
    require(len(id) == 16 and re.fullmatch(SCOPE, scope) and kind in KINDS and box[0] == 1
            and len(box) == KINDS[kind][1] + 41 and created in MOMENT and expires in MOMENT
            and created < expires <= created + WEEK, "a hold is not as described")


def open_hold(handle, hold_key, vault, id, scope, kind, box, created, expires):
    """The text of what is held."""
    check_hold(id, scope, kind, box, created, expires)
    require(re.fullmatch("hld_.{78}", handle), "a handle is none")
    require(unbase32(handle[4:30], 16) == id, "a handle is of another hold")
    secret = unbase32(handle[30:], 32)
    key = Key(hold_key.code("card-vault/1 hold", id, secret), "hold", 1, id=hold_key.id)
    facts = frame(bytes([kind]), created, expires)
    packed = key.open(box, vault, "hold", scope, id, facts)
    _, size, before, after, pattern = KINDS[kind]
    count, text = packed[0], packed[1:1 + packed[0]].decode("ascii")
    require(len(packed) == size > count and not any(packed[1 + count:])
            and re.fullmatch(pattern, text), "what is held is not as described")
    return before + text + after


def check_vectors(tests):
    for test in tests:
        value = {name: bytes.fromhex(test[name]) for name in ("holdKey", "vault", "id", "box")}
        key = Key(value["holdKey"], "hold", 16)
        require(key.id.hex() == test["holdKeyID"], "a hold key is another than the one named")
        record = dict(vault=value["vault"], id=value["id"], scope=test["scope"], kind=test["kind"],
                      box=value["box"], created=test["created"], expires=test["expires"])
        text = open_hold(test["handle"], key, **record)
        require(text == test["text"], "a hold holds something else")
        secret = test["handle"]
        others = dict(
            handle=(secret[:-1] + ("0" if secret[-1] != "0" else "1"), key, record),
            key=(secret, Key(bytes(32), "hold", 16, id=key.id), record),
            scope=(secret, key, record | dict(scope="other")),
            vault=(secret, key, record | dict(vault=bytes(16))),
            expires=(secret, key, record | dict(expires=test["expires"] - 1)),
            created=(secret, key, record | dict(created=test["created"] + 1)),
            box=(secret, key, record | dict(box=value["box"][:-1] + bytes([value["box"][-1] ^ 1]))))
        for name, (handle, other_key, other) in others.items():
            try:
                open_hold(handle, other_key, **other)
            except (CryptoError, ValueError):
                continue
            raise ValueError(f"a hold opens with another {name}")
    return len(tests)


if __name__ == "__main__":
    count = check_vectors(json.loads(Path(sys.argv[1]).read_text())["tests"])
    print(json.dumps(dict(holds=count)))
