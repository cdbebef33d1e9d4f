import GRPCWire
import HTTP2Session
import NIOCore
import RPCCore
import TransportSupport

/// The conversation on one stream. A stream of requests is written and read by tasks that never wait for each other; one request by
/// one task, which costs a call most of what it costs.
struct Exchange: Sendable {
    let context: CallContext
    let call: Call
    let recorder: CallRecorder
    let ledger: MessageLedger
    let feed: RequestFeed
    let method: String
    /// Replies to earlier requests of the call, on streams of their own.
    let repliesBefore: Int
    /// Claimed when the server has accepted the call.
    let acceptance = Once()

    /// After how much time without a sign of the server's a user is told that it is waited for.
    private static let timeout = Duration.seconds(5)

    var clock: any CallClock { context.clock }

    /// Runs until the server has sent the status, or the call ends otherwise. The stream is then reset unless it is over.
    func run(_ stream: HTTP2Stream) async -> CallEnding {
        let ending =
            switch feed {
            case .one(let request): await converse(request, on: stream)
            case .plan(let plan): await converse(plan, on: stream)
            }
        if ending.error != nil { stream.reset(.cancel) }
        let unsent = await stream.withdraw()
        ledger.withdraw(unsent.reduce(0) { $0 + MessageReader.count(in: $1.buffer, after: $1.sent) })
        return ending
    }

    private func converse(_ request: Payload, on stream: HTTP2Stream) async -> CallEnding {
        do throws(CallError) {
            try await send(request, to: stream)
        } catch {
            return .failure(error, rule: "the plan failed")
        }
        ledger.halfClosed()
        guard case .ended(let ending) = await read(stream) else { return .cancelled }
        return ending
    }

    private func converse(_ plan: any RequestPlan, on stream: HTTP2Stream) async -> CallEnding {
        await withTaskGroup(of: Step.self) { group in
            group.addTask { await read(stream) }
            group.addTask { await write(plan, to: stream) }
            group.addTask { await watchForAnswer() }
            for await step in group {
                if let ending = await proceed(after: step, stream, &group) {
                    group.cancelAll()
                    return ending
                }
            }
            return .cancelled
        }
    }

    /// What the tasks have to say that end before the RPC does.
    enum Step: Sendable {
        case ended(CallEnding)
        /// The last request is written.
        case exhausted
        /// A request could not be written: the stream is over, and the reading side says why.
        case sendFailed
        /// The plan could not make its next request.
        case planFailed(CallError)
        case nothing
    }

    private func proceed(
        after step: Step, _ stream: HTTP2Stream, _ group: inout TaskGroup<Step>
    ) async -> CallEnding? {
        switch step {
        case .ended(let ending): return ending
        case .exhausted:
            ledger.halfClosed()
            await recorder.halfClosed()
            stream.finish()
            let limit = call.options.limit(fromHalfClose: clock.now, clock: clock)
            if limit.instant != nil { group.addTask { await expire(limit) } }
        case .planFailed(let error):
            // What was sent before is answered; to half-close now would pass it off as the whole.
            let timeout =
                call.kind == .bidirectional && ledger.expectsReplies ? context.configuration.closeTimeout : .zero
            group.addTask { await end(after: timeout, error, "the plan failed") }
        case .sendFailed, .nothing: break
        }
        return nil
    }

    /// Says so where the server has the call and does not answer: with many a server that is how it begins.
    private func watchForAnswer() async -> Step {
        guard (try? await clock.sleep(for: Self.timeout)) != nil, !acceptance.isClaimed else { return .nothing }
        await recorder.notice("the request is out, the server has not answered yet")
        return .nothing
    }

    private func expire(_ limit: TimeLimit) async -> Step {
        guard let instant = limit.instant, (try? await clock.sleep(until: instant)) != nil else { return .nothing }
        return .ended(.failure(limit.error, rule: "the deadline passed"))
    }

    private func end(after timeout: Duration, _ error: CallError, _ rule: String) async -> Step {
        if timeout > .zero, (try? await clock.sleep(for: timeout)) == nil { return .nothing }
        return .ended(.failure(error, rule: rule))
    }
}
