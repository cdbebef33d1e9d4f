import GRPCCore
import GreeterCore
import TransportSupport

extension Metadata {
    /// The metadata to send with a call.
    /// - Parameter timeout: How long the server may take (`grpc-timeout`); `nil` for no limit.
    init(_ headers: RequestHeaders, timeout: Duration?) {
        self.init()
        for entry in headers.entries { addString(entry.value, forKey: entry.name.lowercased()) }
        if let timeout { addString(TimeoutText.text(of: timeout), forKey: "grpc-timeout") }
    }

    /// What a server has sent, without the fields of HTTP/2 itself.
    var entries: [MetadataEntry] {
        compactMap { key, value in
            guard !key.hasPrefix(":") else { return nil }
            return switch value {
            case .string(let text): MetadataEntry(key, text)
            case .binary: MetadataEntry(key, value.encoded())
            }
        }
    }

    /// What the server asks for before another attempt; `nil` where it asks for nothing.
    var pushback: Pushback? {
        self[stringValues: Pushback.metadataKey].first { _ in true }.map { Pushback(milliseconds: $0) }
    }
}
