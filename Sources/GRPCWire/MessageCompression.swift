import CZlib
package import RPCCore

/// How the messages of a server are compressed, by the name in `grpc-encoding`.
package enum MessageEncoding: String, Sendable {
    case identity
    case gzip
    case deflate

    /// What is accepted, for `grpc-accept-encoding`.
    package static let accepted = "identity, deflate, gzip"
}

/// Compresses and decompresses whole messages with zlib.
package enum MessageCompression {
    /// Decompresses a message, gzip or deflate.
    /// - Parameter sender: Whose message it is, for errors.
    /// - Throws: ``CallError`` for a message that is corrupt or cut short, or longer than `limit`.
    package static func inflate(
        _ bytes: UnsafeRawBufferPointer, limit: Int, from sender: MessageSender = .server
    ) throws(CallError) -> [UInt8] {
        func failure(_ what: String) -> CallError {
            CallError(
                .internal, "a compressed message of the \(sender) \(what)", at: .decode,
                advice: "check the \(sender), and proxies that change what they pass on")
        }
        var stream = z_stream()
        guard czlib_inflate_init(&stream) == Z_OK else { throw failure("cannot be decompressed: there is no memory") }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        // The library only reads from it.
        stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(clamping: bytes.count)
        var code = Z_OK
        while code != Z_STREAM_END {
            let before = output.count
            let size = max(1024, min(before, limit + 1 - before, 1 << 20))
            output.append(contentsOf: repeatElement(0, count: size))
            code = output.withUnsafeMutableBufferPointer { output in
                stream.next_out = output.baseAddress?.advanced(by: before)
                stream.avail_out = UInt32(size)
                return CZlib.inflate(&stream, Z_NO_FLUSH)
            }
            output.removeLast(Int(stream.avail_out))
            guard output.count <= limit else { throw sender.tooLong(output.count, limit) }
            // Nothing to read any more, and no end: with Z_BUF_ERROR the library would go on for ever.
            guard code == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0) || code == Z_STREAM_END else {
                throw failure(code == Z_OK || code == Z_BUF_ERROR ? "is cut short" : "is corrupt")
            }
        }
        guard stream.avail_in == 0 else { throw failure("has bytes behind its end") }
        return output
    }

    /// Compresses a message with gzip.
    package static func gzip(_ bytes: UnsafeRawBufferPointer) throws(CallError) -> [UInt8] {
        var stream = z_stream()
        guard czlib_gzip_init(&stream) == Z_OK else { throw incompressible }
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(clamping: bytes.count)
        let code = output.withUnsafeMutableBufferPointer { output in
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(clamping: output.count)
            return deflate(&stream, Z_FINISH)
        }
        guard code == Z_STREAM_END else { throw incompressible }
        output.removeLast(Int(stream.avail_out))
        return output
    }

    private static var incompressible: CallError {
        CallError(.internal, "a message cannot be compressed: there is no memory", at: .send)
    }
}
