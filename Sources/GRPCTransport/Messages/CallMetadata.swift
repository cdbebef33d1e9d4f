import GRPCCore
import GreeterCore
import TransportSupport

extension Metadata {
    /// The metadata to send with a call.
    /// - Parameter timeout: How long the server may take (`grpc-timeout`); `nil` for no limit.
    init(_ headers: RequestHeaders, timeout: Duration?) {
        self.init()
        for entry in headers.entries { addString(entry.value, forKey: entry.name.lowercased()) }
        if let timeout { addString(Self.text(of: timeout), forKey: "grpc-timeout") }
    }

    /// As the protocol writes it: at most eight digits and a unit. Rounded up, so that a limit is never zero.
    static func text(of timeout: Duration) -> String {
        let limit = 99_999_999
        let units: [(Duration, String)] = [(.microseconds(1), "u"), (.milliseconds(1), "m"), (.seconds(1), "S")]
        for (unit, letter) in units {
            let count = (timeout / unit).rounded(.up)
            if count <= Double(limit) { return "\(Swift.max(1, Int(count)))\(letter)" }
        }
        return "\(limit)S"
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
