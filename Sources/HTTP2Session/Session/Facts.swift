import CNghttp2
import NIOCore

extension HTTP2SessionHandler {
    /// Tells the tap, if it listens. What costs something to find out is asked for only where ``isTapped``.
    func record(_ fact: @autoclosure () -> HTTP2Fact) {
        guard let tap, tap.isListening, let context else { return }
        tap.record(fact(), at: context.eventLoop.now)
    }

    func recordWindow(_ frame: nghttp2_window_update, _ direction: HTTP2Direction) {
        let id = frame.hd.stream_id
        let now =
            switch (direction, id) {
            case (.received, 0): nghttp2_session_get_remote_window_size(session)
            case (.received, _): nghttp2_session_get_stream_remote_window_size(session, id)
            case (.sent, 0): nghttp2_session_get_local_window_size(session)
            case (.sent, _): nghttp2_session_get_stream_local_window_size(session, id)
            }
        record(.window(stream: Int(id), increment: Int(frame.window_size_increment), now: Int(now), direction))
    }

    /// A header block of this side's.
    func recordHeaders(_ frame: nghttp2_headers) {
        let fields = UnsafeBufferPointer(start: frame.nva, count: frame.nvlen).map { pair in
            HTTP2Field(
                Self.text(UnsafePointer(pair.name), pair.namelen, limit: pair.namelen),
                Self.text(UnsafePointer(pair.value), pair.valuelen, limit: pair.valuelen),
                isSensitive: pair.flags & UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue) != 0)
        }
        let block = HTTP2HeaderBlock(
            headers: HTTP2Headers(fields).redacted,
            size: fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 },
            encodedSize: frame.hd.length, endsStream: frame.hd.flags & 1 != 0)
        record(.headers(block, stream: Int(frame.hd.stream_id), .sent))
    }

    func recordEnd(of core: StreamCore) {
        if let stall = core.wire.stall { recordStallEnd(of: core, stall) }
        if let violation = core.wire.violation {
            record(.violation(HTTP2Violation(code: .protocolError, text: violation), stream: Int(core.wire.id)))
        }
        record(.streamClosed(stream: Int(core.wire.id)))
    }

    static func entries(_ frame: nghttp2_settings) -> [HTTP2Setting] {
        UnsafeBufferPointer(start: frame.iv, count: frame.niv).map {
            HTTP2Setting(UInt16(truncatingIfNeeded: $0.settings_id), $0.value)
        }
    }

    // MARK: Stalls

    /// Looks from now on whether bytes of the stream wait.
    func watch(_ core: StreamCore) {
        guard !core.wire.isWatched else { return }
        core.wire.isWatched = true
        watched.append(core)
    }

    /// Notes which streams have begun to wait, and which go on.
    func watchStalls() {
        guard isTapped, let context else {
            for core in watched { (core.wire.isWatched, core.wire.stall) = (false, nil) }
            return watched.removeAll()
        }
        let now = context.eventLoop.now
        watched.removeAll { core in
            let stall = self.stall(of: core)
            if let old = core.wire.stall, core.wire.moved > 0 || stall != old.kind { recordStallEnd(of: core, old) }
            if let stall, core.wire.stall == nil {
                core.wire.stall = (stall, now)
                record(.stallBegan(stream: Int(core.wire.id), stall, bytes: core.wire.queue.bytes))
            }
            core.wire.isWatched = stall != nil && !core.wire.isClosed
            return !core.wire.isWatched
        }
    }

    private func recordStallEnd(of core: StreamCore, _ stall: (kind: HTTP2Stall, since: NIODeadline)) {
        core.wire.stall = nil
        guard let context else { return }
        let length = Duration.nanoseconds((context.eventLoop.now - stall.since).nanoseconds)
        record(.stallEnded(stream: Int(core.wire.id), stall.kind, after: length))
    }

    /// What the bytes of a stream wait for; `nil` where none wait.
    private func stall(of core: StreamCore) -> HTTP2Stall? {
        guard core.wire.queue.bytes > 0, core.wire.id > 0, !core.wire.isClosed else { return nil }
        if nghttp2_session_get_stream_remote_window_size(session, core.wire.id) <= 0 { return .streamWindow }
        if nghttp2_session_get_remote_window_size(session) <= 0 { return .connectionWindow }
        return .socket
    }
}
