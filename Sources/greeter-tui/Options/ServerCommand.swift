import ArgumentParser
import Foundation
import GreeterConfiguration

/// A command that talks to a server. It has these groups of options, each by itself and not in one group of all: the
/// parser checks nested groups many times over in a debug build.
protocol ServerCommand {
    var connection: ConnectionOptions { get }
    var retry: RetryOptions { get }
    var demo: DemoOptions { get }
    var configuration: ConfigurationOptions { get }
    var log: LogOptions { get }
}

extension ServerCommand {
    /// What is in effect: what the options say, and where they say nothing the environment and the configuration file.
    /// - Parameters:
    ///   - environment: The variables, and the home of the configuration file.
    ///   - more: What other flags of the command say.
    /// - Throws: ``Exit`` with status 2 that names what is wrong, and where.
    func load(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        _ more: (inout Layer) throws(ConfigurationError) -> Void = { _ in }
    ) throws(Exit) -> LoadedSettings {
        var layer = Layer()
        do throws(ConfigurationError) {
            try connection.set(in: &layer)
            try retry.set(in: &layer)
            try demo.set(in: &layer)
            try log.set(in: &layer)
            try more(&layer)
        } catch {
            throw .usage("\(error)")
        }
        return try configuration.load(layer, environment: environment)
    }
}
