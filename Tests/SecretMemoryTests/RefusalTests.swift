// SPDX-License-Identifier: Apache-2.0
internal import TestSupport
internal import Testing

@Suite("What does not compile with a secret") struct RefusalTests {
    static let secrets = [
        "var secret = WipedBytes(count: 4)\n",
        "var secret = try SecretBytes(capacity: 4)\n",
        "var secret = try KeySlab().reserve()\n",
    ]
    static let lent = "secret.withMutableBytes { $0[0] = 1 }\n_ = secret.withBytes { $0[0] }\n"

    @Test(arguments: secrets) func `refuses to print it`(secret: String) throws {
        try refuse(
            "print(secret)", of: secret, saying: "does not conform to expected type 'Copyable'")
        try refuse("_ = \"\\(secret)\"", of: secret, saying: "appendInterpolation")
        try refuse("dump(secret)", of: secret, saying: "requires that")
    }

    @Test(arguments: secrets) func `refuses to copy it`(secret: String) throws {
        try refuse(
            "let a = secret, b = secret\n_ = a.withBytes { $0.count } + b.withBytes { $0.count }",
            of: secret, saying: "'secret' consumed more than once")
    }

    @Test(arguments: secrets) func `refuses to keep it where anything goes`(secret: String) throws {
        try refuse(
            "let all: [Any] = [secret]; _ = all", of: secret, saying: "expected element type")
        try refuse("let any: Any = secret; _ = any", of: secret, saying: "type 'Copyable'")
    }

    @Test(arguments: secrets) func `refuses to compare it`(secret: String) throws {
        try refuse("_ = secret == secret", of: secret, saying: "conform to 'Equatable'")
    }

    @Test(arguments: secrets) func `refuses to let its bytes outlive the call`(
        secret: String
    ) throws {
        try refuse(
            "var leaked = [UInt8]().span\nsecret.withBytes { leaked = $0 }\n_ = leaked.count",
            of: secret, saying: "lifetime-dependent")
    }

    private func refuse(_ misuse: String, of secret: String, saying message: String) throws {
        try Compiler.expectRefusal(
            of: secret + Self.lent + misuse, beside: secret + Self.lent,
            imports: ["SecretMemory"], saying: message)
    }
}
