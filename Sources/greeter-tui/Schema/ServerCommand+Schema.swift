import Foundation
import RPCCore
import UserConfiguration

extension ServerCommand {
    /// Reads definitions of services from files and, where they must be, from the server.
    /// - Parameter read: Which are read.
    func loadSchema(
        _ options: SchemaOptions, _ read: (SchemaLoader) async throws(Exit) -> SchemaLoader.Loaded
    ) async throws(Exit) -> SchemaLoader.Loaded {
        let needsServer = options.reflection != .off && (options.namesNoFile || connection.server != nil)
        guard needsServer else {
            let routes = try RouteSettings(options)
            return try await read(try await SchemaLoader(options, routes, over: nil, clock: SystemClock()))
        }
        let setup = try await Setup(load { layer throws(ConfigurationError) in try options.set(in: &layer) })
        return try await loadSchema(options, setup, in: Surroundings(), read)
    }

    /// The same, with settings that are read already, over a connection of its own.
    func loadSchema(
        _ options: SchemaOptions, _ setup: Setup, in surroundings: Surroundings,
        _ read: (SchemaLoader) async throws(Exit) -> SchemaLoader.Loaded
    ) async throws(Exit) -> SchemaLoader.Loaded {
        let connection = try await ServerConnection.open(setup, in: surroundings, retry: { .off })
        let result: Result<SchemaLoader.Loaded, Exit>
        do throws(Exit) {
            result = .success(try await loadSchema(options, setup, over: connection, in: surroundings, read))
        } catch {
            result = .failure(error)
        }
        await connection.shutdown()
        return try result.get()
    }

    /// The same, over a connection that is there. Nothing of it is recorded, or tried again.
    func loadSchema(
        _ options: SchemaOptions, _ setup: Setup, over connection: ServerConnection, in surroundings: Surroundings,
        _ read: (SchemaLoader) async throws(Exit) -> SchemaLoader.Loaded
    ) async throws(Exit) -> SchemaLoader.Loaded {
        let memory = SchemaMemory(of: connection.server, isDemo: connection.isDemo, in: surroundings)
        let options = try expanded(options, surroundings.environment)
        do throws(Exit) {
            return try await read(
                try await SchemaLoader(
                    options, RouteSettings(setup.settings, connection.definitions), over: connection.bare,
                    memory: memory, clock: surroundings.clock, explain: { await connection.explained($0) }))
        } catch {
            // What is not there may be elsewhere: nobody has said where.
            guard setup.settings.origin(of: Known.server) == .standard, options.namesNoFile else { throw error }
            var told = error
            told.lines.append(
                "greeter-tui: try: no server is named, so the demo server inside this program was asked; name yours with "
                    + "--server grpc://HOST:PORT")
            throw told
        }
    }

    /// The options with the values of variables in the headers of reflection, where that is asked for.
    func expanded(_ options: SchemaOptions, _ environment: [String: String]) throws(Exit) -> SchemaOptions {
        var options = options
        do throws(ConfigurationError) {
            options.reflectHeader = try options.reflectHeader.map { text throws(ConfigurationError) in
                try connection.expanded(text, of: "--reflect-header", environment)
            }
        } catch {
            throw .usage("\(error)")
        }
        return options
    }
}
