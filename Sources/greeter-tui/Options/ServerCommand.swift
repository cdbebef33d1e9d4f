import ArgumentParser
import Foundation
import RPCCore
import UserConfiguration

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
    ///   - kind: The kind of call that the command makes; `nil` where it may make any.
    ///   - more: What other flags of the command say.
    /// - Throws: ``Exit`` with status 2 that names what is wrong, and where.
    func load(
        environment: [String: String] = ProcessInfo.processInfo.environment, calling kind: CallKind? = nil,
        _ more: (inout Layer) throws(ConfigurationError) -> Void = { _ in }
    ) throws(Exit) -> LoadedSettings {
        var layer = Layer()
        do throws(ConfigurationError) {
            try connection.set(in: &layer, calling: kind, environment: environment)
            try retry.set(in: &layer)
            try demo.set(in: &layer)
            try log.set(in: &layer)
            try more(&layer)
        } catch {
            throw .usage("\(error)")
        }
        return try configuration.load(layer, environment: environment)
    }

    /// What `--method` says.
    func methods(calling kind: CallKind? = nil) throws(Exit) -> [MethodArgument] {
        do {
            return try connection.method.map { try MethodArgument($0, calling: kind) }
        } catch {
            throw .usage("\(error)")
        }
    }

    /// Checks that each name of `--method` can be called at one of the servers at least.
    func checkMethods(calling kind: CallKind? = nil, at servers: ServerAddress...) throws(Exit) {
        for method in try methods(calling: kind) { try method.check(for: servers.map(\.scheme.dialect)) }
    }
}
