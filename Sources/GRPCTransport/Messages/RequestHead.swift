import Foundation
import GRPCWire
import HTTP2Session
import RPCCore
import TransportSupport

extension HTTP2Headers {
    /// The header block of a call (PROTOCOL-HTTP2.md, Requests).
    /// - Parameter timeout: How long the server may take; `nil` for no limit.
    init(_ context: CallContext, method: String, timeout: Duration?) {
        self = [
            ":method": "POST", ":scheme": context.server.scheme.isSecure ? "https" : "http",
            ":path": context.server.basePath + "/" + method,
            ":authority": context.authority,
            "te": "trailers", "content-type": "application/grpc", "user-agent": "greeter-tui",
            "grpc-accept-encoding": MessageEncoding.accepted,
        ]
        if context.configuration.usesCompression { add("grpc-encoding", MessageEncoding.gzip.rawValue) }
        if let timeout { add("grpc-timeout", TimeoutText.text(of: timeout)) }
        for entry in context.headers.entries {
            let name = entry.name.lowercased()
            add(name, entry.value, isSensitive: name == "authorization")
        }
    }

    /// What a server has sent for the call's sake, without the fields of HTTP/2; bytes readable, see ``BinaryMetadata``.
    var metadata: [MetadataEntry] {
        var entries: [MetadataEntry] = []
        entries.reserveCapacity(fields.count)
        for field in fields where !field.name.hasPrefix(":") {
            if field.name.hasSuffix("-bin") {
                entries += BinaryMetadata.decoded(field.value).map { MetadataEntry(field.name, $0) }
            } else {
                entries.append(MetadataEntry(field.name, field.value))
            }
        }
        return entries
    }

    /// What the server asks for before another attempt; `nil` where it asks for nothing.
    var pushback: Pushback? { self[Pushback.metadataKey].map { Pushback(milliseconds: $0) } }
}

/// A deadline as `grpc-timeout` (PROTOCOL-HTTP2.md, Timeout).
enum TimeoutText {
    /// At most eight digits and a unit. Rounded up, so that a limit is never zero.
    static func text(of timeout: Duration) -> String {
        let limit = 99_999_999
        let units: [(Duration, String)] = [(.microseconds(1), "u"), (.milliseconds(1), "m"), (.seconds(1), "S")]
        for (unit, letter) in units {
            let count = (timeout / unit).rounded(.up)
            if count <= Double(limit) { return "\(max(1, Int(count)))\(letter)" }
        }
        return "\(limit)S"
    }
}
