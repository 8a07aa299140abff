// SPDX-License-Identifier: Apache-2.0
public import SecretMemory

/// A 256-bit key that encrypts the cards of one scope (DEK).
public struct DataKey: ~Copyable, Sendable {
    private let cipher: BoxCipher

    /// Puts a key to its use.
    ///
    /// - Parameters:
    ///   - material: a key of purpose `data`; any other is a programming error.
    ///   - slab: where the subkeys live.
    ///   - allowingSoftwareAES: whether XAES-256-GCM may run without AES instructions, in software
    ///     that may not be constant time.
    /// - Throws: ``SuiteError``.
    public init(
        _ material: consuming KeyMaterial, in slab: KeySlab, allowingSoftwareAES: Bool = false
    ) throws(SuiteError) {
        precondition(material.purpose == .data, "only a data key seals cards")
        let needsAES = material.suite == .xaes256GCM
        let engine = AESEngine.choose(allowingSoftware: allowingSoftwareAES || !needsAES)
        guard let engine else { throw .needsSoftwareAES }
        try self.init(material, engine: engine, in: slab)
    }

    /// Puts a key to its use with the engine named: for tests of the engine that this machine would
    /// not choose.
    package init(
        _ material: consuming KeyMaterial, engine: AESEngine, in slab: KeySlab
    ) throws(SuiteError) {
        do throws(SecretMemoryError) {
            cipher = try BoxCipher(material, engine: engine, in: slab)
        } catch {
            throw .memory(error)
        }
    }

    /// The key's id.
    public var id: KeyID { cipher.id }
    /// The key's suite.
    public var suite: Suite { cipher.suite }

    /// Seals `plaintext` with a fresh random nonce.
    ///
    /// - Parameters:
    ///   - plaintext: any number of bytes.
    ///   - binding: the record that the box belongs to.
    ///   - box: receives the stored form; ``StoredBox/overhead`` bytes more than the plaintext.
    public borrowing func seal(
        _ plaintext: Span<UInt8>, as binding: RecordBinding, into box: inout MutableSpan<UInt8>
    ) {
        cipher.seal(plaintext, as: binding, into: &box)
    }

    /// Opens a stored box.
    ///
    /// - Parameters:
    ///   - box: the stored form.
    ///   - binding: the record that the box was sealed for.
    ///   - plaintext: receives the content; ``StoredBox/overhead`` bytes fewer than the box. Holds
    ///     nothing of it when this throws.
    /// - Throws: ``OpenError``.
    public borrowing func open(
        _ box: Span<UInt8>, as binding: RecordBinding, into plaintext: inout MutableSpan<UInt8>
    ) throws(OpenError) {
        try cipher.open(box, as: binding, into: &plaintext)
    }
}
