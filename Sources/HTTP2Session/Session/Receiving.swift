import CNghttp2
import NIOCore
import Synchronization

extension HTTP2SessionHandler {
    /// Interim responses (1xx) of one stream.
    private static let interimLimit = 16

    /// Gives the library what was read from the socket.
    func receive(_ buffer: ByteBuffer) {
        guard let session, reason == nil, let context else { return }
        isTapped = tap?.isListening ?? false
        if configuration.keepAlive != nil { lastRead = context.eventLoop.now }
        if !hasPeerSettings { firstBytes += buffer.readableBytesView.prefix(64 - firstBytes.count) }
        guard take(buffer, session) else { return }
        // Libraries without a limit of their own would read it for ever.
        if let block, block.continuations > blockLimit {
            let text = "a header block goes on after \(block.continuations) bytes"
            abort(HTTP2Violation(code: .enhanceYourCalm, text: text))
        }
    }

    /// Bytes that the library is given at a time: fewer PINGs than it may have answers waiting.
    private static let portion = 8 * 1024

    /// A peer may ask more in one read than may wait to be answered. Only where it does not take the answers it is a flood: so they
    /// are sent while there is more to read.
    /// - Returns: whether the session goes on.
    private func take(_ buffer: ByteBuffer, _ session: OpaquePointer) -> Bool {
        let limit = configuration.maximumUnsentAnswers / 2
        return buffer.withUnsafeReadableBytes { bytes in
            var rest = bytes.bindMemory(to: UInt8.self)
            while !rest.isEmpty {
                let portion = UnsafeBufferPointer(rebasing: rest.prefix(Self.portion))
                let used = nghttp2_session_mem_recv(session, portion.baseAddress, portion.count)
                if used < 0 {
                    abort(Int32(clamping: used))
                    return false
                }
                rest = UnsafeBufferPointer(rebasing: rest.dropFirst(portion.count))
                if nghttp2_session_get_outbound_queue_size(session) > limit { flushWithinRead() }
                if reason != nil { return false }
            }
            return true
        }
    }

    private func flushWithinRead() {
        isReading = false
        flush()
        isReading = true
    }

    /// Tells the tasks what has come.
    func deliverTouched() {
        for core in touched {
            core.wire.isTouched = false
            // Before its end is told: who lets go of a stream that is over has nothing more to say to the loop.
            if core.wire.isClosed { core.close(core.wire.queue.removeAll()) }
            core.deliver(core.wire.takeEvents())
        }
        touched.removeAll(keepingCapacity: true)
    }

    func touch(_ core: StreamCore) {
        guard !core.wire.isTouched else { return }
        core.wire.isTouched = true
        touched.append(core)
    }

    func stream(_ id: Int32) -> StreamCore? {
        if let newest, newest.wire.id == id { return newest }
        newest = streams[id]
        return newest
    }

    // MARK: Called by the library

    func began(_ head: nghttp2_frame_hd) {
        if head.type == UInt8(NGHTTP2_CONTINUATION.rawValue) {
            block?.continuations += 9 + head.length
        } else {
            // The next frame begins, so the block before it is over.
            block = nil
        }
        if isTapped { recordBeginning(of: head) }
    }

    func beganHeaders(_ head: nghttp2_frame_hd) {
        block = IncomingBlock(stream: head.stream_id, limit: configuration.maximumHeaderListSize)
        guard let accept, streams[head.stream_id] == nil else { return }
        let core = StreamCore(configuration: configuration)
        core.wire.id = head.stream_id
        core.id.store(head.stream_id, ordering: .relaxed)
        streams[head.stream_id] = core
        idleTimer?.cancel()
        idleTimer = nil
        accept(HTTP2Stream(core: core, connection: self.core))
    }

    func received(_ id: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32 {
        // Read is read: a stream that is not consumed must not hold up the others.
        let code = nghttp2_session_consume_connection(session, bytes.count)
        guard code == 0 else { return Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
        guard let core = stream(id), !core.wire.hasEnded, let context else { return 0 }
        touch(core)
        if core.wire.batch == nil {
            core.wire.batch = context.channel.allocator.buffer(capacity: max(256, bytes.count))
        }
        core.wire.batch?.writeBytes(bytes)
        return 0
    }

    func received(_ pointer: UnsafePointer<nghttp2_frame>) {
        let head = pointer.pointee.hd
        if isTapped, head.type != UInt8(NGHTTP2_HEADERS.rawValue) { recordFrame(pointer.pointee, nil, .received) }
        switch nghttp2_frame_type(UInt32(head.type)) {
        case NGHTTP2_DATA: if head.flags & 1 != 0, let core = stream(head.stream_id) { complete(core) }
        case NGHTTP2_HEADERS: receivedHeaders(pointer.pointee)
        case NGHTTP2_RST_STREAM:
            let code = HTTP2ErrorCode(rawValue: pointer.pointee.rst_stream.error_code)
            stream(head.stream_id)?.wire.resetByPeer = code
        case NGHTTP2_SETTINGS: receivedSettings(pointer.pointee.settings)
        case NGHTTP2_PING: if head.flags & 1 != 0 { receivedAnswer(pointer.pointee.ping) }
        case NGHTTP2_GOAWAY: receivedGoAway(pointer.pointee.goaway)
        default: break
        }
    }

    private func receivedHeaders(_ frame: nghttp2_frame) {
        let head = frame.hd
        guard let block = block.take() else { return }
        let endsStream = head.flags & 1 != 0
        let whole = HTTP2HeaderBlock(
            headers: HTTP2Headers(block.fields), size: block.size, encodedSize: head.length, endsStream: endsStream)
        if isTapped {
            recordFrame(frame, whole, .received)
            askForRoundTrip()
        }
        guard let core = stream(head.stream_id), !core.wire.hasEnded else { return }
        touch(core)
        guard !block.isTooLarge else {
            return refuse(
                core, .headersTooLarge(size: block.size, limit: configuration.maximumHeaderListSize), .cancel)
        }
        if core.wire.hasHead {
            core.wire.append(.trailers(whole))
        } else if !isServer, whole.headers[":status"]?.first == "1" {
            core.wire.interims += 1
            guard core.wire.interims <= Self.interimLimit else {
                let violation = HTTP2Violation(
                    code: .enhanceYourCalm, text: "more than \(Self.interimLimit) interim responses")
                return refuse(core, .violation(violation), .enhanceYourCalm)
            }
            core.wire.append(.interim(whole))
        } else {
            core.wire.hasHead = true
            core.wire.append(.head(whole))
        }
        if endsStream { complete(core) }
    }

    private func receivedSettings(_ settings: nghttp2_settings) {
        guard settings.hd.flags & 1 == 0 else { return }
        if tap != nil { peerSettings.merge(Self.entries(settings)) }
        guard !hasPeerSettings else { return }
        hasPeerSettings = true
        firstBytes = []
        core.update { $0.hasSettings = true }
    }

    private func receivedGoAway(_ frame: nghttp2_goaway) {
        let value = HTTP2GoAway(frame)
        goAway = value
        core.update { $0.goAway = value }
    }

    func receivedInvalid(_ head: nghttp2_frame_hd, _ code: Int32) {
        guard let core = stream(head.stream_id) else { return }
        core.wire.violation = complaint ?? String(cString: nghttp2_strerror(code))
        complaint = nil
    }

    /// The peer's half of the stream has ended as it should.
    private func complete(_ core: StreamCore) {
        guard !core.wire.hasEnded else { return }
        core.wire.hasEnded = true
        core.wire.append(.end(.complete))
        touch(core)
    }
}

extension HTTP2HeaderBlock {
    var redacted: HTTP2HeaderBlock {
        var copy = self
        copy.headers = headers.redacted
        return copy
    }
}

extension HTTP2FrameHead {
    init(_ head: nghttp2_frame_hd) {
        self.init(type: head.type, flags: head.flags, stream: Int(head.stream_id), length: head.length)
    }
}

extension [HTTP2Setting] {
    /// The newest value of each parameter; of those that nobody knows, at most as many as there are others.
    mutating func merge(_ newer: [HTTP2Setting]) {
        for setting in newer {
            if let index = firstIndex(where: { $0.identifier == setting.identifier }) {
                self[index] = setting
            } else if count < 32 {
                append(setting)
            }
        }
    }
}

extension HTTP2GoAway {
    init(_ frame: nghttp2_goaway) {
        self.init(
            code: HTTP2ErrorCode(rawValue: frame.error_code), lastStreamID: Int(frame.last_stream_id),
            text: HTTP2SessionHandler.text(
                UnsafePointer<UInt8>(frame.opaque_data), frame.opaque_data_len, limit: 1024))
    }
}
