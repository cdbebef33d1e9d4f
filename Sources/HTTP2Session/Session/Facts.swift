import CNghttp2
import NIOCore

extension HTTP2SessionHandler {
    /// Tells the tap, if it listens. What costs something to find out is asked for only where ``isTapped``.
    func record(_ fact: @autoclosure () -> HTTP2Fact) {
        guard let tap, tap.isListening, let context else { return }
        recordRun()
        tap.record(fact(), of: number, at: tap.now(on: context.eventLoop))
    }

    // MARK: Frames

    /// A frame begins to come in. Only at its end it is known what it says.
    func recordBeginning(of head: nghttp2_frame_hd) {
        if head.type == UInt8(NGHTTP2_CONTINUATION.rawValue) {
            return record(.frame(HTTP2FrameHead(head), .none, .received))
        }
        recordUnread()
        unread = HTTP2FrameHead(head)
    }

    /// The frame that began to come in has come to nothing.
    func recordUnread() {
        guard let head = unread.take() else { return }
        record(.frame(head, .none, .received))
    }

    func recordFrame(_ frame: nghttp2_frame, _ headers: HTTP2HeaderBlock?, _ direction: HTTP2Direction) {
        if direction == .received { unread = nil }
        let head = HTTP2FrameHead(frame.hd)
        guard frame.hd.type != UInt8(NGHTTP2_DATA.rawValue) else { return recordData(head, direction) }
        record(.frame(head, headers.map { .headers($0.redacted) } ?? content(of: frame, direction), direction))
    }

    private func content(of frame: nghttp2_frame, _ direction: HTTP2Direction) -> HTTP2FrameContent {
        switch nghttp2_frame_type(UInt32(frame.hd.type)) {
        case NGHTTP2_HEADERS: direction == .sent ? .headers(Self.block(frame.headers)) : .none
        case NGHTTP2_SETTINGS: .settings(Self.entries(frame.settings))
        case NGHTTP2_GOAWAY: .goAway(HTTP2GoAway(frame.goaway))
        case NGHTTP2_RST_STREAM: .reset(HTTP2ErrorCode(rawValue: frame.rst_stream.error_code))
        case NGHTTP2_WINDOW_UPDATE:
            .window(
                increment: Int(frame.window_update.window_size_increment),
                now: window(of: frame.hd.stream_id, direction) ?? 0)
        default: .none
        }
    }

    /// A header block of this side's.
    private static func block(_ frame: nghttp2_headers) -> HTTP2HeaderBlock {
        let fields = UnsafeBufferPointer(start: frame.nva, count: frame.nvlen).map { pair in
            HTTP2Field(
                Self.text(UnsafePointer(pair.name), pair.namelen, limit: pair.namelen),
                Self.text(UnsafePointer(pair.value), pair.valuelen, limit: pair.valuelen),
                isSensitive: pair.flags & UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue) != 0)
        }
        return HTTP2HeaderBlock(
            headers: HTTP2Headers(fields).redacted,
            size: fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 },
            encodedSize: frame.hd.length, endsStream: frame.hd.flags & 1 != 0)
    }

    /// What may be sent on a stream, or on the connection for 0, or be received; `nil` where it is over.
    private func window(of stream: Int32, _ direction: HTTP2Direction) -> Int? {
        let now =
            switch (direction, stream) {
            // What was received widens or narrows what may be sent, but for DATA; see `recordRun`.
            case (.received, 0): nghttp2_session_get_remote_window_size(session)
            case (.received, _): nghttp2_session_get_stream_remote_window_size(session, stream)
            case (.sent, 0): nghttp2_session_get_local_window_size(session)
            case (.sent, _): nghttp2_session_get_stream_local_window_size(session, stream)
            }
        return now < 0 ? nil : Int(now)
    }

    private func recordData(_ head: HTTP2FrameHead, _ direction: HTTP2Direction) {
        if let run, run.data.stream != head.stream || run.direction != direction { recordRun() }
        let end = head.flags & 1 != 0
        if run == nil {
            let data = HTTP2DataRun(
                stream: head.stream, frames: 1, bytes: head.length, endsStream: end, connectionWindow: 0)
            run = (data, direction)
        } else {
            run?.data.frames += 1
            run?.data.bytes += head.length
            run?.data.endsStream = end
        }
    }

    /// Tells of the DATA frames that have followed each other.
    func recordRun() {
        guard let (data, direction) = run.take(), let tap, let context else { return }
        var run = data
        // DATA uses up the window of its own direction.
        let other: HTTP2Direction = direction == .sent ? .received : .sent
        run.streamWindow = window(of: Int32(clamping: run.stream), other)
        run.connectionWindow = window(of: 0, other) ?? 0
        tap.record(.data(run, direction), of: number, at: tap.now(on: context.eventLoop))
    }

    // MARK: Beginning to listen

    /// Tells how the connection stands, and looks from now on at what waits.
    func join() {
        guard session != nil, reason == nil else { return }
        isTapped = tap?.isListening ?? false
        guard isTapped else { return }
        record(
            .standing(
                HTTP2Overview(snapshot: snapshot, settings: peerSettings, ownSettings: currentSettings)))
        for core in streams.values { watch(core) }
        watchStalls()
        askForRoundTrip()
        flush()
    }

    /// Has the peer answer a PING, once on a connection, and only while it has a stream: others count as abuse to some servers.
    func askForRoundTrip() {
        guard let tap, tap.asksForRoundTrip, isTapped, !hasAskedForRoundTrip, !streams.isEmpty else { return }
        hasAskedForRoundTrip = true
        ping(nil)
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
        guard isTapped, let tap, let context else {
            for core in watched { (core.wire.isWatched, core.wire.stall) = (false, nil) }
            return watched.removeAll()
        }
        let now = tap.now(on: context.eventLoop)
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

    private func recordStallEnd(of core: StreamCore, _ stall: (kind: HTTP2Stall, since: Duration)) {
        core.wire.stall = nil
        guard let tap, let context else { return }
        record(.stallEnded(stream: Int(core.wire.id), stall.kind, after: tap.now(on: context.eventLoop) - stall.since))
    }

    /// What the bytes of a stream wait for; `nil` where none wait.
    private func stall(of core: StreamCore) -> HTTP2Stall? {
        guard core.wire.queue.bytes > 0, core.wire.id > 0, !core.wire.isClosed else { return nil }
        if nghttp2_session_get_stream_remote_window_size(session, core.wire.id) <= 0 { return .streamWindow }
        if nghttp2_session_get_remote_window_size(session) <= 0 { return .connectionWindow }
        return .socket
    }
}
