import CNghttp2
import NIOCore
import Synchronization

extension HTTP2SessionHandler {
    /// Whether nothing goes on that asks to be finished first.
    var canServe: Bool { !isReading && !isFlushing && !isServing }

    /// Does what tasks have asked for, and sends it at once.
    func service() {
        let (cores, commands) = core.takeWork()
        guard session != nil, reason == nil else { return }
        isServing = true
        defer { isServing = false }
        for core in cores { service(core) }
        for command in commands { perform(command) }
        deliverTouched()
        flush()
    }

    private func service(_ core: StreamCore) {
        let work = core.takeWork()
        let id = core.wire.id
        if work.credit > 0, id > 0 { check(nghttp2_session_consume_stream(session, id, work.credit)) }
        guard !core.wire.isClosed else { return }
        if let code = work.reset { return reset(core, code) }
        core.wire.head = work.head ?? core.wire.head
        core.wire.headEnds = work.headEnds
        for buffer in work.buffers { core.wire.queue.append(buffer) }
        core.wire.isFinished = work.isFinished
        core.wire.trailers = work.trailers ?? core.wire.trailers
        if work.isAbandoned, abandon(core) { return }
        send(core)
    }

    /// Sends what there is, or puts the stream where it waits.
    private func send(_ core: StreamCore) {
        if isServer {
            if !core.wire.hasResponded, let head = core.wire.head.take() { respond(core, head) }
        } else if core.wire.id == 0 {
            if !core.wire.isWaiting { waiting.append(core) }
            core.wire.isWaiting = true
        }
        resume(core)
        if isTapped { watch(core) }
    }

    private func resume(_ core: StreamCore) {
        guard core.wire.isDeferred, core.wire.queue.bytes > 0 || core.wire.isFinished else { return }
        core.wire.isDeferred = false
        check(nghttp2_session_resume_data(session, core.wire.id))
    }

    // MARK: Beginning

    /// Opens streams that wait, as far as the peer allows (RFC 9113, 5.1.2).
    func startWaiting() {
        guard !waiting.isEmpty else { return }
        if let goAway { return refuseWaiting(.goAway(goAway)) }
        if ownGoAway != nil { return refuseWaiting(.notSent(nil)) }
        guard hasPeerSettings else { return }
        while openCount < streamLimit, let core = waiting.popFirst() {
            core.wire.isWaiting = false
            if !core.wire.isClosed { open(core) }
        }
        if isTapped, !waiting.isEmpty { record(.streamWaits(waiting: waiting.count, limit: streamLimit)) }
    }

    var streamLimit: Int {
        Int(nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
    }

    private func open(_ core: StreamCore) {
        let head = core.wire.head.take() ?? HTTP2Headers()
        let id = head.withFields { fields in
            withProvider(for: core) {
                nghttp2_submit_request(session, nil, fields.baseAddress, fields.count, $0, nil)
            }
        }
        guard id > 0 else {
            // The identifiers are used up, or there is no memory.
            drop(core, .notSent(nil))
            check(id)
            return
        }
        core.wire.id = id
        core.id.store(id, ordering: .relaxed)
        streams[id] = core
        newest = core
        idleTimer?.cancel()
        idleTimer = nil
        openCount += 1
        if isTapped { watch(core) }
    }

    private func respond(_ core: StreamCore, _ head: HTTP2Headers) {
        core.wire.hasResponded = true
        let code = head.withFields { fields in
            withProvider(for: core) {
                nghttp2_submit_response(session, core.wire.id, fields.baseAddress, fields.count, $0)
            }
        }
        // A stream that has ended in the meantime is told so by its closing.
        check(code)
    }

    /// Where the bytes of a stream come from; from nowhere, where the header block is all.
    private func withProvider(for core: StreamCore, _ body: (UnsafePointer<nghttp2_data_provider>?) -> Int32) -> Int32 {
        guard !core.wire.headEnds else {
            core.wire.hasSentEnd = true
            return body(nil)
        }
        // The core is held by `streams` for as long as the library may ask it.
        var provider = nghttp2_data_provider(
            source: nghttp2_data_source(ptr: Unmanaged.passUnretained(core).toOpaque()), read_callback: Self.readSource)
        return body(&provider)
    }

    // MARK: Ending

    private func reset(_ core: StreamCore, _ code: HTTP2ErrorCode) {
        guard core.wire.id > 0 else { return forget(core) }
        core.wire.hasEnded = true
        check(nghttp2_submit_rst_stream(session, 0, core.wire.id, code.rawValue))
    }

    /// Nobody uses the stream any more.
    /// - Returns: whether it was ended for that.
    private func abandon(_ core: StreamCore) -> Bool {
        core.wire.isAbandoned = true
        // What a server has finished is sent, and then only what the client still sends is unwanted.
        guard !isServer || !core.wire.isFinished else {
            if nghttp2_session_get_stream_local_close(session, core.wire.id) == 1 { endUnwanted(core) }
            return false
        }
        reset(core, isServer ? .internalError : .cancel)
        return true
    }

    /// Tells a client that still sends, after its answer was sent whole, that the rest is not needed (RFC 9113, 8.1).
    func endUnwanted(_ core: StreamCore) {
        guard isServer, core.wire.isAbandoned, !core.wire.hasEnded else { return }
        core.wire.hasEnded = true
        check(nghttp2_submit_rst_stream(session, 0, core.wire.id, HTTP2ErrorCode.noError.rawValue))
    }

    /// Ends a stream for what the peer has sent on it.
    func refuse(_ core: StreamCore, _ end: HTTP2StreamEnd, _ code: HTTP2ErrorCode) {
        guard !core.wire.hasEnded else { return }
        core.wire.append(.end(end))
        core.wire.hasEnded = true
        touch(core)
        check(nghttp2_submit_rst_stream(session, 0, core.wire.id, code.rawValue))
    }

    private func refuseWaiting(_ refusal: HTTP2Refusal) {
        while let core = waiting.popFirst() {
            core.wire.isWaiting = false
            if !core.wire.isClosed { drop(core, refusal) }
        }
    }

    /// Ends a stream of which nothing was sent.
    func drop(_ core: StreamCore, _ refusal: HTTP2Refusal) {
        core.wire.append(.end(.refused(refusal)))
        forget(core)
    }

    private func forget(_ core: StreamCore) {
        core.wire.hasEnded = true
        core.wire.isClosed = true
        touch(core)
    }

    /// The library has let go of a stream.
    func closed(_ id: Int32, _ code: HTTP2ErrorCode) {
        guard let core = streams.removeValue(forKey: id) else { return }
        if newest === core { newest = nil }
        if !isServer { openCount -= 1 }
        if !core.wire.hasEnded { core.wire.append(.end(end(of: core, code))) }
        if isTapped { recordEnd(of: core) }
        forget(core)
        watchIdleness()
    }

    private func end(of core: StreamCore, _ code: HTTP2ErrorCode) -> HTTP2StreamEnd {
        if let reset = core.wire.resetByPeer {
            return reset == .refusedStream ? .refused(.reset) : .reset(reset, by: .peer)
        }
        if let goAway, Int(core.wire.id) > goAway.lastStreamID { return .refused(.goAway(goAway)) }
        guard core.wire.violation != nil || code != .noError else { return .reset(code, by: .local) }
        // A reset that was asked for here has ended the stream before. So the library found something wrong.
        let text =
            core.wire.violation ?? complaint ?? "the message is malformed, or not as long as its content-length says"
        complaint = nil
        return .violation(HTTP2Violation(code: code, text: text))
    }
}
