import Foundation
import GRPCWire
import HTTP2Session
import RPCCore
import TransportSupport

/// What the header block of a request asks for (PROTOCOL-HTTP2.md, Requests).
struct CallHead {
    /// `/helloworld.Greeter/SayHello`.
    var path: String
    /// How requests are compressed that say that they are.
    var encoding: MessageEncoding
    /// Whether replies are compressed: for who compresses, and can read it.
    var wantsCompression: Bool
    /// How long the call may take; `nil` for no limit.
    var timeout: Duration?

    /// Why a request is answered without being served.
    enum Refusal: Error {
        /// It is no gRPC: the status of HTTP, and a field that explains it.
        case http(Int, HTTP2Field?)
        case status(GRPCStatus)
    }

    init(_ headers: HTTP2Headers) throws(Refusal) {
        guard headers[":method"] == "POST" else { throw .http(405, HTTP2Field("allow", "POST")) }
        guard Self.isGRPC(headers["content-type"]) else {
            throw .http(415, HTTP2Field("accept", "application/grpc, application/grpc+proto"))
        }
        path = headers[":path"] ?? ""
        let name = headers["grpc-encoding"] ?? MessageEncoding.identity.rawValue
        guard let encoding = MessageEncoding(rawValue: name) else {
            var status = GRPCStatus(.unimplemented, "There is no compression '\(Quote.bounded(name))' here")
            status.metadata = [HTTP2Field("grpc-accept-encoding", MessageEncoding.accepted)]
            throw .status(status)
        }
        self.encoding = encoding
        let accepted = (headers["grpc-accept-encoding"] ?? "").split(separator: ",")
        wantsCompression =
            encoding != .identity
            && accepted.contains { $0.trimmingCharacters(in: .whitespaces) == MessageEncoding.gzip.rawValue }
        guard let text = headers["grpc-timeout"] else { return }
        guard let timeout = Duration(grpcTimeout: text) else {
            throw .status(GRPCStatus(.internal, "'\(Quote.bounded(text))' is no grpc-timeout"))
        }
        self.timeout = timeout
    }

    private static func isGRPC(_ type: String?) -> Bool {
        let prefix = "application/grpc"
        guard let type = type?.lowercased(), type.hasPrefix(prefix) else { return false }
        let rest = type.dropFirst(prefix.count)
        return rest.isEmpty || rest.hasPrefix(";") || rest == "+proto" || rest.hasPrefix("+proto;")
    }
}

extension Duration {
    /// Reads a time as gRPC has it: at most eight digits and a unit, `H`, `M`, `S`, `m`, `u` or `n` (PROTOCOL-HTTP2.md, Timeout).
    init?(grpcTimeout text: String) {
        let digits = text.utf8.dropLast()
        guard (1...8).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let count = Int(text.dropLast())
        else { return nil }
        switch text.last {
        case "H": self = .seconds(count * 3600)
        case "M": self = .seconds(count * 60)
        case "S": self = .seconds(count)
        case "m": self = .milliseconds(count)
        case "u": self = .microseconds(count)
        case "n": self = .nanoseconds(count)
        default: return nil
        }
    }
}
