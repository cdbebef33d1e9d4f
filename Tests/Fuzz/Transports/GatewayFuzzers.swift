import EventStream
package import FuzzedWire
import NIOCore
import ProtobufSchema
import WebSocketClient

@testable import GatewayTransport

extension Fuzzer {
    /// Frames of a WebSocket server, whole and cut: they are the same messages either way, none over the limit.
    package static let webSocket = Fuzzer(
        "websocket", reaching: ["text", "binary", "ping", "pong", "close", "violation", "too long", "message"]
    ) { input in
        let limit = input.number()
        var cutter = Cutter(max(1, input.byte()))
        let bytes = input.remaining()
        let reader = ReplyReader(UndefinedMessageCodec("demo.v1.Page"))
        let whole = webSocketLog([bytes[...]], limit)
        let cut = webSocketLog(cutter.pieces(of: bytes), limit)
        try hold(whole == cut, "\(whole) or \(cut)")
        var landmarks: Set<String> = []
        for inbound in whole {
            switch inbound {
            case .text(let text): try hold(text.readableBytes <= limit, "a text of \(text.readableBytes)")
            case .binary(let data): try hold(data.readableBytes <= limit, "a message of \(data.readableBytes)")
            case .ping(let data), .pong(let data): try hold(data.readableBytes <= 125, "a control frame")
            case .close, .violation, .endOfFile: break
            }
            if case .message? = Arrival(inbound, by: reader) { landmarks.insert("message") }
            if case .violation(let violation) = inbound {
                landmarks.insert(violation.closeCode == 1009 ? "too long" : "violation")
            } else {
                landmarks.insert(String("\(inbound)".prefix { $0 != "(" }))
            }
        }
        return landmarks
    }

    private static func webSocketLog(_ pieces: [ArraySlice<UInt8>], _ limit: Int) -> [WebSocketInbound] {
        var (parser, buffer, log) = (WebSocketParser(limit: limit), ByteBuffer(), [WebSocketInbound]())
        do throws(WebSocketViolation) {
            for piece in pieces {
                buffer.writeBytes(piece)
                while let inbound = try parser.next(from: &buffer) {
                    if let inbound { log.append(inbound) }
                }
            }
        } catch {
            log.append(.violation(error))
        }
        return log
    }

    /// Server-sent events, whole and cut: they are the same either way, none over the limit.
    package static let eventStream = Fuzzer(
        "event-stream", reaching: ["event", "type", "identifier", "retry", "too long", "not text"]
    ) { input in
        let limit = input.number()
        var cutter = Cutter(max(1, input.byte()))
        let bytes = input.remaining()
        let whole = EventLog([bytes[...]], limit)
        let cut = EventLog(cutter.pieces(of: bytes), limit)
        // An error is for all that came in one piece.
        try hold(
            whole.isTooLong == cut.isTooLong && (whole.isTooLong || whole.events == cut.events), "\(whole) or \(cut)")
        for event in cut.events {
            // U+FFFD has three bytes in place of one.
            try hold(event.data.utf8.count <= 3 * limit, "an event of \(event.data.utf8.count) bytes")
        }
        return whole.landmarks
    }

    /// Messages of the dialect: what the quick reader reads, the other one reads in the same way.
    package static let dialect = Fuzzer("dialect", reaching: ["quick", "slow", "refused"]) { input in
        let text = Array(String(decoding: input.remaining(), as: UTF8.self).utf8)
        let slow = Result { () throws(DecodingFailure) in try ServerMessageDecoder.decode(text) }
        guard let quick = text.withUnsafeBytes({ FastMessageReader.read($0) }) else {
            return [(try? slow.get()) == nil ? "refused" : "slow"]
        }
        try hold(slow == .success(quick), "\(quick), and otherwise \(slow)")
        return ["quick"]
    }
}

/// What is read of an event stream.
private struct EventLog {
    private(set) var events: [ServerSentEvent] = []
    private(set) var isTooLong = false
    private(set) var landmarks: Set<String> = []

    init(_ pieces: [ArraySlice<UInt8>], _ limit: Int) {
        var parser = ServerSentEventParser(limit: limit)
        do throws(ServerSentEventParser.Oversize) {
            for piece in pieces { events += try parser.parse(piece) }
        } catch {
            isTooLong = true
            landmarks.insert("too long")
        }
        if parser.retry != nil { landmarks.insert("retry") }
        for event in events {
            landmarks.insert("event")
            if !event.type.isEmpty { landmarks.insert("type") }
            if event.id != nil { landmarks.insert("identifier") }
            if event.undecoded != nil { landmarks.insert("not text") }
        }
    }
}
