import Foundation
import NIOCore
import Testing

/// The server's end of one connection, as a script uses it.
final class Peer {
    let channel: any Channel
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var buffer = ByteBuffer()

    struct ClientIsGone: Error {}

    init(
        _ channel: any Channel, _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.channel = channel
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    func write(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    func write(_ bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Ends the connection with a reset instead of an orderly close.
    func reset() async throws {
        let socket = try #require(channel as? any SocketOptionProvider)
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        channel.close(promise: nil)
    }

    /// Does nothing until the test is over.
    func idle() async throws {
        try await Task.sleep(for: .seconds(600))
    }

    /// Reads and drops everything until the client closes.
    func drain() async throws {
        while try await inbound.next() != nil {}
    }

    /// Waits for so many bytes without taking them.
    private func fill(_ count: Int) async throws {
        while buffer.readableBytes < count {
            guard var more = try await inbound.next() else { throw ClientIsGone() }
            buffer.writeBuffer(&more)
        }
    }

    private func readByte() async throws -> UInt8 {
        try await fill(1)
        guard let byte = buffer.readInteger(as: UInt8.self) else { throw ClientIsGone() }
        return byte
    }
}

/// A request of HTTP/1.1.
struct HTTPRequest: Sendable {
    var line: String
    var headers: [(name: String, value: String)]
    var body: String

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

extension Peer {
    /// Reads to the end of a request's head and leaves the body.
    @discardableResult
    func readHead() async throws -> [UInt8] {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) { head.append(try await readByte()) }
        return head
    }

    func readRequest() async throws -> HTTPRequest {
        let head = try await readHead()
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: String(parts[0]), value: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        var request = HTTPRequest(line: String(lines[0]), headers: headers, body: "")
        let length = Int(request.header("content-length") ?? "0") ?? 0
        try await fill(length)
        request.body = buffer.readString(length: length) ?? ""
        return request
    }

    func respond(_ body: String) async throws {
        try await respond("200 OK", body)
    }

    /// Answers with a JSON body of a known length.
    func respond(_ status: String, _ body: String, headers: [String] = []) async throws {
        let type =
            headers.contains { $0.lowercased().hasPrefix("content-type") } ? [] : ["content-type: application/json"]
        let lines = ["HTTP/1.1 \(status)", "content-length: \(body.utf8.count)"] + type + headers
        try await write(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Begins a stream of events, chunked.
    func beginEvents(headers: [String] = []) async throws {
        let lines = ["HTTP/1.1 200 OK", "content-type: text/event-stream; charset=utf-8", "transfer-encoding: chunked"]
        try await write((lines + headers).joined(separator: "\r\n") + "\r\n\r\n")
    }

    func writeChunk(_ text: String) async throws {
        try await write(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
    }

    func endChunks() async throws {
        try await write("0\r\n\r\n")
    }
}

// WebSocket.
extension Peer {
    /// Reads a handshake and accepts it.
    @discardableResult
    func acceptWebSocket() async throws -> HTTPRequest {
        let request = try await readRequest()
        let key = try #require(request.header("sec-websocket-key"))
        try await write(
            "HTTP/1.1 101 \r\nupgrade: WebSocket\r\nconnection: upgrade\r\nsec-websocket-accept: \(acceptKey(for: key))\r\n"
                + "server: scripted\r\n\r\n")
        return request
    }

    /// A frame of the client, unmasked.
    struct Frame: Equatable {
        var first: UInt8
        var payload: [UInt8]
        var isMasked: Bool

        var text: String { String(decoding: payload, as: UTF8.self) }
        var isClose: Bool { first == 0x88 }
        var closeCode: Int? { isClose && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
        var isEndMarker: Bool { text == #"{"__end_stream__": true}"# }
    }

    func readFrame() async throws -> Frame {
        let first = try await readByte()
        let second = try await readByte()
        var length = Int(second & 0x7F)
        if length == 126 {
            try await fill(2)
            length = Int(buffer.readInteger(as: UInt16.self) ?? 0)
        } else if length == 127 {
            try await fill(8)
            length = Int(buffer.readInteger(as: UInt64.self) ?? 0)
        }
        let isMasked = second & 0x80 != 0
        try await fill(isMasked ? 4 : 0)
        let key = isMasked ? buffer.readBytes(length: 4) ?? [] : [0, 0, 0, 0]
        try await fill(length)
        let payload = (buffer.readBytes(length: length) ?? []).enumerated().map { $1 ^ key[$0 % 4] }
        return Frame(first: first, payload: payload, isMasked: isMasked)
    }

    /// Reads text frames up to the end marker.
    func readRequests() async throws -> [String] {
        var texts: [String] = []
        while true {
            let frame = try await readFrame()
            if frame.isEndMarker { return texts }
            guard frame.first == 0x81 else { throw ClientIsGone() }
            texts.append(frame.text)
        }
    }

    func send(_ texts: String...) async throws {
        try await write(texts.flatMap { serverFrame($0) })
    }

    func sendClose(_ code: UInt16?, _ reason: String = "") async throws {
        try await write(closeFrame(code, reason))
    }
}

/// A frame of a server, with whatever first byte.
func serverFrame(_ payload: [UInt8], first: UInt8 = 0x81, mask: Bool = false) -> [UInt8] {
    let flag: UInt8 = mask ? 0x80 : 0
    let head: [UInt8]
    switch payload.count {
    case ...125: head = [first, flag | UInt8(payload.count)]
    case ...0xFFFF: head = [first, flag | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    default: head = [first, flag | 127] + (0..<8).reversed().map { UInt8(payload.count >> (8 * $0) & 0xFF) }
    }
    return head + (mask ? [0, 0, 0, 0] : []) + payload
}

func serverFrame(_ text: String, first: UInt8 = 0x81) -> [UInt8] {
    serverFrame(Array(text.utf8), first: first)
}

func closeFrame(_ code: UInt16?, _ reason: String = "") -> [UInt8] {
    serverFrame((code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []) + Array(reason.utf8), first: 0x88)
}

/// The messages of the dialect as the known servers write them.
enum Wire {
    static let complete = #"{"type":"complete"}"#
    static func response(_ message: String) -> String {
        #"{"type":"response","data":{"message":"\#(message)","language":"en"}}"#
    }
    static func error(_ reason: String) -> String { #"{"type":"error","error":"\#(reason)"}"# }
}
