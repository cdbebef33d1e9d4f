import ArgumentParser
import GreeterDemoServer

/// How the demo server is to fail.
struct FaultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            A way for the demo server to fail. May be repeated. The faults: \
            \(DemoFault.allCases.map(\.form).joined(separator: ", ")).
            """, valueName: "name=value"))
    var fault: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where the random choices of the faults begin; the same number makes the same run.", valueName: "number"))
    var seed: UInt64?

    /// The first of the options that is there.
    var firstUsed: String? {
        if !fault.isEmpty { return "--fault" }
        return seed == nil ? nil : "--seed"
    }

    /// What was ordered, checked.
    func faults() throws(Exit) -> DemoFaults {
        do {
            return try DemoFaults(parsing: fault)
        } catch {
            throw .usage("--fault: \(error)")
        }
    }
}
