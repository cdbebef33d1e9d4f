/// A connection, for the tasks that use it. Its ``HTTP2SessionHandler`` is in the channel that carries it.
package final class HTTP2Connection: Sendable {
    let core: ConnectionCore

    init(core: ConnectionCore) {
        self.core = core
    }

    /// Opens a stream; for clients. It waits while the peer allows no more streams, and until its first SETTINGS have come,
    /// which say how many it allows. Whatever becomes of it, the stream says.
    ///
    /// - Parameters:
    ///   - ends: Whether nothing follows the header block.
    ///   - waitsForBytes: Whether the header block is held back until something is written or the stream is finished, so that
    ///     both leave in one write. Until then the peer knows nothing of the stream.
    package func open(_ head: HTTP2Headers, ends: Bool = false, waitsForBytes: Bool = false) -> HTTP2Stream {
        let stream = HTTP2Stream(
            core: StreamCore(configuration: core.configuration, head: head, headEnds: ends), connection: core)
        if !waitsForBytes { core.schedule(stream.core) }
        return stream
    }

    /// Waits until the peer has spoken HTTP/2: its first SETTINGS have come.
    /// - Returns: `nil`, or how the connection ended before that.
    /// - Throws: `CancellationError`.
    package func ready() async throws(CancellationError) -> HTTP2ConnectionEnd? {
        while true {
            let (isReady, end) = core.shared.withLock { ($0.hasSettings, $0.end) }
            if let end { return end }
            if isReady { return nil }
            if Task.isCancelled { throw CancellationError() }
            await core.shared.wait(\.waiters) { !$0.hasSettings && $0.end == nil }
        }
    }

    /// Ends a connection that could not be made: its handler is in no channel, and never will be.
    package func fail(_ error: any Error) {
        core.fail(error)
    }

    /// Waits for the end of the connection.
    /// - Throws: `CancellationError`.
    package func ended() async throws(CancellationError) -> HTTP2ConnectionEnd {
        while true {
            if let end { return end }
            if Task.isCancelled { throw CancellationError() }
            await core.shared.wait(\.waiters) { $0.end == nil }
        }
    }

    /// How it ended; `nil` while it goes on.
    package var end: HTTP2ConnectionEnd? { core.shared.withLock { $0.end } }

    /// The peer's last GOAWAY; `nil` before there was one.
    package var goAway: HTTP2GoAway? { core.shared.withLock { $0.goAway } }

    /// Whether new streams can be opened, and the peer has spoken HTTP/2.
    package var standing: HTTP2Standing {
        core.shared.withLock { state in
            guard state.end == nil, state.goAway == nil, !state.isDraining else { return .spent }
            return state.hasSettings ? .ready : .beginning
        }
    }

    /// Whether the peer has ever spoken HTTP/2.
    package var hasBegun: Bool { core.shared.withLock { $0.hasSettings } }

    /// Sends a PING.
    /// - Returns: how long its answer took; `nil` when the connection ended before that.
    /// - Throws: `CancellationError`.
    package func ping() async throws -> Duration? {
        let answer = PingAnswer()
        guard core.submit(.ping(answer)) == nil else { return nil }
        let value = await answer.value()
        if value == nil { try Task.checkCancellation() }
        return value
    }

    /// Sends GOAWAY: no streams of the peer's that are not there yet will be served, and none opened here. The connection closes
    /// when those that are there have ended; at once for an error.
    /// - Parameters:
    ///   - text: For the peer's log.
    ///   - stream: A stream of the peer's that is not served any more, nor are those after it; for servers.
    package func goAway(_ code: HTTP2ErrorCode = .noError, text: String = "", before stream: HTTP2Stream? = nil) {
        core.shared.withLock { $0.isDraining = true }
        core.submit(.goAway(code, text, before: stream?.core))
    }

    /// Sends SETTINGS in mid-connection.
    package func update(_ settings: [HTTP2Setting]) {
        core.submit(.settings(settings))
    }

    /// How the connection stands; `nil` when it is over.
    package func snapshot() async -> HTTP2Snapshot? {
        let reply = Reply<HTTP2Snapshot>()
        guard core.submit(.snapshot(reply)) == nil else { return nil }
        return await reply.value()
    }

    /// Ends the connection at once, and every stream on it. What a server has written before is sent as far as the socket takes it.
    package func close() {
        core.submit(.close)
    }
}

/// How a connection stands for new streams.
package enum HTTP2Standing: Hashable, Sendable {
    /// The peer has not spoken HTTP/2 yet. Streams can be opened, and wait.
    case beginning
    /// Streams can be opened.
    case ready
    /// No stream can be opened any more: it is over, or one side has said that it takes no more.
    case spent
}
