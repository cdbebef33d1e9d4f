public import Foundation
public import ProtobufSchema
public import RPCCore

/// What servers have told of their services, kept on the disk: shown at once when the program is started again, until the server
/// has told it anew.
///
/// A file for each address, which is a `FileDescriptorSet` that others can read, with the names of the services beside it. Only the
/// owner can read it. What is not to be read, or is none, counts as not there.
public struct SchemaCache: Sendable {
    /// The descriptors of one server that are kept, in bytes: 16 MiB. More are not kept.
    public static let fileLimit = 16 << 20
    /// Those of all servers: 64 MiB. The ones that were written longest ago go.
    public static let totalLimit = 64 << 20

    /// What is known of a server.
    public struct Entry: Hashable, Sendable {
        /// The full names of its services, in its order.
        public var services: [String]
        public var files: [DescriptorFile]

        public init(services: [String], files: [DescriptorFile]) {
            (self.services, self.files) = (services, files)
        }
    }

    private let folder: String
    private let fileLimit: Int
    private let totalLimit: Int

    /// - Parameter stateFolder: The program's own, as `$XDG_STATE_HOME/greeter-tui`.
    public init(stateFolder: String, fileLimit: Int = fileLimit, totalLimit: Int = totalLimit) {
        folder = "\(stateFolder)/schemas"
        (self.fileLimit, self.totalLimit) = (fileLimit, totalLimit)
    }

    /// What was kept of a server.
    public func read(_ server: ServerAddress) -> Entry? {
        guard let bytes = try? FileReading.contents(of: path(of: server), limit: fileLimit),
            let files = try? DescriptorSet.files(in: bytes)
        else { return nil }
        var services: [String] = []
        bytes.withUnsafeBytes { bytes in
            var fields = ProtobufFields(bytes)
            while let field = fields.next() {
                if field.number == Self.serviceField, let name = field.text { services.append(name) }
            }
        }
        return Entry(services: services, files: files)
    }

    /// When that was written.
    public func date(of server: ServerAddress) -> Date? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path(of: server))
        return attributes?[.modificationDate] as? Date
    }

    /// Keeps what is known of a server in the place of what was kept before. Other processes read the one or the other.
    /// - Returns: whether it is kept: not where it is too long, or the disk does not take it.
    @discardableResult
    public func write(_ entry: Entry, for server: ServerAddress) -> Bool {
        let bytes = entry.files.isEmpty ? [] : Self.bytes(of: entry)
        guard !bytes.isEmpty, bytes.count <= fileLimit else { return false }
        let (path, manager) = (path(of: server), FileManager.default)
        let temporary = "\(path).\(UUID().uuidString)"
        do {
            try manager.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let isMade = manager.createFile(
                atPath: temporary, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
            guard isMade, rename(temporary, path) == 0 else {
                try? manager.removeItem(atPath: temporary)
                return false
            }
        } catch {
            return false
        }
        prune(keeping: path)
        return true
    }

    /// A field that a `FileDescriptorSet` does not have, and readers of it pass over.
    private static let serviceField = 1000

    private static func bytes(of entry: Entry) -> [UInt8] {
        var bytes = DescriptorSet.bytes(of: entry.files)
        for service in entry.services where service.utf8.count <= 4096 {
            bytes += ServiceNameField.bytes(serviceField, service)
        }
        return bytes
    }

    /// `grpc___localhost_50051-1f3c….protoset`: readable, and another for each address.
    private func path(of server: ServerAddress) -> String {
        let text = server.description
        let readable = String(
            text.prefix(64).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "_" })
        // FNV-1a, 64 bits (RFC 9923).
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        return "\(folder)/\(readable)-\(String(hash, radix: 16)).protoset"
    }

    private func prune(keeping path: String) {
        let keys: Set<URLResourceKey> = [.contentModificationDateKey, .fileSizeKey]
        let urls = try? FileManager.default.contentsOfDirectory(
            at: URL(fileURLWithPath: folder), includingPropertiesForKeys: Array(keys))
        let files = (urls ?? []).map { url -> (url: URL, date: Date, size: Int) in
            let values = try? url.resourceValues(forKeys: keys)
            let isKept = url.lastPathComponent == PathText.name(of: path)
            return (
                url, isKept ? .distantFuture : values?.contentModificationDate ?? .distantPast, values?.fileSize ?? 0
            )
        }.sorted { $0.date > $1.date }
        var total = 0
        for file in files {
            total = total.clampedAdding(file.size)
            if total > totalLimit, file.date != .distantFuture { try? FileManager.default.removeItem(at: file.url) }
        }
    }
}
