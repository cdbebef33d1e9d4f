import ArgumentParser
import DemoServer
import UserConfiguration

/// What the demo server is to be like, and how it is to fail.
struct DemoOptions: ParsableArguments {
    @Option(
        help: Known.demoBehaviour.help("Which kind of gateway the demo server imitates.", valueName: "behaviour"),
        completion: Known.demoBehaviour.completion)
    var demoBehaviour: String?

    @Option(
        help: Known.faults.plainHelp(
            """
            A way for the demo server to fail. May be repeated. The faults: \
            \(DemoFault.allCases.map(\.form).joined(separator: ", ")).
            """, valueName: "name=value"))
    var fault: [String] = []

    @Option(
        help: Known.seed.help(
            "Where the random choices of the faults begin; the same number makes the same run.", valueName: "number"))
    var seed: String?

    func set(in layer: inout Layer) throws(ConfigurationError) {
        try layer.set(Known.demoBehaviour, flag: "--demo-behaviour", demoBehaviour)
        try layer.set(Known.seed, flag: "--seed", seed)
        guard !fault.isEmpty else { return }
        let origin = Origin.flag("--fault")
        try layer.set(Known.faults, to: RawValue(fault.map { .init($0, origin) }, origin))
    }
}
