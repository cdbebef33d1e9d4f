import Foundation

/// One line of ``EventLines``, read: what complete lines were made of.
package struct EventLine: Sendable {
    /// When it was, as ``CallClock/now``.
    package var time: Duration
    package var attempt: Int
    /// Messages come one a line.
    package var event: CallEvent

    /// Why a line is none, as the end of a sentence.
    package struct Problem: Error, Hashable, Sendable {
        package let text: String

        package init(text: String) {
            self.text = text
        }
    }

    /// Reads a line.
    /// - Parameters:
    ///   - start: The start of the call, to which the times of the line are added.
    ///   - method: What its messages are of.
    /// - Throws: ``Problem`` where it is no event, or lacks what its event needs.
    package init(
        _ line: some Sequence<UInt8>, start: Duration = .zero, of method: MethodSchema
    ) throws(Problem) {
        let data = Data(line)
        let fields: Fields
        do {
            fields = try JSONDecoder().decode(Fields.self, from: data)
        } catch {
            throw Problem(text: "is no event of a call")
        }
        guard fields.hasCountsOnly else { throw Problem(text: "has a number that is none of a call") }
        time = start + (try Self.duration(fields.time))
        attempt = fields.attempt
        let event: CallEvent? =
            switch fields.event {
            case "sent": fields.message(data, of: method.input, at: time).map { .sent([$0]) }
            case "received": fields.message(data, of: method.output, at: time).map { .received([$0]) }
            default: try fields.callEvent(at: time, start: start)
            }
        guard let event else {
            throw Problem(text: "lacks what '\(fields.event.prefix(32))' needs, or there is no such event")
        }
        self.event = event
    }

    /// Seconds as a duration, to the nanosecond: a number of seconds below 100 days is exact.
    fileprivate static func duration(_ seconds: Double) throws(Problem) -> Duration {
        guard abs(seconds) < 9e9 else { throw Problem(text: "has a time that is no time") }
        return .nanoseconds(Int64((seconds * 1e9).rounded()))
    }
}

/// The keys of all events. See ``EventLines``.
private struct Fields: Decodable {
    var time: Double
    var event: String
    var attempt: Int
    var wall_clock: Double?
    var transport: String?
    var route: String?
    var metadata: [Entry]?
    var trailers: [Entry]?
    var number: Int?
    var size: Int?
    var form: String?
    var body: String?
    var reason: String?
    var answers: Int?
    var replies_before: Int?
    var refusals_before: Int?
    var pairing: String?
    var request_key: String?
    var reply_key: String?
    var ratio: Int?
    var ratio_at_most: Int?
    var from_reply: Int?
    var from_request: Int?
    var wire: String?
    var bytes: Data?
    var up_to: Int?
    var from: Int?
    var to: Int?
    var text: String?
    var code: Int?
    var rule: String?
    var attempts: Int?
    var sent: Int?
    var answered: Int?
    var likely: Int?
    var refused: Int?
    var unprocessed: Int?
    var received: Int?
    var cut_short: Bool?
    var unsent: Int?
    var result: Int?
    var error: Failure?
    var next_attempt: Int?
    var maximum_attempts: Int?
    var delay: Double?
    var at_most: Double?
    var formula: String?
    var first_request: Int?
    var start: Double?
    var tokens: Double?
    var tokens_maximum: Double?
    var round_trip: Double?

    struct Entry: Decodable {
        var name: String
        var value: String
    }

    struct Failure: Decodable {
        var origin: String
        var cause: String
        var advice: String?
        var safe_to_retry: Bool
        var close_code: Int?
        var retry_after: Double?
        var retry_forbidden: Bool?
        var refusal: Bool?
        var undecoded: Undecoded?
        var details: [Detail]?
        var delivery: Counts?
    }

    struct Detail: Decodable {
        var type: String
        var fields: [Entry]
    }

    struct Undecoded: Decodable {
        var size: Int
        var fault: Int
        var start: Int
        var hex: String
    }

    struct Counts: Decodable {
        var sent: Int
        var answered: Int
        var likely: Int?
        var refused: Int
        var unprocessed: Int?
        var received: Int
    }
}

extension Fields {
    /// Whether every number that counts or numbers something can be one.
    var hasCountsOnly: Bool {
        let counts = [
            number, size, answers, up_to, from, to, attempts, sent, answered, refused, received, result, next_attempt,
            maximum_attempts, first_request, error?.delivery?.sent, error?.delivery?.answered,
            error?.delivery?.refused, error?.delivery?.unprocessed, error?.delivery?.received, attempt, unprocessed,
        ]
        return counts.allSatisfy { $0 == nil || $0?.asCount != nil }
    }

    /// The event; `nil` where something is missing.
    func callEvent(at time: Duration, start origin: Duration) throws(EventLine.Problem) -> CallEvent? {
        switch event {
        case "attempt_started":
            return wall_clock.map { clock in
                .attemptStarted(
                    Attempt(number: attempt, start: time, wallTime: Date(clampingSecondsSince1970: clock)))
            }
        case "opened":
            guard let transport, let route else { return nil }
            return .opened(
                ConnectionInfo(time: time, transport: transport, route: route, metadata: Self.entries(metadata)))
        case "acknowledged": return up_to.map { .acknowledged(upTo: $0) }
        case "paired": return pairingRule.map { .paired($0) }
        case "half_closed": return .halfClosed(at: time)
        case "server_finished": return .serverFinished(at: time)
        case "resent":
            guard let from, let to, from <= to else { return nil }
            return .resent(from...to, at: time)
        case "attempt_ended": return try callError().map { .attemptEnded($0, at: time) }
        case "retry_scheduled": return try schedule(origin).map { .retryScheduled($0) }
        case "pinged":
            return try round_trip.map { seconds throws(EventLine.Problem) in
                .pinged(roundTrip: try EventLine.duration(seconds), at: time)
            }
        case "notice": return text.map { .notice($0) }
        case "ended": return try outcome(at: time).map { .ended($0) }
        default: return nil
        }
    }

    private static func entries(_ entries: [Entry]?) -> [MetadataEntry] {
        (entries ?? []).map { MetadataEntry($0.name, $0.value) }
    }

    /// Numbers that can be counted with, whatever the line says.
    private static let counts = 0...Int.countLimit
    private static let ratios = 1...255

    private var pairingRule: Pairing? {
        if let request_key, let reply_key {
            return Pairing(correlation: Correlation(request: request_key, reply: reply_key))
        }
        guard let ratio, let from_reply, let from_request, let up_to, Self.ratios.contains(ratio),
            ratio_at_most.map({ $0 >= ratio }) ?? true,
            [from_reply, from_request, up_to].allSatisfy(Self.counts.contains)
        else { return nil }
        return Pairing(
            firstReply: from_reply, firstRequest: from_request, ratio: ratio, largestRatio: ratio_at_most,
            answered: up_to, contradiction: reason)
    }

    private var place: AnswerPlace? {
        guard let replies_before, let refusals_before, Self.counts.contains(replies_before),
            Self.counts.contains(refusals_before)
        else { return nil }
        return AnswerPlace(replies: replies_before, refusals: refusals_before)
    }

    /// - Parameter line: Has the fields of the message beside those of the event.
    func message(_ line: Data, of codec: any MessageCodec, at time: Duration) -> StreamMessage? {
        guard let number, number > 0, let size, size >= 0,
            let form = form.flatMap({ StreamMessage.Form(rawValue: $0) }),
            let role = StreamMessage.Role(word: body, reason: reason), (role == .request) == (event == "sent")
        else { return nil }
        let payload: Payload
        if case .rejection = role {
            payload = Payload(codec, .json, Array((wire ?? "").utf8)[...])
        } else if let bytes {
            payload = Payload(codec, .protobuf, Array(bytes)[...])
        } else {
            guard let value = Self.value(line, of: codec) else { return nil }
            payload =
                wire.map { Payload(Array($0.utf8), holding: value, codec) }
                ?? Payload(value, codec, form == .grpcMessage ? .protobuf : .json)
        }
        return StreamMessage(
            number: number, time: time, size: size, form: form, role: role, payload: payload,
            answers: place == nil ? answers : nil, place: place)
    }

    /// - Returns: `nil` where a field is missing that every message has.
    private static func value(_ line: Data, of codec: any MessageCodec) -> MessageValue? {
        line.withUnsafeBytes { line in
            if let content = content(of: line) { return codec.value(of: content, as: .json) }
            let names = JSONScanner.names(inObject: line) ?? []
            guard codec.fields.allSatisfy({ $0.isOptional || names.contains("\"\($0.name)\"") }) else { return nil }
            return codec.value(of: line, as: .json)
        }
    }

    /// The fields of a message that stand apart from those of the event.
    private static func content(of line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var content: UnsafeRawBufferPointer?
        _ = JSONScanner.walk(object: line) { scanner in
            let name = scanner.rawValue()
            guard scanner.skip(":") else { return false }
            let value = scanner.rawValue()
            if name.elementsEqual("\"content\"".utf8) { content = value }
            return true
        }
        return content
    }

    private func schedule(_ origin: Duration) throws(EventLine.Problem) -> RetrySchedule? {
        guard let next_attempt, let maximum_attempts, let delay, let at_most, let formula, let first_request,
            let start, let tokens, let tokens_maximum
        else { return nil }
        return RetrySchedule(
            attempt: next_attempt, maximumAttempts: maximum_attempts, start: origin + (try EventLine.duration(start)),
            delay: try EventLine.duration(delay), bound: try EventLine.duration(at_most), formula: formula,
            firstRequest: first_request, throttle: ThrottleLevel(tokens: tokens, maximum: tokens_maximum))
    }

    private func outcome(at time: Duration) throws(EventLine.Problem) -> CallOutcome? {
        guard let rule, let attempts, var delivery, let code else { return nil }
        delivery.isCutShort = cut_short == true
        delivery.unsent = unsent.flatMap { $0 >= 0 ? $0 : nil }
        let failure = try callError()
        guard failure != nil || code == 0 else { return nil }
        return CallOutcome(
            error: failure, delivery: delivery, time: time, rule: rule, result: result,
            trailers: Self.entries(trailers), attempts: attempts)
    }

    private var delivery: Delivery? {
        guard let sent, let received else { return nil }
        return Delivery(
            sent: sent, answered: answered ?? 0, likely: likely, refused: refused ?? 0, unprocessed: unprocessed ?? 0,
            received: received)
    }

    private func callError() throws(EventLine.Problem) -> CallError? {
        guard let error, let code = code.flatMap({ StatusCode(rawValue: $0) }),
            let origin = CallError.Origin(rawValue: error.origin)
        else { return nil }
        var pushback: Pushback? = error.retry_forbidden == true ? .stop : nil
        if let pause = error.retry_after { pushback = .wait(try EventLine.duration(pause)) }
        let counts = error.delivery.map {
            Delivery(
                sent: $0.sent, answered: $0.answered, likely: $0.likely, refused: $0.refused,
                unprocessed: $0.unprocessed ?? 0, received: $0.received)
        }
        var failure = CallError(
            code, error.cause, at: origin, advice: error.advice, isSafeToRetry: error.safe_to_retry,
            closeCode: error.close_code, pushback: pushback, isRefusal: error.refusal == true,
            undecoded: error.undecoded.flatMap { payload in
                UndecodedPayload.bytes(hexText: payload.hex).flatMap {
                    UndecodedPayload(size: payload.size, fault: payload.fault, start: payload.start, bytes: $0)
                }
            }, delivery: counts ?? Delivery())
        failure.details = (error.details ?? []).map { StatusDetail($0.type, Self.entries($0.fields)) }
        return failure
    }
}
