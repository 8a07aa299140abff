// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Why a refusal could not be shown.
public enum RefusalError: Error, CustomStringConvertible {
    /// There is no compiler, no built module, or no source tree where they are looked for.
    case missing(String)
    /// The snippet that should compile does not, so the refusal of its neighbour says nothing.
    case controlRefused(output: String)
    /// The snippet that should be refused compiles.
    case accepted(source: String)
    /// The snippet is refused, but not for the expected reason.
    case refusedOtherwise(expected: String, output: String)

    /// What went wrong, with what the compiler printed.
    public var description: String {
        switch self {
        case .missing(let what): "cannot ask the compiler: \(what) not found"
        case .controlRefused(let output): "the control does not compile:\n\(output)"
        case .accepted(let source): "this compiles, and must not:\n\(source)"
        case .refusedOtherwise(let expected, let output): "not “\(expected)”, but:\n\(output)"
        }
    }
}

/// The compiler of the running toolchain, asked what a user of the library may write.
public enum Compiler {
    /// Tells whether `source` compiles as the body of an `async throws` function.
    ///
    /// The function stands in a program of its own that imports `modules` as they were built for
    /// this test run, so it sees what another package sees: public symbols only. The compiler runs
    /// up to the checks of ownership, so that a value used after it was consumed is refused too.
    ///
    /// - Returns: Whether it compiles, and what the compiler printed.
    /// - Throws: ``RefusalError/missing(_:)``: without a compiler a test fails, it does not pass.
    public static func typecheck(
        _ source: String, imports modules: [String]
    ) throws -> (compiles: Bool, output: String) {
        let imports = modules.map { "import \($0)\n" }.joined()
        return try run(
            swiftc,
            ["-emit-sil", "-o", "/dev/null", "-swift-version", "6"] + moduleArguments + ["-"],
            input: "\(imports)func snippet() async throws {\n\(source)\n}\n")
    }

    /// Asserts that `source` is refused, and that it is not refused by accident.
    ///
    /// - Parameters:
    ///   - source: what must not compile.
    ///   - control: what differs from `source` in the point at issue alone, and must compile.
    ///   - modules: what both import.
    ///   - message: words of the error that the compiler must print.
    /// - Throws: ``RefusalError``, which fails the test.
    public static func expectRefusal(
        of source: String, beside control: String, imports modules: [String], saying message: String
    ) throws {
        let good = try typecheck(control, imports: modules)
        guard good.compiles else { throw RefusalError.controlRefused(output: good.output) }
        let bad = try typecheck(source, imports: modules)
        guard !bad.compiles else { throw RefusalError.accepted(source: source) }
        guard bad.output.split(separator: "\n").contains(where: { $0.isError(message) }) else {
            throw RefusalError.refusedOtherwise(expected: message, output: bad.output)
        }
    }

    /// The built Swift modules, and the maps of the C modules that those were built on.
    private static var moduleArguments: [String] {
        get throws {
            let sources = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
            let build = try buildFolder
            let maps = try (children(of: sources) + children(of: build))
                .map { $0.appending(path: "module.modulemap").path }
                .filter(FileManager.default.fileExists)
            return ["-I", build.appending(path: "Modules").path]
                + ["-module-cache-path", build.appending(path: "RefusalModuleCache").path]
                + maps.flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
        }
    }

    /// The folder of this build, debug or release: the nearest one above the test program that has
    /// modules in it.
    private static var buildFolder: URL {
        get throws {
            var folder = Bundle(for: Anchor.self).bundleURL.resolvingSymlinksInPath()
            while folder.path != "/" {
                let modules = folder.appending(path: "Modules").path
                if FileManager.default.fileExists(atPath: modules) { return folder }
                folder.deleteLastPathComponent()
            }
            throw RefusalError.missing("the folder of built modules")
        }
    }

    /// The first `swiftc` on the path. One of another toolchain cannot read the modules of this
    /// one, so with it every control fails.
    private static var swiftc: URL {
        get throws {
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let candidates = path.split(separator: ":").map { "\($0)/swiftc" }
            guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
                throw RefusalError.missing("swiftc")
            }
            return URL(filePath: found)
        }
    }

    private static func children(of folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    }

    private static func run(
        _ program: URL, _ arguments: [String], input: String
    ) throws -> (compiles: Bool, output: String) {
        let (stdin, stdout) = (Pipe(), Pipe())
        let child = try ChildProgram(
            program.path, arguments, input: stdin.fileHandleForReading,
            output: stdout.fileHandleForWriting, error: stdout.fileHandleForWriting)
        try stdin.fileHandleForReading.close()
        try stdout.fileHandleForWriting.close()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        return (child.wait() == .exit(0), String(decoding: output, as: UTF8.self))
    }

    private final class Anchor {}
}

extension Substring {
    /// Whether this line of the compiler's output is an error that says `message`.
    fileprivate func isError(_ message: String) -> Bool {
        contains("error: ") && contains(message)
    }
}
