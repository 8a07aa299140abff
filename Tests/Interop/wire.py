# SPDX-License-Identifier: Apache-2.0
"""What every format of WireFormat.md is made of: frames, keys, boxes, and the texts of ids."""
import re
from datetime import datetime, timedelta, timezone
from hashlib import blake2b
from hmac import compare_digest, digest as hmac
from struct import pack, unpack

from cryptography.hazmat.primitives.ciphers import aead, algorithms
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFCMAC, CounterLocation, Mode
from nacl import bindings

CIPHERS = {1: "XChaCha20-Poly1305", 2: "XAES-256-GCM"}
SUITES = dict(scope=[1], hold=[16], audit=[16], seal=[16], data=[1, 2], fingerprint=[16])
STATES = ["pre-activation", "active", "suspended", "deactivated", "compromised", "destroyed"]
SCOPE, MOMENT, PLACE = "[a-z0-9._-]{1,64}", range(2**48), range(1, 2**63)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def require(condition, reason):
    if not condition:
        raise ValueError(reason)


def frame(*fields):
    """Text stands for its ASCII bytes, an integer is a u64, None is absent."""
    fields = [b"" if field is None else field.encode() if isinstance(field, str) else
              pack(">Q", field) if isinstance(field, int) else field for field in fields]
    return b"".join(pack(">I", len(field)) + field for field in fields)


def fields(frame):
    """The fields of a frame, as bytes."""
    while frame:
        count = int.from_bytes(frame[:4], "big")
        require(len(frame) >= 4 + count, "a frame ends within a field")
        yield frame[4:4 + count]
        frame = frame[4 + count:]


class Key:
    """A key; that of a hold's box has the id of the hold key that it was made from."""

    def __init__(self, value, purpose, suite, scope=None, id=None):
        self.value, self.purpose, self.suite, self.scope = value, purpose, suite, scope
        label = frame("card-vault/1 key id", purpose, bytes([suite]))
        self.id = id or blake2b(label, key=value, digest_size=32).digest()

    def code(self, *fields):
        return hmac(self.value, frame(*fields), "sha256")

    def made(self, code, *fields):
        return compare_digest(self.code(*fields), code)

    def open(self, box, *record):
        """The plaintext of a box; the record is vault id, kind, scope id, record id and facts."""
        header = bytes([1, self.suite]) + self.id
        box = box if len(box) == 106 else header[:1] + box[:1] + header[2:] + box[1:]
        require(box[:34] == header, "a box names another key")
        nonce, text, ad = box[34:58], box[58:], frame("card-vault/1", *record, header)
        if self.suite == 1:
            return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(text, ad, nonce, self.value)
        blocks = KBKDFCMAC(algorithms.AES, Mode.CounterMode, 32, 2, None,
                           CounterLocation.BeforeFixed, None, None, b"X\0" + nonce[:12])
        return aead.AESGCM(blocks.derive(self.value)).decrypt(nonce[12:], text, ad)

    def unwrap(self, box, vault, id, purpose, scope, sequence, suite, created):
        facts = frame(purpose, bytes([suite]), created, sequence)
        key = Key(self.open(box, vault, "key", scope, id, facts), purpose, suite, scope)
        require(key.id == id and suite in SUITES[purpose], "a key is another than the one named")
        return key


def digits(packed):
    count, value = unpack(">BQ", packed)
    require(8 <= count <= 19 and value < 10**count, "a packed number is none")
    return f"{value:0{count}}"


def base32(value):
    """Bytes as one number, with the zero bits before it that fill five."""
    number, count = int.from_bytes(value, "big"), -(-len(value) * 8 // 5)
    return "".join(ALPHABET[number >> 5 * i & 31] for i in reversed(range(count)))


def unbase32(text, count):
    require(set(text) <= set(ALPHABET), "a character is none of base 32")
    number = sum(ALPHABET.index(each) << 5 * i for i, each in enumerate(text[::-1]))
    require(number < 1 << 8 * count, "a bit before the number is set")
    return number.to_bytes(count, "big")


def token_text(stored):
    require(len(stored) == 17 and stored[0] in (1, 2), "a token is none")
    require(stored[0] == 1 or stored[10:] == bytes(7), "a token is none")
    return "tok_" + base32(stored[1:]) if stored[0] == 1 else digits(stored[1:10])


def iso8601(moment, precise):
    """Milliseconds since 1970 as text: UTC, to the millisecond or cut to the second."""
    time = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=moment)
    return time.strftime("%Y-%m-%dT%H:%M:%S") + (f".{moment % 1000:03}Z" if precise else "Z")
