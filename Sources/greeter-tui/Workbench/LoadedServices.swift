import RPCCore
import WorkbenchModel
import WorkbenchUI

/// The services of files and of a server, for the list of methods on screen. A server with many is asked for what each has when that
/// is wanted.
struct LoadedServices: ServiceReading {
    /// So many services are read with their names.
    private static let eagerLimit = 64

    let loader: SchemaLoader
    let lists: KnownMethods
    let server: ServerAddress

    func services(remembered: @Sendable (MethodList) -> Void) async throws(CallError) -> MethodList {
        do throws(Exit) {
            let earlier = lists.list(of: server) ?? loader.remembered().map { ($0.schema.files, $0.methodList) }
            if let earlier { remembered(earlier.methods) }
            let loaded = try await loader.load(atMost: Self.eagerLimit)
            guard loaded.unread.isEmpty else { return MethodList(services: loaded.unread, notes: loaded.notes) }
            // What has not changed stays the same, and what was chosen in it.
            if let earlier, earlier.files == loaded.schema.files, loaded.failures.isEmpty { return earlier.methods }
            let list = loaded.methodList
            // News are told once.
            var kept = list
            kept.news = ""
            lists.keep((loaded.schema.files, kept), of: server)
            return list
        } catch {
            throw CallError(error)
        }
    }

    func methods(of services: [String]) async throws(CallError) -> MethodList {
        try await loader.load(services: services)?.methodList ?? MethodList()
    }
}

extension CallError {
    /// What ends a command, as something that is said on screen, where nobody asks who says it.
    init(_ exit: Exit) {
        let lines = exit.lines.map { $0.replacing("greeter-tui: ", with: "") }
        self.init(.failedPrecondition, lines.joined(separator: "; "), at: .server)
    }
}
