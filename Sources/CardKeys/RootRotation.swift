// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import SecretMemory

/// A keyring on its way to a new root key: the slots whose secrets are presented are kept, the
/// others dropped, and every key is wrapped anew.
///
/// Who kept an old copy of the keyring and a secret of it has every key of that copy: the keys
/// themselves stay as they are.
public struct RootRotation {
    /// Further changes that go into the same write.
    package var edit: KeyringEdit

    private let root: SharedRoot
    private let old: OpenedKeyring
    /// The slots that are kept, sealing the new root key, by their places in the old keyring.
    private var slots: [Int: CustodySlot] = [:]

    init(_ edit: KeyringEdit) throws(KeyringError) {
        let slab = edit.file.slab
        root = SharedRoot(
            try KeyringError.memory { () throws(SecretMemoryError) in
                try RootKey.generate(in: slab)
            })
        old = edit.file.opened
        self.edit = edit
    }

    /// Begins a rotation on a copy of the keyring whose result goes to another source: a restore.
    ///
    /// - Parameters:
    ///   - export: the copy, opened where it is. Neither it nor its file is changed.
    ///   - source: what the result is written to. It replaces whatever is there.
    ///   - lock: that of `source`.
    ///   - moment: now.
    /// - Throws: ``KeyringError``.
    package init(
        on export: KeyringFile, writingTo source: any KeyringSource, under lock: KeyringLock,
        at moment: Timestamp
    ) throws(KeyringError) {
        _ = try export.reload()
        let file = KeyringFile(source: source, slab: export.slab, opened: export.opened)
        try self.init(KeyringEdit(of: file, replacing: nil, under: lock, at: moment))
    }

    /// The keyring that takes the new root key: for a restore, the one at the other source.
    package var file: KeyringFile { edit.file }

    /// The slots that are kept.
    public var kept: [SlotID] { slotIDs { slots[$0] != nil } }

    /// The slots that are dropped, unless their secrets are still presented.
    public var dropped: [SlotID] { slotIDs { slots[$0] == nil } }

    /// Keeps the slot that `passphrase` opens, under its name and at its cost, with a new salt.
    ///
    /// - Throws: ``KeyringError/cannotUnlock`` when it opens none.
    public mutating func keep(
        _ passphrase: borrowing Passphrase
    ) throws(KeyringError) -> SlotID {
        try change(passphrase, to: passphrase)
    }

    /// Keeps the slot that `passphrase` opens, for another one: under its name and at its cost, it
    /// opens with `new` from now on.
    ///
    /// - Throws: ``KeyringError/cannotUnlock`` when `passphrase` opens none.
    public mutating func change(
        _ passphrase: borrowing Passphrase, to new: borrowing Passphrase
    ) throws(KeyringError) -> SlotID {
        let (vault, slab) = (old.keyring.vault, edit.file.slab)
        let places = old.keyring.slots.indices.sorted {
            old.keyring.slots[$0].work < old.keyring.slots[$1].work
        }
        for place in places {
            let slot = old.keyring.slots[place]
            guard try slot.opens(in: vault, with: passphrase, slab: slab) else { continue }
            slots[place] = try KeyringError.memory { () throws(SecretMemoryError) in
                try slot.resealed(around: root.key, in: vault, with: new, slab: slab)
            }
            return SlotID(slot)
        }
        throw .cannotUnlock
    }

    /// Writes the keyring under the new root key, once, and takes that one. Every older keyring is
    /// refused from now on.
    ///
    /// - Throws: ``KeyringError``: `slotsRefused` when no slot is kept, and as
    ///   ``KeyringEdit/write()``. A crash leaves the old keyring or the new one.
    package mutating func write() throws(KeyringError) {
        guard !slots.isEmpty else { throw .slotsRefused }
        edit.require()
        var keyring = edit.keyring
        keyring.slots = old.keyring.slots.indices.compactMap { slots[$0] }
        for entry in keyring.entries where entry.box != nil {
            let material = try old.unwrap(entry, in: edit.file.slab)
            let binding = entry.key.binding(in: keyring.vault)
            let box = root.key.wrappingKey.wrap(material, as: binding)
            keyring.replace(KeyringEntry(key: entry.key, box: box))
        }
        try edit.write(keyring, under: root)
    }

    private func slotIDs(_ isIncluded: (Int) -> Bool) -> [SlotID] {
        old.keyring.slots.indices.filter(isIncluded).map { SlotID(old.keyring.slots[$0]) }
    }
}

extension KeyringFile {
    /// Begins to give the keyring, as the file says it is now, a new root key.
    ///
    /// - Throws: ``KeyringError``, as ``reload()``.
    package func rotateRoot(
        under lock: KeyringLock, at moment: Timestamp
    ) throws(KeyringError) -> RootRotation {
        try RootRotation(try edit(under: lock, at: moment))
    }
}
