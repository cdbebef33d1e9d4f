import NIOCore
import RPCCore
import TransportSupport
import WebSocketClient

/// What came over a WebSocket, decoded.
enum Arrival: Hashable, Sendable {
    case message(ServerMessage, text: [UInt8])
    case closed(code: UInt16?, reason: String)
    case disconnected(isInsideMessage: Bool)
    /// Something that ends the call, and the code of the CLOSE frame that answers it. Indirect, so that messages, of which there
    /// are many, take no more room than they need.
    indirect case unacceptable(CallError, closeCode: UInt16)

    /// Decodes what the connection read; `nil` for what concerns the connection only.
    init?(_ inbound: WebSocketInbound, by reader: ReplyReader) {
        switch inbound {
        case .text(let payload): self = Self.decode(payload, by: reader)
        case .ping, .pong: return nil
        case .close(let code, let reason): self = .closed(code: code, reason: reason)
        case .endOfFile(let isInsideMessage): self = .disconnected(isInsideMessage: isInsideMessage)
        case .violation(let violation): self = Self.reject(violation)
        case .binary(let payload):
            self = .unacceptable(
                CallError(
                    .internal,
                    "the server sent a binary message of \(payload.readableBytes) bytes; the dialect is text only",
                    at: .decode),
                closeCode: 1003)
        }
    }

    private static func decode(_ payload: ByteBuffer, by reader: ReplyReader) -> Arrival {
        guard payload.withUnsafeReadableBytes({ UTF8Fault.isText($0) }) else { return reject(payload) }
        let text = Array(payload.readableBytesView)
        do {
            return .message(try reader.decode(text), text: text)
        } catch {
            return .unacceptable(
                CallError(
                    .internal, "a message is no reply: \(error.reason) in \(Quote.beginning(of: text))", at: .decode,
                    advice: "check the route: another service may answer there"),
                closeCode: 1007)
        }
    }

    /// A text message that is no text.
    private static func reject(_ payload: ByteBuffer) -> Arrival {
        let violation = WebSocketViolation.invalidText
        return .unacceptable(.notText(violation.cause, payload), closeCode: violation.closeCode)
    }

    private static func reject(_ violation: WebSocketViolation) -> Arrival {
        let code: StatusCode = violation.closeCode == 1009 ? .resourceExhausted : .internal
        return .unacceptable(
            CallError(code, violation.cause, at: violation.closeCode == 1002 ? .receive : .decode),
            closeCode: violation.closeCode)
    }
}

/// What a batch of arrivals means for a call.
struct ReceivedBatch: Sendable {
    var messages: [StreamMessage] = []
    var notices: [String] = []
    /// The rule of pairing, where it is another than before.
    var pairing: Pairing?
    var acknowledged = 0
    /// Whether the server will send no more.
    var isServerFinished = false
    /// Set when the batch ends the call.
    var verdict: WebSocketEnding?
}

extension StreamEnding {
    /// Takes what one read brought, in order, up to what ends the call.
    /// - Parameter number: The number of the last message received before; moved on.
    mutating func take(
        _ arrivals: [Arrival], by reader: ReplyReader, time: Duration, number: inout Int
    ) -> ReceivedBatch {
        var batch = ReceivedBatch()
        batch.messages.reserveCapacity(arrivals.count)
        for arrival in arrivals {
            batch.verdict = take(arrival, reader, time: time, number: &number, into: &batch)
            if batch.verdict != nil { break }
        }
        if let verdict = batch.verdict, verdict.call.error == nil { ended() }
        batch.pairing = takePairing()
        batch.notices = takeNotices()
        batch.acknowledged = acknowledged
        return batch
    }

    private mutating func take(
        _ arrival: Arrival, _ reader: ReplyReader, time: Duration, number: inout Int,
        into batch: inout ReceivedBatch
    ) -> WebSocketEnding? {
        if case .message(let message, let text) = arrival {
            let payload =
                message.place.map { reader.payload(text, $0) } ?? Payload(reader.codec, .json, text[...])
            return take(message, payload, time: time, number: &number, into: &batch).map { WebSocketEnding($0) }
        }
        batch.messages += takeHeld(number: &number)
        switch arrival {
        case .message: return nil
        case .closed(let code, let reason):
            batch.isServerFinished = true
            return WebSocketEnding(endedByClose(code: code, reason: reason), closeCode: code ?? 1000)
        case .disconnected(let isInsideMessage):
            batch.isServerFinished = true
            return WebSocketEnding(endedByDisconnect(isInsideMessage ? ", in the middle of a message" : ""))
        case .unacceptable(let error, let closeCode):
            return .failure(error, rule: "the server's message could not be accepted", closeCode: closeCode)
        }
    }

    private mutating func take(
        _ message: ServerMessage, _ payload: Payload, time: Duration, number: inout Int, into batch: inout ReceivedBatch
    ) -> CallEnding? {
        switch message {
        case .reply(_, let isEnveloped):
            let reply = HeldReply(payload: payload, isEnveloped: isEnveloped, time: time)
            guard !holdsBack(reply.text) else {
                held.append(reply)
                return nil
            }
            if !held.isEmpty { batch.messages += releaseAnswers(number: &number) }
            number += 1
            let role = replied(reply.text, number: number, isEnveloped: isEnveloped)
            batch.messages.append(StreamMessage(reply, number: number, role: role))
        case .refusal(let reason):
            batch.messages += releaseAnswers(number: &number)
            number += 1
            let answering = refused(reason, number: number)
            batch.messages.append(
                StreamMessage(
                    number: number, time: time, form: .textFrame, role: .rejection(reason), payload: payload,
                    answers: answering.request, place: answering.place))
        case .complete:
            batch.messages += takeHeld(number: &number)
            completed()
        case .failure(let error):
            batch.messages += takeHeld(number: &number)
            return .failure(error.callError, rule: "the server reported an error")
        case .unknown(let type):
            ignored(type: type)
            return nil
        }
        return settled
    }

    /// What is held once more has come: answers like the others.
    private mutating func releaseAnswers(number: inout Int) -> [StreamMessage] {
        releaseHeld(number: &number) { ending, reply, number in
            ending.replied(reply.text, number: number, isEnveloped: reply.isEnveloped)
        }
    }
}
