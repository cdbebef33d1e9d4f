import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GreeterCore
import TransportSupport

extension Exchange {
    /// Replies that are read and not yet taken by the observer, beside the batch that it has.
    private static let readLimit = 256

    typealias Inbound = HTTP2ClientTransport.Posix.Inbound

    /// Something that the server has sent, and when it was read.
    private struct Arrival: Sendable {
        var time: Duration
        /// Requests that had been sent by then.
        var requests: Int
        var part: RPCResponsePart<GRPCNIOTransportBytes>
    }

    /// Reads to the status, and tells the observer in batches of what has come.
    func read(_ inbound: Inbound) async -> Step {
        let box = Mailbox<Arrival>(limit: Self.readLimit)
        return await withTaskGroup { group in
            group.addTask {
                defer { box.finish() }
                do {
                    for try await part in inbound {
                        let requests = if case .message = part { ledger.reading() } else { 0 }
                        await box.put(Arrival(time: clock.now, requests: requests, part: part))
                    }
                } catch {
                    // Without a status the stream was cut short, whatever the library has to say.
                }
            }
            let step = await deliver(box)
            group.cancelAll()
            return step
        }
    }

    private func deliver(_ box: Mailbox<Arrival>) async -> Step {
        while let arrivals = await box.take() {
            var messages: [StreamMessage] = []
            messages.reserveCapacity(arrivals.count)
            var ending: CallEnding?
            for arrival in arrivals {
                switch arrival.part {
                case .metadata(let metadata): await opened(metadata)
                case .message(let bytes):
                    do throws(CallError) {
                        messages.append(try message(bytes, arrival))
                    } catch {
                        ending = .failure(error, rule: "the server's message could not be accepted")
                    }
                case .status(let status, let trailers):
                    if status.code == .ok { ledger.end() }
                    await tell(messages)
                    messages = []
                    ending = await end(status, trailers)
                }
                if ending != nil { break }
            }
            await tell(messages)
            if let ending { return .ended(ending) }
        }
        guard !Task.isCancelled else { return .nothing }
        return .ended(.failure(GRPCFailure.lost, rule: "the stream ended without a status"))
    }

    private func opened(_ metadata: Metadata) async {
        _ = acceptance.claim()
        await recorder.opened(
            ConnectionInfo(
                time: clock.now, transport: "gRPC over HTTP/2", route: context.server.basePath + "/" + method,
                metadata: metadata.entries))
    }

    private func message(_ bytes: GRPCNIOTransportBytes, _ arrival: Arrival) throws(CallError) -> StreamMessage {
        let reply = try GreeterCodec.decode(bytes)
        let (number, request, place) = ledger.receive(after: arrival.requests, at: arrival.time)
        return StreamMessage(
            number: number, time: arrival.time, size: bytes.count, form: .grpcMessage, body: .reply(reply),
            answers: request, place: place)
    }

    private func tell(_ messages: [StreamMessage]) async {
        let news = ledger.takeNews()
        for notice in news.notices { await recorder.notice(notice) }
        if let pairing = news.pairing { await recorder.paired(pairing) }
        await recorder.received(messages)
        await recorder.acknowledged(upTo: news.answered)
        guard let last = messages.last else { return }
        if case .reply(let reply) = last.body { await noticeGateway(reply) }
    }
}
