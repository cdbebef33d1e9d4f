package import NIOCore

/// What comes on a stream, in order. ``end(_:)`` is the last, and comes always.
package enum HTTP2StreamEvent: Sendable {
    /// An interim response (1xx).
    case interim(HTTP2HeaderBlock)
    /// The header block of the request or of the response.
    case head(HTTP2HeaderBlock)
    /// Bytes of one or many DATA frames, without padding.
    case data(ByteBuffer)
    case trailers(HTTP2HeaderBlock)
    case end(HTTP2StreamEnd)
}
