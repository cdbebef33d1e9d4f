import NIOCore
import RPCCore
import Synchronization
import TransportSupport
import WebSocketClient

/// A call over a WebSocket that is open: reads, writes, watches the clock, and decides when it is over.
///
/// The reading task lives as long as the connection. Writing and the clocks live until there is a verdict; then a CLOSE frame is
/// sent, and the reading task waits for the server's for a short time.
final class WebSocketSession: Sendable {
    let context: CallContext
    let deadline: TimeLimit
    let inbound: NIOAsyncChannelInboundStream<[WebSocketInbound]>
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    let channel: any Channel
    let wire: TappedConnection?
    let state: Mutex<State>
    let activity: PeerActivity

    struct State {
        var ending: StreamEnding
        /// Messages received that the observer has been told of, or is being told of.
        var received = 0
        /// When the last batch from the server had been delivered, or the send direction was closed.
        var lastTraffic: Duration
        /// Whether a batch is being delivered: no time to speak of silence.
        var isDelivering = false
        var isServerFinished = false
        /// Why the call will fail once the replies that are on their way have come: the plan broke off.
        var planFailure: WebSocketEnding?
        /// Whether there is a verdict: what comes now is not looked at any more.
        var isOver = false
    }

    init(
        context: CallContext, deadline: TimeLimit, inbound: NIOAsyncChannelInboundStream<[WebSocketInbound]>,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, channel: any Channel, wire: TappedConnection? = nil
    ) {
        self.context = context
        self.deadline = deadline
        self.inbound = inbound
        self.outbound = outbound
        self.channel = channel
        self.wire = wire
        let configuration = context.configuration
        let ending = StreamEnding(
            kind: context.call.kind, signal: configuration.endOfStream, quietTime: configuration.quietTime,
            order: context.call.replyOrder)
        state = Mutex(State(ending: ending, lastTraffic: context.clock.now))
        activity = PeerActivity(clock: context.clock)
    }

    /// Runs the call and closes its WebSocket; the connection is left to the caller.
    func run() async -> CallEnding {
        await withTaskGroup(of: Void.self) { group in
            let (verdicts, found) = AsyncStream.makeStream(
                of: WebSocketEnding.self, bufferingPolicy: .bufferingOldest(1))
            channel.triggerUserOutboundEvent(activity, promise: nil)
            group.addTask { await self.read { found.yield($0) } }
            let verdict = await decide(verdicts)
            let waitsForClose = sendClose(verdict)
            if waitsForClose {
                group.addTask { try? await self.context.clock.sleep(for: self.context.configuration.closeTimeout) }
                await group.next()
            }
            group.cancelAll()
            await group.waitForAll()
            await tellRest(verdict.call)
            await tellEnd(verdict.call)
            return verdict.call
        }
    }

    /// What the tasks that end before the call does have to say.
    enum Step: Sendable {
        case verdict(WebSocketEnding)
        /// The last request is written.
        case exhausted
        /// A request could not be written. What the server had to say may still be there to be read.
        case sendFailed(CallError)
        /// The plan could not make its next request.
        case planFailed(CallError)
        case nothing
    }

    private func decide(_ verdicts: AsyncStream<WebSocketEnding>) async -> WebSocketEnding {
        await withTaskGroup(of: Step.self) { group in
            group.addTask {
                for await verdict in verdicts { return .verdict(verdict) }
                return .nothing
            }
            group.addTask { await self.writeRequests() }
            group.addTask { await self.expire(self.deadline) }
            group.addTask { await self.keepAlive() }
            for await step in group {
                guard let verdict = proceed(after: step, &group) else { continue }
                group.cancelAll()
                state.withLock { $0.isOver = true }
                return verdict
            }
            state.withLock { $0.isOver = true }
            return WebSocketEnding(.cancelled, closeCode: 1001)
        }
    }

    private func proceed(after step: Step, _ group: inout TaskGroup<Step>) -> WebSocketEnding? {
        switch step {
        case .verdict(let verdict): return verdict
        case .exhausted:
            let now = context.clock.now
            let settled = state.withLock { state in
                state.ending.halfClosed()
                state.lastTraffic = now
                return state.ending.settled
            }
            if let settled { return WebSocketEnding(settled) }
            let limit = context.call.options.limit(fromHalfClose: now, clock: context.clock)
            group.addTask { await self.writeEnd() }
            group.addTask { await self.watchForQuiet() }
            group.addTask { await self.expire(limit) }
        case .sendFailed(let error):
            group.addTask { await self.giveUp(error) }
        case .planFailed(let error):
            group.addTask { await self.abort(error) }
        case .nothing: break
        }
        return nil
    }

    /// Sends CLOSE, without waiting for room: what cannot leave at once is dropped with the connection.
    /// - Returns: whether the server is expected to answer it.
    private func sendClose(_ verdict: WebSocketEnding) -> Bool {
        let (isFinished, neverCloses) = state.withLock { ($0.isServerFinished, $0.ending.neverCloses) }
        var frames = WebSocketFrames(telling: wire)
        frames.append(closeCode: verdict.closeCode)
        channel.writeAndFlush(frames.finish(), promise: nil)
        let isLeaving = [.cancellation, .deadline].contains(verdict.call.error?.origin)
        return !isFinished && !neverCloses && !isLeaving
    }

    /// Tells of what was held back, and of what the end says about the pairs.
    private func tellRest(_ verdict: CallEnding) async {
        let (held, pairing, notices, acknowledged) = state.withLock { state in
            let held = state.ending.takeHeld(number: &state.received)
            if verdict.error == nil { state.ending.ended() }
            let pairing = state.ending.takePairing()
            return (held, pairing, state.ending.takeNotices(), state.ending.acknowledged)
        }
        for notice in notices { await context.recorder.notice(notice) }
        if let pairing { await context.recorder.paired(pairing) }
        await context.recorder.received(held)
        await context.recorder.acknowledged(upTo: acknowledged)
    }

    private func tellEnd(_ verdict: CallEnding) async {
        let (isHalfClosed, requests) = state.withLock { ($0.ending.isHalfClosed, $0.ending.requests) }
        if !isHalfClosed, verdict.isByServer { context.recorder.cutShort(context.call.plan) }
        guard verdict.error == nil else { return }
        // Before the half-close, what was sent and not answered the server may not have read.
        if isHalfClosed, context.call.kind == .clientStream {
            await context.recorder.acknowledged(upTo: requests)
        }
        // A server that never closes has not closed now: the end was ours.
        let (neverCloses, lastTraffic) = state.withLock { ($0.ending.neverCloses, $0.lastTraffic) }
        if !neverCloses { await context.recorder.serverFinished(at: lastTraffic) }
    }
}
