import CNghttp2
import NIOCore

extension HTTP2SessionHandler {
    private static func own(_ data: UnsafeMutableRawPointer?) -> HTTP2SessionHandler {
        // Always set by `makeSession`.
        Unmanaged<HTTP2SessionHandler>.fromOpaque(data.unsafelyUnwrapped).takeUnretainedValue()
    }

    /// What the library calls. To be deleted by the caller.
    func makeCallbacks() -> OpaquePointer? {
        var made: OpaquePointer?
        guard nghttp2_session_callbacks_new(&made) == 0, let callbacks = made else { return nil }
        Self.setReceiving(callbacks)
        Self.setSending(callbacks)
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, code, own in
            HTTP2SessionHandler.own(own).closed(id, HTTP2ErrorCode(rawValue: code))
            return 0
        }
        nghttp2_session_callbacks_set_error_callback2(callbacks) { _, _, text, length, own in
            HTTP2SessionHandler.own(own).complaint = HTTP2SessionHandler.text(text, length, limit: 512)
            return 0
        }
        return callbacks
    }

    private static func setReceiving(_ callbacks: OpaquePointer) {
        nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, head, own in
            HTTP2SessionHandler.own(own).began(head.unsafelyUnwrapped.pointee)
            return 0
        }
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, own in
            HTTP2SessionHandler.own(own).beganHeaders(frame.unsafelyUnwrapped.pointee.hd)
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, _, name, nameLength, value, valueLength, flags, own in
            HTTP2SessionHandler.own(own).block?.add(
                UnsafeBufferPointer(start: name, count: nameLength),
                UnsafeBufferPointer(start: value, count: valueLength),
                isSensitive: flags & UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue) != 0)
            return 0
        }
        // A field that is not allowed makes the message malformed (RFC 9113, 8.2.1); the library would leave it out.
        nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks) { _, _, name, length, _, _, _, own in
            let name = HTTP2SessionHandler.text(UnsafePointer(name), length, limit: 128)
            HTTP2SessionHandler.own(own).complaint = "the header field '\(name)' has characters that are not allowed"
            return Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, data, length, own in
            HTTP2SessionHandler.own(own).received(id, UnsafeRawBufferPointer(start: data, count: length))
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, own in
            HTTP2SessionHandler.own(own).received(frame.unsafelyUnwrapped)
            return 0
        }
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, frame, code, own in
            HTTP2SessionHandler.own(own).receivedInvalid(frame.unsafelyUnwrapped.pointee.hd, code)
            return 0
        }
    }

    private static func setSending(_ callbacks: OpaquePointer) {
        nghttp2_session_callbacks_set_send_callback(callbacks) { _, data, length, _, own in
            HTTP2SessionHandler.own(own).send(UnsafeRawBufferPointer(start: data, count: length))
        }
        nghttp2_session_callbacks_set_send_data_callback(callbacks) { _, frame, head, length, source, own in
            // The core lives: it is in `streams` until the library has let go of it.
            let core = Unmanaged<StreamCore>.fromOpaque(source.unsafelyUnwrapped.pointee.ptr).takeUnretainedValue()
            return HTTP2SessionHandler.own(own).send(
                UnsafeRawBufferPointer(start: head, count: 9), length, of: core)
        }
        nghttp2_session_callbacks_set_data_source_read_length_callback(callbacks) {
            _, _, _, connection, stream, frame, _ in
            // As much as the windows and the peer's frames allow, where the library would stop at 16,384 bytes.
            max(1, min(Int(connection), Int(stream), Int(frame), HTTP2SessionHandler.frameLimit))
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, own in
            HTTP2SessionHandler.own(own).sent(frame.unsafelyUnwrapped)
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks) { _, frame, code, own in
            HTTP2SessionHandler.own(own).notSent(frame.unsafelyUnwrapped.pointee.hd, code)
            return 0
        }
    }

    /// Text from outside, bounded.
    static func text(_ start: UnsafePointer<UInt8>?, _ length: Int, limit: Int) -> String {
        String(decoding: UnsafeBufferPointer(start: start, count: min(length, limit)), as: UTF8.self)
    }

    static func text(_ start: UnsafePointer<CChar>?, _ length: Int, limit: Int) -> String {
        let bytes = UnsafeRawBufferPointer(start: start, count: min(length, limit))
        return String(decoding: bytes, as: UTF8.self)
    }
}
