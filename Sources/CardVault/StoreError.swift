// SPDX-License-Identifier: Apache-2.0

/// Why a store could not do what it was asked.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it was.
    public enum Code: String, Sendable {
        /// Another process held the store for too long.
        case busy
        /// The disk did not answer in time. What was to be written may still become durable.
        case stalled
        /// The disk, or what the store may use of it, is full.
        case full
        /// The store may not be written.
        case readOnly
        /// There is no store where one was expected.
        case missing
        /// The file or database is not a card vault's store.
        case notAStore
        /// The store has a schema of a later release.
        case newerSchema
        /// What the store returned is not what a store may hold.
        case corrupt
        /// Reading or writing failed in another way.
        case failed
    }

    /// What kind of failure it was.
    public let code: Code
    /// The engine's or the system's error number.
    public let systemCode: Int32?

    /// Makes an error; foreign texts stay outside.
    public init(_ code: Code, systemCode: Int32? = nil) {
        self.code = code
        self.systemCode = systemCode
    }

    /// One sentence.
    public var description: String {
        let sentence =
            switch code {
            case .busy: "The store is locked by another process"
            case .stalled: "The disk of the store does not answer"
            case .full: "The disk of the store is full"
            case .readOnly: "The store may not be written"
            case .missing: "There is no store"
            case .notAStore: "This is not a card vault's store"
            case .newerSchema: "The store was made by a later release"
            case .corrupt: "The store holds what no store may hold"
            case .failed: "The store failed"
            }
        return systemCode.map { "\(sentence), error \($0)." } ?? "\(sentence)."
    }
}
