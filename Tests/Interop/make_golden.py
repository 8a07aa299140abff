#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes Tests/Vectors/golden/sealed-box.json without any code of this package.

Ciphers, MAC and hash come from `cryptography` (pip install cryptography) and hashlib; HChaCha20 and
the framing are written out below from their descriptions. The file was made once and stays as it
is: a version that does not open it has changed the wire format.

    python3 Tests/Interop/make_golden.py > Tests/Vectors/golden/sealed-box.json
"""
import hashlib
import json
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC


def frame(*fields):
    """Each field as its length in 4 bytes, big-endian, and its bytes."""
    return b"".join(struct.pack(">I", len(field)) + field for field in fields)


def key_id(key, purpose, suite):
    fields = frame(b"card-vault/1 key id", purpose, bytes([suite]))
    return hashlib.blake2b(fields, key=key, digest_size=32).digest()


def hchacha20(key, nonce):
    """draft-irtf-cfrg-xchacha-03, section 2.2."""
    words = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))

    def turn(a, b, c, d):
        steps = (a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)
        for first, second, third, count in steps:
            words[first] = (words[first] + words[second]) & 0xFFFFFFFF
            word = words[third] ^ words[first]
            words[third] = (word << count | word >> (32 - count)) & 0xFFFFFFFF

    for _ in range(10):
        for i in range(4):
            turn(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            turn(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<8I", *words[:4], *words[12:])


def seal_xchacha20_poly1305(key, nonce, plaintext, aad):
    """draft-irtf-cfrg-xchacha-03, section 2.3."""
    cipher = ChaCha20Poly1305(hchacha20(key, nonce[:16]))
    return cipher.encrypt(bytes(4) + nonce[16:], plaintext, aad)


def seal_xaes_256_gcm(key, nonce, plaintext, aad):
    """C2SP, XAES-256-GCM, section Overview."""

    def half(counter):
        mac = CMAC(AES(key))
        mac.update(bytes([0, counter]) + b"X\0" + nonce[:12])
        return mac.finalize()

    return AESGCM(half(1) + half(2)).encrypt(nonce[12:], plaintext, aad)


def box(suite, seal):
    key, nonce = bytes(range(32)), bytes(range(100, 124))
    vault, record = bytes(range(0xA0, 0xB0)), bytes(range(0xB0, 0xC0))
    kind, scope = b"card", b"acme"
    facts = [b"\x01\x06\x04", b"411111", b"1111", b"", b"\x07\xe9\x0c"]
    plaintext = bytes([16]) + struct.pack(">Q", 4111111111111111)  # a published test number
    header = bytes([1, suite]) + key_id(key, b"data", suite)
    aad = frame(b"card-vault/1", vault, kind, scope, record, frame(*facts), header)
    return {
        "suite": suite, "key": key.hex(), "keyID": header[2:].hex(), "vault": vault.hex(),
        "kind": kind.decode(), "scope": scope.decode(), "record": record.hex(),
        "facts": [fact.hex() for fact in facts], "nonce": nonce.hex(),
        "associatedData": aad.hex(), "plaintext": plaintext.hex(),
        "box": (header + nonce + seal(key, nonce, plaintext, aad)).hex(),
    }


print(json.dumps({
    "source": {"path": "Tests/Interop/make_golden.py", "licence": "Apache-2.0"},
    "tests": [box(1, seal_xchacha20_poly1305), box(2, seal_xaes_256_gcm)],
}, indent=2))
