import GRPCWire
import HTTP2Session
import NIOCore
import RPCCore
import TransportSupport

extension Exchange {
    /// Reads to the end of the stream, and tells the observer in batches of what has come.
    func read(_ stream: HTTP2Stream) async -> Step {
        var reader = AnswerReader(limit: context.configuration.maximumMessageSize)
        do {
            while let batch = try await stream.next() {
                if let ending = await take(batch, of: stream, &reader) { return .ended(ending) }
            }
        } catch {
            // Cancelled: whoever did that says what it means.
        }
        return .nothing
    }

    /// Tells of one batch.
    /// - Returns: how the call has ended with it.
    private func take(
        _ batch: [HTTP2StreamEvent], of stream: HTTP2Stream, _ reader: inout AnswerReader
    ) async -> CallEnding? {
        let time = clock.now
        let encoded = reader.encodedBytes
        // Requests that had been sent when the batch was taken: those that follow while it is read are not what it answers.
        var requests: Int?
        var messages = ReceivedMessages(call.method.output, at: time)
        for event in batch {
            do throws(CallError) {
                switch event {
                case .interim: break
                case .head(let block):
                    reader.head = block
                    if !block.endsStream, failure.refusal(of: block.headers, body: "") == nil { await opened(block) }
                case .data(let bytes):
                    try reader.read(bytes) { message throws(CallError) in
                        let sent = ledger.reading()
                        requests = requests ?? sent
                        guard messages.accept(message) else { throw Self.misfit(message) }
                        let (number, request, place) = ledger.receive(after: requests ?? sent, at: time)
                        messages.append(message, number: number, answers: request, place: place)
                    }
                case .trailers(let block): reader.trailers = block
                case .end(let end):
                    let verdict = failure.verdict(on: end, reader)
                    if case .complete = end, verdict.error == nil { ledger.end() }
                    await tell(messages.all, of: stream, encodedBytes: reader.encodedBytes - encoded)
                    return await self.end(verdict)
                }
            } catch {
                await tell(messages.all, of: stream, encodedBytes: reader.encodedBytes - encoded)
                return .failure(error, rule: "the server's message could not be accepted")
            }
        }
        await tell(messages.all, of: stream, encodedBytes: reader.encodedBytes - encoded)
        return nil
    }

    private func opened(_ block: HTTP2HeaderBlock) async {
        _ = acceptance.claim()
        await recorder.opened(
            ConnectionInfo(
                time: clock.now, transport: "gRPC over HTTP/2", route: context.server.basePath + "/" + method,
                metadata: block.headers.metadata))
    }

    private static func misfit(_ bytes: UnsafeRawBufferPointer) -> CallError {
        CallError(
            .internal, "a message of \(bytes.count) bytes is no reply: it does not fit the service's definition",
            at: .decode, advice: "check the method: another service may answer there")
    }

    private func tell(_ messages: [StreamMessage], of stream: HTTP2Stream, encodedBytes: Int) async {
        if let first = messages.first, context.wire?.isListening == true {
            var bytes = 0
            for index in messages.indices { bytes += messages[index].size }
            record(
                WireMessages(first: first.number, count: messages.count, bytes: bytes, encodedBytes: encodedBytes),
                on: stream, .received)
        }
        let news = ledger.takeNews()
        for notice in news.notices { await recorder.notice(notice) }
        if let pairing = news.pairing { await recorder.paired(pairing) }
        await recorder.received(messages)
        await recorder.acknowledged(upTo: news.answered)
    }

    // MARK: The end

    private var failure: StreamFailure {
        StreamFailure(
            failure: GRPCFailure(context: context, method: method, ref: call.method.ref), kind: call.kind,
            codec: call.method.output)
    }

    /// What the end of the stream means for the call. With a status it is also the end of the server's direction.
    private func end(_ verdict: StreamFailure.Verdict) async -> CallEnding {
        guard verdict.isStatus else {
            let rule = CallOutcome.endedWithoutStatus
            var ending = CallEnding.failure(verdict.error ?? GRPCFailure.lost, rule: rule, trailers: verdict.trailers)
            ending.isUnprocessed = verdict.isUnprocessed
            return ending
        }
        if let notice = verdict.notice { await recorder.notice(notice) }
        let isUnknownMethod = verdict.error?.code == .unimplemented && !acceptance.isClaimed
        // Under another name it may yet begin.
        if call.kind.streamsRequests, !isUnknownMethod { await recorder.serverFinished() }
        let rule = "the server ended the call: \((verdict.error?.code ?? .ok).name)"
        if let error = verdict.error {
            var ending = CallEnding.failure(error, rule: rule, trailers: verdict.trailers)
            ending.isUnknownMethod = isUnknownMethod
            return ending
        }
        return await succeed(rule, verdict.trailers)
    }

    private func succeed(_ rule: String, _ trailers: [MetadataEntry]) async -> CallEnding {
        let replies = ledger.replies - repliesBefore
        if !call.kind.streamsReplies, replies != 1 {
            // https://grpc.github.io/grpc/core/md_doc_statuscodes.html, cardinality violations.
            let count = replies == 0 ? "no reply" : "\(replies) replies"
            let error = CallError(
                .unimplemented, "the server ended the call with \(count), where there must be one", at: .server,
                advice: "check the method: it may be of another kind")
            return .failure(error, rule: rule, trailers: trailers)
        }
        if call.kind == .serverStream, replies == 0 {
            await recorder.notice("no replies to request \(ledger.requests)")
        }
        let result = call.kind.streamsReplies ? nil : ledger.replies
        return CallEnding(rule: rule, result: result, trailers: trailers)
    }
}

/// The replies of one batch: what they are made of shares one piece of memory.
private struct ReceivedMessages {
    private let codec: any MessageCodec
    /// When they were read.
    private let time: Duration
    private var places: [Place] = []
    private var bytes: [UInt8] = []

    /// What is known of a reply beside its bytes.
    private struct Place {
        var number: Int
        /// Where its bytes end among all of them.
        var end: Int
        var answers: Int?
        var place: AnswerPlace?
    }

    init(_ codec: any MessageCodec, at time: Duration) {
        self.codec = codec
        self.time = time
    }

    /// Whether bytes are a message of the method.
    func accept(_ message: UnsafeRawBufferPointer) -> Bool { codec.fits(message, as: .protobuf) }

    mutating func append(
        _ message: UnsafeRawBufferPointer, number: Int, answers: Int?, place: AnswerPlace?
    ) {
        bytes += message
        places.append(Place(number: number, end: bytes.count, answers: answers, place: place))
    }

    var all: [StreamMessage] {
        var start = 0
        return places.map { place in
            defer { start = place.end }
            return StreamMessage(
                number: place.number, time: time, size: place.end - start, form: .grpcMessage, role: .response,
                payload: Payload(codec, .protobuf, bytes[start..<place.end]), answers: place.answers,
                place: place.place)
        }
    }
}
