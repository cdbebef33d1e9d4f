import ArgumentParser
import UserConfiguration

/// Whether calls are kept.
struct HistoryOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: Known.history.help("Keep the calls that are made, to be looked at later."))
    var history: Bool?

    func set(in layer: inout Layer) throws(ConfigurationError) {
        try layer.set(Known.history, flag: "--history", history?.settingText)
    }
}
