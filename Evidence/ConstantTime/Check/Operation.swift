// SPDX-License-Identifier: Apache-2.0

/// One thing that is done with secrets in one run of the program.
struct Operation: Sendable {
    enum Kind: String {
        /// Code of the library, which may not be reported.
        case operation
        /// Code that leaks on purpose, which must be reported.
        case control
        /// A division, which must be reported or be seen in the machine code: a report comes only
        /// where the compiler writes a jump around it.
        case division
    }

    let name: String
    let kind: Kind
    let run: @Sendable () throws -> Void

    init(_ name: String, _ kind: Kind = .operation, run: @escaping @Sendable () throws -> Void) {
        self.name = name
        self.kind = kind
        self.run = run
    }

    /// Whatever the library learns to do with a secret gets its place here.
    static let all =
        comparisons + choices + boxes + wrappedKeys + keys + cards + custody + controls
}

/// Ends the run unless the operation did what it is for.
func require(_ isDone: Bool, _ what: String) {
    precondition(isDone, what)
}
