import CNghttp2
import NIOCore

extension HTTP2SessionHandler {
    /// Makes the session and sends the preface (RFC 9113, 3.4).
    func start() {
        guard session == nil, core.shared.withLock({ $0.end == nil }), let context else { return }
        guard let session = makeSession() else {
            return end(.violation(HTTP2Violation(code: .internalError, text: "the library has no memory")))
        }
        self.session = session
        let loop = context.eventLoop
        lastRead = loop.now
        let bound = NIOLoopBound(self, eventLoop: loop)
        tap?.add(self) { loop.execute { bound.value.join() } }
        core.shared.withLock {
            $0.wake = {
                if loop.inEventLoop, bound.value.canServe {
                    bound.value.service()
                } else {
                    loop.execute { bound.value.service() }
                }
            }
        }

        isTapped = tap?.isListening ?? false
        submit(ownSettings)
        let window = Int32(clamping: configuration.connectionWindow)
        if window > 65_535 { check(nghttp2_session_set_local_window_size(session, 0, 0, window)) }
        if let keepAlive = configuration.keepAlive { watchForLife(keepAlive, after: keepAlive.interval) }
        // What was asked for before the channel was active.
        service()
        watchIdleness()
    }

    private var ownSettings: [HTTP2Setting] {
        var settings: [HTTP2Setting] = [
            .initialWindowSize(UInt32(clamping: configuration.streamWindow)),
            .maximumHeaderListSize(UInt32(clamping: configuration.maximumHeaderListSize)),
        ]
        if isServer {
            settings.append(.maximumConcurrentStreams(UInt32(clamping: configuration.maximumConcurrentStreams)))
        } else {
            settings.append(.enablePush(false))
        }
        return settings
    }

    /// Sends SETTINGS.
    func submit(_ settings: [HTTP2Setting]) {
        let entries = settings.map { nghttp2_settings_entry(settings_id: Int32($0.identifier), value: $0.value) }
        guard check(nghttp2_submit_settings(session, 0, entries, entries.count)) else { return }
        if tap != nil { currentSettings.merge(settings) }
        // The library moves the windows of the streams when the peer acknowledges.
        for setting in settings where setting.identifier == UInt16(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue) {
            for stream in streams.values { stream.windowChanged(Int(setting.value)) }
        }
    }

    private func makeSession() -> OpaquePointer? {
        var option: OpaquePointer?
        guard nghttp2_option_new(&option) == 0, let option else { return nil }
        defer { nghttp2_option_del(option) }
        nghttp2_option_set_no_auto_window_update(option, 1)
        nghttp2_option_set_max_outbound_ack(option, configuration.maximumUnsentAnswers)
        // Frames of 16,384 bytes, so that a block that is too large, but not endless, is read to its end and its size told.
        cnghttp2_set_max_continuations(option, blockLimit / 16_384)
        nghttp2_option_set_max_reserved_remote_streams(option, 0)
        nghttp2_option_set_max_send_header_block_length(option, Self.headersLimit)
        cnghttp2_set_lenient_spaces(option)
        guard let callbacks = makeCallbacks() else { return nil }
        defer { nghttp2_session_callbacks_del(callbacks) }
        // The session does not outlive the handler, which deletes it.
        let own = Unmanaged.passUnretained(self).toOpaque()
        var session: OpaquePointer?
        let code =
            isServer
            ? nghttp2_session_server_new2(&session, callbacks, own, option)
            : nghttp2_session_client_new2(&session, callbacks, own, option)
        return code == 0 ? session : nil
    }

    /// Ends the connection where a call of the library has failed for a reason that leaves it unusable.
    /// - Returns: whether the call has succeeded.
    @discardableResult
    func check(_ code: Int32) -> Bool {
        if code < 0, nghttp2_is_fatal(code) != 0 { abort(code) }
        return code >= 0
    }

    /// Ends the connection after an error from which the session cannot go on, telling the peer why.
    func abort(_ code: Int32) {
        guard code != NGHTTP2_ERR_FLOODED.rawValue else {
            let limit = configuration.maximumUnsentAnswers
            let text = "more than \(limit) PING and SETTINGS frames came whose answers were not read"
            return abort(HTTP2Violation(code: .enhanceYourCalm, text: text))
        }
        let text = complaint ?? String(cString: nghttp2_strerror(code))
        abort(HTTP2Violation(code: .protocolError, text: text))
    }

    func abort(_ violation: HTTP2Violation) {
        guard reason == nil, let context else { return }
        record(.violation(violation, stream: 0))
        reason = firstBytesAreForeign ? .notHTTP2(firstBytes) : .violation(violation)
        // The library sends nothing any more after such an error (RFC 9113, 5.4.1).
        var frame = context.channel.allocator.buffer(capacity: 17 + violation.text.utf8.count)
        frame.writeInteger(UInt32(8 + violation.text.utf8.count) << 8 | UInt32(NGHTTP2_GOAWAY.rawValue))
        frame.writeInteger(0 as UInt8)
        frame.writeInteger(0 as UInt32)
        frame.writeInteger(UInt32(clamping: nghttp2_session_get_last_proc_stream_id(session)))
        frame.writeInteger(violation.code.rawValue)
        frame.writeString(violation.text)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        context.close(promise: nil)
    }

    /// The largest header block that is sent, in bytes: what a peer accepts is for the peer to say.
    private static let headersLimit = 32 * 1024 * 1024

    /// Bytes on the wire after which a header block counts as endless.
    var blockLimit: Int { 2 * configuration.maximumHeaderListSize + (1 << 20) }

    /// Whether the peer has not spoken HTTP/2 so far.
    var firstBytesAreForeign: Bool { !hasPeerSettings && !firstBytes.isEmpty }
}
