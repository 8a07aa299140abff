// SPDX-License-Identifier: Apache-2.0
internal import Glibc

// The two functions that libFuzzer calls. One program has every target, so that the code under the
// fuzzer is built once; the environment says which target a process is for.

/// The target of this process.
private let chosen: Target = {
    let name = getenv("CARD_VAULT_FUZZ_TARGET").map { String(cString: $0) }
    guard let target = Target.all.first(where: { $0.name == name }) else {
        print("targets: \(Target.all.map(\.name).sorted().joined(separator: " "))")
        exit(2)
    }
    return target
}()

/// Makes, before the first run, what is made once: it is no part of the time of that run.
@c(LLVMFuzzerInitialize)
public func prepare(
    _ count: UnsafeMutablePointer<CInt>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    chosen.check([])
    printTakenCount()
    return 0
}

/// One run.
@c(LLVMFuzzerTestOneInput)
public func check(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    breakLimit(bytes)
    chosen.check(bytes)
    return 0
}
