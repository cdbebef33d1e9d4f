import GRPCWire
import HTTP2Session
import RPCCore

extension Fuzzer {
    /// Header blocks in any coding of HPACK, in any number of CONTINUATION frames, and what gRPC reads of their values.
    ///
    /// After two bytes, for options and cuts, each block is a byte for its form, one for the length of its frames, and its
    /// fields: raw HPACK, or names and values, which are coded here without a table.
    package static let headers = Fuzzer(
        "headers",
        reaching: ["head", "trailers", "end complete", "end violation", "end headersTooLarge", "connection violation"]
    ) { input in
        let options = ConnectionOptions(byte: input.byte())
        let line = try FuzzedConnection(.client, isTapped: options.isTapped)
        var cutter = Cutter(input.byte())
        line.receive([0, 0, 0, 4, 0, 0, 0, 0, 0])
        for id in stride(from: UInt32(1), to: 40, by: 2) where !input.isEmpty {
            let stream = line.connection.open([":method": "POST", ":scheme": "http", ":path": "/a.B/C"], ends: true)
            line.tasks.start { await line.read(stream) { try HeaderRules.check($0) } }
            line.settle()
            var endsStream = false
            while !input.isEmpty, !endsStream, line.channel.isActive {
                let form = input.byte()
                endsStream = form & 1 != 0
                let size = max(1, Int(input.byte()))
                let block = form & 2 != 0 ? input.piece() : HeaderBlock.literal(&input)
                let frames = HeaderBlock.frames(block, of: size, endsStream: endsStream, stream: id)
                for piece in cutter.pieces(of: frames) { line.receive(piece) }
            }
            try line.check()
        }
        return try line.close()
    }
}

/// Header blocks as bytes, without any library.
private enum HeaderBlock {
    private static let names = [
        ":status", "content-type", "grpc-status", "grpc-message", "grpc-status-details-bin", "trace-bin",
        "grpc-encoding", "grpc-retry-pushback-ms", "retry-after", "x",
    ]

    /// Up to 32 literal fields without Huffman's code (RFC 7541, 6.2.2).
    static func literal(_ input: inout FuzzInput) -> [UInt8] {
        (0..<Int(input.byte() % 32)).flatMap { _ in
            let name = Int(input.byte())
            let text = name < names.count ? Array(names[name].utf8) : input.piece()
            return [0] + coded(text) + coded(input.piece())
        }
    }

    private static func coded(_ text: [UInt8]) -> [UInt8] {
        guard text.count >= 127 else { return [UInt8(text.count)] + text }
        var (length, rest): ([UInt8], Int) = ([127], text.count - 127)
        while rest >= 128 {
            length.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return length + [UInt8(rest)] + text
    }

    /// HEADERS and CONTINUATION frames of at most so many bytes, but no more than 200 of them.
    static func frames(_ block: [UInt8], of size: Int, endsStream: Bool, stream: UInt32) -> [UInt8] {
        let size = max(size, block.count / 200 + 1)
        let starts = Array(stride(from: 0, to: max(1, block.count), by: size))
        return starts.flatMap { start -> [UInt8] in
            let part = block[start..<min(start + size, block.count)]
            let (isFirst, isLast) = (start == 0, start == starts.last)
            let flags: UInt8 = (isFirst && endsStream ? 1 : 0) | (isLast ? 4 : 0)
            return [
                0, UInt8(part.count >> 8), UInt8(part.count & 0xFF), isFirst ? 1 : 9, flags, 0, 0, 0, UInt8(stream),
            ]
                + part
        }
    }
}

/// What holds for the values that gRPC reads.
enum HeaderRules {
    static func check(_ block: HTTP2HeaderBlock) throws {
        for field in block.headers.fields {
            try checkBinary(field)
            let text = PercentText.decoded(field.value)
            try hold(
                text.utf8.count <= 3 * field.value.utf8.count, "a message grows by being decoded: '\(field.value)'")
            let encoded = PercentText.encoded(text)
            try hold(encoded.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "an encoded message is not printable")
            try hold(PercentText.decoded(encoded) == text, "'\(text)' does not come back")
            _ = Pushback(milliseconds: field.value)
        }
    }

    /// What is shown of bytes, and written again, are the same bytes.
    private static func checkBinary(_ field: HTTP2Field) throws {
        let shown = BinaryMetadata.decoded(field.value)
        guard let bytes = BinaryMetadata.bytes(base64: field.value) else { return }
        let again = shown.first.flatMap(BinaryMetadata.encoded).flatMap { BinaryMetadata.bytes(base64: $0) }
        try hold(shown.count == 1 && again == bytes, "\(field.value) is shown as \(shown), which is not the same bytes")
    }
}
