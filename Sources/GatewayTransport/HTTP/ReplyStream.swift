import EventStream
import Foundation
import NIOCore
import RPCCore
import TransportSupport

/// Makes the replies of a call out of the bytes of an event stream.
struct ReplyStream {
    /// How many replies there have been in the call.
    private(set) var replies: Int
    private let request: Int
    private let reader: ReplyReader
    private let clock: any CallClock
    private let wire: WireTap?
    private var parser: ServerSentEventParser
    private var notice: String?
    private var hasNoticed = false

    /// - Parameters:
    ///   - request: The number of the request that is answered.
    ///   - replies: How many replies there have been before.
    ///   - reader: Of the replies.
    ///   - wire: Where events are told of.
    init(limit: Int, request: Int, replies: Int, reader: ReplyReader, clock: any CallClock, wire: WireTap? = nil) {
        self.wire = wire
        self.request = request
        self.replies = replies
        self.reader = reader
        self.clock = clock
        parser = ServerSentEventParser(limit: limit)
    }

    /// How long the server asks to wait before another attempt.
    var retry: Duration? { parser.retry }

    /// The longest identifier that is sent back, in bytes: servers refuse long headers.
    private static let identifierLimit = 1024

    /// The identifier after which the server can be asked to go on; `nil` where it gives none, or none that a header can carry.
    var lastEventID: String? {
        let id = parser.lastEventID
        guard !id.isEmpty, id.utf8.count <= Self.identifierLimit,
            id.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        else { return nil }
        return id
    }

    /// Takes the next bytes: the replies in them, and the error that follows them if there is one.
    mutating func take(_ bytes: ByteBuffer) -> (messages: [StreamMessage], failure: CallError?) {
        var messages: [StreamMessage] = []
        do throws(ServerSentEventParser.Oversize) {
            let time = clock.now
            for event in try parser.parse(bytes.readableBytesView) {
                wire?.record(
                    .event(type: event.type, id: event.id, bytes: event.data.utf8.count), connection: nil, .received)
                do throws(CallError) {
                    guard let reply = try reply(of: event) else { continue }
                    replies += 1
                    messages.append(
                        StreamMessage(
                            number: replies, time: time, form: .serverSentEvent, role: .response, payload: reply,
                            answers: request))
                } catch {
                    return (messages, error)
                }
            }
        } catch {
            return (messages, HTTPExchange.oversize(error.size, limit: error.limit))
        }
        return (messages, nil)
    }

    mutating func takeNotice() -> String? {
        defer { notice = nil }
        return notice
    }

    private mutating func reply(of event: ServerSentEvent) throws(CallError) -> Payload? {
        if event.type == "error" { throw Self.failure(event.data) }
        if let payload = event.undecoded { throw .notText("the data of an event is not UTF-8", payload) }
        if let doubled = Self.errorInside(event.data) { throw Self.failure(doubled) }
        let message: ServerMessage
        let text = Array(event.data.utf8)
        do {
            message = try reader.decode(text)
        } catch {
            throw CallError(
                .internal, "an event is no reply: \(error.reason) in \(Quote.beginning(of: event.data))", at: .decode)
        }
        switch message {
        case .reply(let place, _): return reader.payload(text, place)
        case .complete: return nil
        case .refusal(let reason): throw ReportedError(reason).callError
        case .failure(let error): throw error.callError
        case .unknown(let type):
            if !hasNoticed { notice = "events of the unknown type \(Quote.beginning(of: type)) are ignored" }
            hasNoticed = true
            return nil
        }
    }

    /// The data of an error event that a server wrapped, prefix and all, into the data of another event:
    /// `data: event: error` and `data: data: {…}`.
    private static func errorInside(_ data: String) -> String? {
        guard data.hasPrefix("event: error") else { return nil }
        var inner = ServerSentEventParser(limit: .max)
        let event = try? inner.parse((data + "\n\n").utf8).first { $0.type == "error" }
        return event?.data
    }

    /// The error of a call for the data of an error event: an envelope, an error in any form, or plain words.
    private static func failure(_ data: String) -> CallError {
        let error = ErrorFields.read(Data(data.utf8))?.asError ?? ReportedError(data)
        return (error.text.isEmpty && error.number == nil ? ReportedError(data) : error).callError
    }
}
