import Foundation
import ProtobufSchema
import RPCCore
import SchemaSources

/// What a server has told of its services, from one start of the program to the next.
struct SchemaMemory: Sendable {
    private let cache: SchemaCache
    private let server: ServerAddress
    private let zone: TimeZone

    /// - Returns: `nil` where nothing is kept: of the demo server, which is in the program, and where there is no folder for it.
    init?(of server: ServerAddress, isDemo: Bool, in surroundings: Surroundings) {
        guard !isDemo, !server.scheme.isDemo, let folder = surroundings.stateFolder else { return nil }
        cache = SchemaCache(stateFolder: folder)
        self.server = server
        zone = surroundings.timeZone
    }

    var entry: SchemaCache.Entry? { cache.read(server) }

    /// Keeps what was told now in the place of what was known before of the same files.
    /// - Parameter services: All that the server has.
    /// - Returns: what has changed, for people; `nil` where nothing has.
    func keep(_ sourced: SourcedSchema, of services: [String]) -> String? {
        let (earlier, date) = (entry, cache.date(of: server))
        let files = Dictionary((earlier?.files ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let isKnown = sourced.files.allSatisfy { files[$0.name] == $0 }
        if isKnown, earlier?.services == services { return nil }
        // Who has asked for everything knows of what is gone, too.
        let asked = Set(sourced.services.map(\.name))
        let isAll = services.allSatisfy { asked.contains($0) || MethodRef.isCommon(service: $0) }
        let names = Set(sourced.files.map(\.name))
        let others = isAll ? [] : (earlier?.files ?? []).filter { !names.contains($0.name) }
        let entry = SchemaCache.Entry(services: services, files: sourced.files + others)
        cache.write(entry, for: server)
        guard let earlier, let date else { return nil }
        // Files that are read for the first time are no news.
        let changes = SchemaChanges(from: earlier.files, to: entry.files.filter { files[$0.name] != nil })
        return changes.isEmpty ? nil : "since \(date.text(in: zone)) the server's schema has other content: \(changes)"
    }
}
