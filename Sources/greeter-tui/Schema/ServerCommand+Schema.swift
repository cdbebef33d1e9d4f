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

    /// The same, with settings that are read already. The connection is one of its own: nothing of it is recorded, or tried again.
    func loadSchema(
        _ options: SchemaOptions, _ setup: Setup, in surroundings: Surroundings,
        _ read: (SchemaLoader) async throws(Exit) -> SchemaLoader.Loaded
    ) async throws(Exit) -> SchemaLoader.Loaded {
        let connection = try await ServerConnection.open(setup, in: surroundings, retry: { .off })
        let result: Result<SchemaLoader.Loaded, Exit>
        do throws(Exit) {
            let loader = try await SchemaLoader(
                options, RouteSettings(setup.settings, connection.definitions), over: connection.bare,
                clock: surroundings.clock)
            result = .success(try await read(loader))
        } catch {
            result = .failure(error)
        }
        await connection.shutdown()
        return try result.get()
    }
}
