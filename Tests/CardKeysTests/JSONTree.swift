// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys

/// A way through a document: the members and elements to step into, from the outermost.
typealias JSONPath = [JSONStep]

enum JSONStep: Hashable {
    case member(String)
    case element(Int)
}

extension StrictJSON {
    /// The value as text. Members are in the order of their names.
    var text: String {
        switch self {
        case .object(let members):
            let pairs = members.sorted { $0.key < $1.key }
            return "{\(pairs.map { "\"\($0.key)\":\($0.value.text)" }.joined(separator: ","))}"
        case .array(let elements):
            return "[\(elements.map(\.text).joined(separator: ","))]"
        case .string(let text): return "\"\(text)\""
        case .integer(let value): return String(value)
        }
    }

    /// What kind of value this is.
    var kind: Int {
        switch self {
        case .object: 0
        case .array: 1
        case .string: 2
        case .integer: 3
        }
    }

    /// The way to every value inside this one.
    var paths: [JSONPath] {
        steps.flatMap { step, value in [[step]] + value.paths.map { [step] + $0 } }
    }

    private var steps: [(JSONStep, StrictJSON)] {
        switch self {
        case .object(let members):
            members.sorted { $0.key < $1.key }.map { (.member($0.key), $0.value) }
        case .array(let elements): elements.enumerated().map { (.element($0.offset), $0.element) }
        case .string, .integer: []
        }
    }

    /// The value at the end of a way; nil where it leads nowhere.
    func value(at path: some Collection<JSONStep>) -> StrictJSON? {
        guard let step = path.first else { return self }
        return steps.first { $0.0 == step }?.1.value(at: path.dropFirst())
    }

    /// This value with another, or none, at the end of a way.
    func putting(_ value: StrictJSON?, at path: some Collection<JSONStep>) -> StrictJSON? {
        guard let step = path.first else { return value }
        let inner =
            self.value(at: [step])?.putting(value, at: path.dropFirst())
            ?? (path.count == 1 ? value : nil)
        switch (self, step) {
        case (.object(var members), .member(let name)):
            members[name] = inner
            return .object(members)
        case (.array(var elements), .element(let index)):
            elements.replaceSubrange(index...index, with: inner.map { [$0] } ?? [])
            return .array(elements)
        default: return self
        }
    }
}
