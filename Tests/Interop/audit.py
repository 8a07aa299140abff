# SPDX-License-Identifier: Apache-2.0
"""Checks an audit log, in the store or exported, and names the first entry that is wrong."""
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from wire import MOMENT, PLACE, SCOPE, fields, iso8601, require, token_text

SUBJECTS = {1: (17, token_text), 2: (32, bytes.hex), 3: (16, bytes.hex)}


class Entry:
    """An entry taken apart; `line` is how an export shows it."""

    def __init__(self, data):
        require(data[:2] == b"\1\0" and len(data) > 50, "an entry is not as described")
        self.data, self.previous = data, data[18:50]
        self.sequence, self.key = (int.from_bytes(data[i:i + 8], "big") for i in (2, 10))
        time, *texts, subject = fields(data[50:])
        require(len(time) == 8 and len(texts) == 6 and all(
            re.fullmatch(rb"[ -~]*", text) for text in texts), "an entry is not as described")
        self.time = int.from_bytes(time, "big")
        actor, action, outcome, purpose, origin, scope = (text.decode() or None for text in texts)
        require(actor and action and outcome and self.time in MOMENT and self.sequence in PLACE
                and re.fullmatch(SCOPE, scope or "-"), "an entry is not as described")
        self.event = dict(actor=actor, action=action, outcome=outcome, purpose=purpose,
                          origin=origin, scope=scope) | self.named(subject)

    @staticmethod
    def named(subject):
        if not subject:
            return dict(asked=0, ids=[])
        size, text = SUBJECTS[subject[0]]
        asked, ids = int.from_bytes(subject[1:5], "big"), subject[5:]
        ids = [ids[i:i + size] for i in range(0, len(ids), size)]
        require(len(subject) >= 5 and all(len(id) == size for id in ids) and len(ids) <= 1024
                and (subject[0] == 1 or asked == len(ids)), "a subject is not as described")
        return dict(asked=asked, ids=[text(id) for id in ids])

    def line(self, key_id):
        entry = urlsafe_b64encode(self.data).decode().rstrip("=")
        return line(dict(key=key_id.hex(), entry=entry, sequence=self.sequence,
                         time=iso8601(self.time, precise=True)) | self.event)


def line(members):
    return json.dumps(members, separators=(",", ":"))


def head_fields(vault, sequence, head, first_kept, seal_key):
    """What the code of a sealed head is made over."""
    return "card-vault/1 row", vault, "audit_heads", 0, sequence, head, first_kept, seal_key


class Chain:
    """Walks along the entries in their order; raises at the first that is wrong."""

    def __init__(self, vault, first, anchors):
        self.vault, self.next, self.anchors = vault, first, anchors
        self.head, self.is_doubtful, self.count = None, False, 0

    def fault(self, sequence, what):
        raise ValueError(f"audit entry {sequence} {what}")

    def settle(self, stated):
        """Holds a head that is stated against the one of the entry before. Where they differ, one
        of the two was altered: the next statement tells which."""
        agrees = self.head in (None, stated)
        if self.is_doubtful:
            self.fault(self.next - (2 if agrees else 1), "was altered")
        self.is_doubtful = not agrees

    def add(self, sequence, data, key):
        """Checks the next entry; `key` gives the audit key that an entry names, or None."""
        place = self.next = self.next or sequence
        if sequence != place:
            self.fault(min(place, sequence), "is missing" if sequence > place else "was inserted")
        try:
            entry = Entry(data)
            audit_key = key(entry)
        except (ValueError, KeyError, IndexError):
            audit_key = None
        if not audit_key or entry.sequence != place or place == 1 and any(entry.previous):
            self.fault(place, "was altered")
        self.settle(entry.previous)
        if self.count == 0 and self.anchors.get(place - 1, entry.previous) != entry.previous:
            self.fault(place, "is not of the log that was anchored")
        self.head = audit_key.code("card-vault/1 audit", self.vault, data)
        if self.anchors.get(place, self.head) != self.head:
            self.fault(place, "is not of the log that was anchored")
        self.next, self.count = place + 1, self.count + 1
        return entry

    def finish(self, sequence, head):
        """Ends the walk at a sealed head."""
        self.next = self.next or sequence + 1
        self.settle(head)
        if max(sequence, *self.anchors, 0) >= self.next:
            self.fault(self.next, "is missing")
        if sequence + 1 < self.next:
            self.fault(sequence + 1, "was inserted")
        if self.is_doubtful:
            self.fault(sequence, "was altered")


def check_store(keyring, head, rows, key_ids, anchors):
    """Checks the log of a store: its sealed head, its rows, and the ids of keys by number."""
    require(head, "the audit log has no end")
    _, sequence, value, first_kept, seal_key, code = head
    require(keyring.held[seal_key].made(
        code, *head_fields(keyring.vault, sequence, value, first_kept, seal_key)),
        f"the sealed end of the audit log, after entry {sequence}, was altered")
    chain = Chain(keyring.vault, first_kept, anchors)
    for place, data in rows:
        chain.add(place, data, lambda entry: audit_key(keyring, key_ids[entry.key]))
    chain.finish(sequence, value)
    return chain.count


def check_export(keyring, text, anchors):
    """Checks an export, or an archive, whose last entry only what follows it can vouch for."""
    chain, *lines = Chain(keyring.vault, None, anchors), *text.splitlines()
    for number, text in enumerate(lines, 1):
        members = json.loads(text)
        if "entry" in members:
            data = urlsafe_b64decode(members["entry"] + "==")
            key_id = bytes.fromhex(members["key"])
            entry = chain.add(members["sequence"], data, lambda _: audit_key(keyring, key_id))
            require(entry.line(key_id) == text, f"audit entry {entry.sequence} was altered")
            continue
        require(number == len(lines), "an export goes on after its end")
        vault, sequence, head, first_kept, seal_key, code = (
            bytes.fromhex(value) if isinstance(value, str) else value
            for value in members.values())
        row = head_fields(vault, sequence, head, first_kept, seal_key)
        require(line(members) == text and vault == keyring.vault
                and keyring.held[seal_key].made(code, *row), "the end of the export was altered")
        chain.finish(sequence, head)
        return chain.count
    require(not chain.is_doubtful, f"audit entry {chain.next - 2} was altered")
    return chain.count


def audit_key(keyring, id):
    key = keyring.held[id]
    return key if key and key.purpose == "audit" else None


def read_anchors(text, vault):
    """The heads of a file of anchors by their places."""
    anchors = {}
    for text in text.splitlines():
        members = json.loads(text)
        require(line(members) == text and members["vault"] == vault.hex()
                and [*members] == ["vault", "chain", "sequence", "head", "time"]
                and members["chain"] == 0, "an anchor is not as described")
        head = bytes.fromhex(members["head"])
        require(anchors.setdefault(members["sequence"], head) == head, "two anchors disagree")
    return anchors
