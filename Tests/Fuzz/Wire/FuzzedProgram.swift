import Foundation

/// What the programs of `scripts/fuzz` give libFuzzer (https://llvm.org/docs/LibFuzzer.html).
package enum FuzzedProgram {
    /// libFuzzer's own loop: the arguments of the program, and what is done with each input.
    package typealias Driver = (
        UnsafeMutablePointer<CInt>, UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
        @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt

    /// Set once, before there is an input.
    private nonisolated(unsafe) static var fuzzer: Fuzzer?

    /// Looks for bytes that break the rules of the fuzzer that `GREETER_TUI_FUZZER` in the environment names; without one it lists
    /// them. The arguments of the program are libFuzzer's.
    /// - Returns: the status of the program.
    package static func run(_ fuzzers: [Fuzzer], with driver: Driver) -> Int32 {
        let name = ProcessInfo.processInfo.environment["GREETER_TUI_FUZZER"]
        fuzzer = fuzzers.first { $0.name == name }
        guard fuzzer != nil else {
            for fuzzer in fuzzers { print(fuzzer.name) }
            return name == nil ? 0 : 2
        }
        var (count, arguments) = (CommandLine.argc, CommandLine.unsafeArgv)
        return driver(&count, &arguments) { data, size in
            FuzzedProgram.run(UnsafeBufferPointer(start: data, count: size))
            return 0
        }
    }

    private static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
        do {
            _ = try fuzzer?.run(bytes)
        } catch {
            fatalError("\(fuzzer?.name ?? ""): \(error)")
        }
    }
}
