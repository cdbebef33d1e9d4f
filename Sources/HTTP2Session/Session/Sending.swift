import CNghttp2
import NIOCore

extension HTTP2SessionHandler {
    /// The largest payload of a DATA frame that is sent, whatever the peer accepts.
    static let frameLimit = 64 * 1024
    /// Bytes that are gathered before they are given to the socket.
    private static let writeLimit = 64 * 1024

    /// Sends what the library has to send, as far as the socket takes it.
    ///
    /// A full socket stops the library too: the answers that a peer asks for without reading then count against
    /// ``HTTP2Configuration/maximumUnsentAnswers``.
    func flush() {
        guard !isReading, !isFlushing, reason == nil, let session, let context else { return }
        isFlushing = true
        isTapped = tap?.isListening ?? false
        startWaiting()
        var size = 512
        while context.channel.isWritable {
            isFull = false
            if out.capacity == 0 { out = context.channel.allocator.buffer(capacity: size) }
            let code = nghttp2_session_send(session)
            guard code == 0 else {
                isFlushing = false
                return abort(code)
            }
            guard out.readableBytes > 0 else { break }
            size = out.readableBytes
            context.writeAndFlush(wrapOutboundOut(out), promise: nil)
            out = ByteBuffer()
            guard isFull else { break }
        }
        isFlushing = false
        recordRun()
        settle()
        if closesAfterFlush, out.readableBytes == 0 { return end(.closedHere) }
        if nghttp2_session_want_read(session) == 0, nghttp2_session_want_write(session) == 0 { close() }
    }

    /// Tells the tasks what has left, and what has ended by being sent.
    private func settle() {
        if !watched.isEmpty { watchStalls() }
        for core in moved {
            core.left(core.wire.moved)
            core.wire.moved = 0
        }
        moved.removeAll(keepingCapacity: true)
        deliverTouched()
    }

    /// The session is over: everything that was to be sent is sent, and nothing will be read.
    private func close() {
        end(failure ?? .closedHere)
    }

    // MARK: Called by the library

    func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard out.readableBytes < Self.writeLimit else {
            isFull = true
            return Int(NGHTTP2_ERR_WOULDBLOCK.rawValue)
        }
        out.writeBytes(bytes)
        return bytes.count
    }

    func send(_ head: UnsafeRawBufferPointer, _ length: Int, of core: StreamCore) -> Int32 {
        guard out.readableBytes < Self.writeLimit else {
            isFull = true
            return Int32(NGHTTP2_ERR_WOULDBLOCK.rawValue)
        }
        out.writeBytes(head)
        core.wire.queue.move(length, to: &out)
        if core.wire.moved == 0, length > 0 { moved.append(core) }
        core.wire.moved += length
        return 0
    }

    /// The next bytes of a stream: how many, and whether they are the last.
    static let readSource: nghttp2_data_source_read_callback = { session, id, _, limit, flags, source, _ in
        guard let flags, let source, let pointer = source.pointee.ptr else {
            return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
        }
        let core = Unmanaged<StreamCore>.fromOpaque(pointer).takeUnretainedValue()
        let count = min(limit, core.wire.queue.bytes)
        let isLast = core.wire.isFinished && count == core.wire.queue.bytes
        guard count > 0 || isLast else {
            core.wire.isDeferred = true
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
        guard isLast else { return count }
        flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
        core.wire.hasSentEnd = true
        if let trailers = core.wire.trailers {
            flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
            let code = trailers.withFields { nghttp2_submit_trailer(session, id, $0.baseAddress, $0.count) }
            guard code == 0 else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
        }
        return count
    }

    func sent(_ pointer: UnsafePointer<nghttp2_frame>) {
        let head = pointer.pointee.hd
        if isTapped { recordFrame(pointer.pointee, nil, .sent) }
        if head.type == UInt8(NGHTTP2_GOAWAY.rawValue) { sentGoAway(pointer.pointee.goaway) }
        if isServer, head.type <= 1, head.flags & 1 != 0, let core = streams[head.stream_id] { endUnwanted(core) }
    }

    /// The library ends a connection on which the peer has broken a rule, and says in the frame which.
    private func sentGoAway(_ frame: nghttp2_goaway) {
        let value = HTTP2GoAway(frame)
        guard value.code != .noError, ownGoAway != value.code else { return }
        let text = value.text.isEmpty ? complaint ?? "" : value.text
        let violation = HTTP2Violation(code: value.code, text: text.isEmpty ? Self.description(of: value.code) : text)
        record(.violation(violation, stream: 0))
        failure = firstBytesAreForeign ? .notHTTP2(firstBytes) : .violation(violation)
    }

    /// What was wrong, where the library does not say.
    private static func description(of code: HTTP2ErrorCode) -> String {
        guard code == .compressionError else { return code.description }
        // NGHTTP2_HD_MAX_NV
        return
            "a header block cannot be decompressed: it is corrupt, or has a name or a value of more than 65,536 bytes"
    }

    func notSent(_ head: nghttp2_frame_hd, _ code: Int32) {
        guard head.type == UInt8(NGHTTP2_HEADERS.rawValue), let core = streams[head.stream_id], !isServer,
            !core.wire.hasHead
        else { return }
        streams[head.stream_id] = nil
        openCount -= 1
        drop(core, goAway.map { .goAway($0) } ?? .notSent(nil))
    }
}

extension HTTP2Headers {
    /// The fields as the library takes them, which copies them.
    func withFields<Value>(_ body: (UnsafeBufferPointer<nghttp2_nv>) -> Value) -> Value {
        var text: [UInt8] = []
        text.reserveCapacity(fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count })
        for field in fields {
            text += field.name.utf8
            text += field.value.utf8
        }
        // Where there are no bytes, any address will do for a field of none.
        if text.isEmpty { text = [0] }
        return text.withUnsafeMutableBufferPointer { text in
            var next = text.baseAddress
            let pairs = fields.map { field in
                let (name, value) = (field.name.utf8.count, field.value.utf8.count)
                defer { next = next?.advanced(by: name + value) }
                let flags = field.isSensitive ? NGHTTP2_NV_FLAG_NO_INDEX.rawValue : NGHTTP2_NV_FLAG_NONE.rawValue
                return nghttp2_nv(
                    name: next, value: next?.advanced(by: name), namelen: name, valuelen: value, flags: UInt8(flags))
            }
            return pairs.withUnsafeBufferPointer(body)
        }
    }
}
