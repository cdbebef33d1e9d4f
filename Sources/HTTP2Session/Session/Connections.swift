import CNghttp2
import NIOCore

extension HTTP2SessionHandler {
    func perform(_ command: ConnectionCore.Command) {
        switch command {
        case .ping(let answer): ping(answer)
        case .goAway(let code, let text, let core): goAway(code, text, before: core)
        case .settings(let settings): submit(settings)
        case .snapshot(let reply): reply.give(snapshot)
        case .close:
            if isServer { flush() }
            end(.closedHere)
        }
    }

    /// Says that no more streams are served (RFC 9113, 6.8).
    private func goAway(_ code: HTTP2ErrorCode, _ text: String, before core: StreamCore?) {
        guard ownGoAway == nil else { return }
        ownGoAway = code
        let bytes = Array(text.utf8.prefix(1024))
        // Streams have odd numbers. The library lets go of those beyond the last one.
        let last = core.map { max(0, $0.wire.id - 2) } ?? nghttp2_session_get_last_proc_stream_id(session)
        guard check(nghttp2_submit_goaway(session, 0, last, code.rawValue, bytes, bytes.count)) else { return }
        closesAfterFlush = code != .noError || streams.isEmpty
    }

    var snapshot: HTTP2Snapshot {
        HTTP2Snapshot(
            sendWindow: Int(nghttp2_session_get_remote_window_size(session)),
            receiveWindow: Int(nghttp2_session_get_local_window_size(session)),
            streams: streams.keys.sorted().compactMap { id in
                streams[id].map { core in
                    HTTP2Snapshot.Stream(
                        id: Int(id), sendWindow: Int(nghttp2_session_get_stream_remote_window_size(session, id)),
                        receiveWindow: Int(nghttp2_session_get_stream_local_window_size(session, id)),
                        queued: core.wire.queue.bytes)
                }
            },
            waiting: waiting.count, streamLimit: hasPeerSettings ? streamLimit : nil, goAway: goAway)
    }

    /// The connection is over: everything that waits for it ends.
    func finish() {
        guard core.shared.withLock({ $0.end == nil }) else { return }
        keepAliveTimer?.cancel()
        idleTimer?.cancel()
        let reason = reason ?? failure ?? (firstBytesAreForeign ? .notHTTP2(firstBytes) : .closedByPeer)
        self.reason = reason
        let end = HTTP2ConnectionEnd(reason: reason, goAway: goAway)
        recordUnread()
        record(.connectionEnded(end))
        tap?.remove(self)
        // From here on nothing is added, so what is taken is the rest.
        core.update { state in
            state.end = end
            state.wake = nil
        }
        let (cores, commands) = core.takeWork()
        for core in streams.values where !core.wire.hasEnded { core.wire.append(.end(lost(core, end))) }
        for core in Array(streams.values) + Array(waiting) + cores { lose(core, end) }
        streams = [:]
        newest = nil
        waiting = []
        watched = []
        deliverTouched()
        pings.endAll()
        for command in commands { command.giveUp() }
    }

    private func lost(_ core: StreamCore, _ end: HTTP2ConnectionEnd) -> HTTP2StreamEnd {
        if let goAway, !isServer, Int(core.wire.id) > goAway.lastStreamID { return .refused(.goAway(goAway)) }
        return .connectionLost(end)
    }

    private func lose(_ core: StreamCore, _ end: HTTP2ConnectionEnd) {
        if !core.wire.hasEnded, core.wire.id == 0 { core.wire.append(.end(.refused(.notSent(end)))) }
        core.wire.hasEnded = true
        core.wire.isClosed = true
        touch(core)
    }
}
