import ArgumentParser
import RPCCore

/// How the replies of a call are written to standard output.
enum ReplyFormat: String, CaseIterable, ExpressibleByArgument {
    /// JSON, one a line.
    case json
    /// The text format of protocol buffers, with the record separator of ASCII (0x1E) before each but the first.
    case text
    /// As on the wire: each behind the five bytes that gRPC puts before a message.
    case raw

    /// - Parameter isFirst: Whether nothing was written before it.
    func append(_ payload: Payload, isFirst: Bool, to bytes: inout [UInt8]) {
        switch self {
        case .json: bytes += "\(payload.json ?? "")\n".utf8
        case .text:
            if !isFirst { bytes.append(0x1E) }
            let unread = "# \(payload.message.count) bytes that do not fit \(payload.codec.name)"
            bytes += "\(payload.text(in: .text) ?? inert(unread))\n".utf8
        case .raw:
            let message = payload.encoded(by: MessageEncoder(payload.codec, .protobuf)).message
            bytes.append(0)
            withUnsafeBytes(of: UInt32(clamping: message.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes += message
        }
    }
}
