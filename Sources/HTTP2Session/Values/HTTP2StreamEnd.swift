/// How what the peer sends on a stream has come to its end.
package enum HTTP2StreamEnd: Sendable {
    /// With END_STREAM, as it should.
    case complete
    /// With RST_STREAM. From the peer also with NO_ERROR: it has said all, and wants no more (RFC 9113, 8.1).
    case reset(HTTP2ErrorCode, by: HTTP2Side)
    /// The peer has processed nothing of it: all may be sent again elsewhere (RFC 9113, 8.7).
    case refused(HTTP2Refusal)
    /// A header block was larger than this side accepts; sizes as in SETTINGS_MAX_HEADER_LIST_SIZE.
    case headersTooLarge(size: Int, limit: Int)
    /// What the peer sent on the stream breaks the rules; the stream was reset, the connection goes on.
    case violation(HTTP2Violation)
    /// The connection has ended first. Whether the peer has processed anything is unknown.
    case connectionLost(HTTP2ConnectionEnd)
}

package enum HTTP2Side: Hashable, Sendable {
    case local
    case peer
}

/// Why it is certain that a stream was not processed.
package enum HTTP2Refusal: Sendable {
    /// The peer has reset it with REFUSED_STREAM.
    case reset
    /// It is beyond the last stream of the peer's GOAWAY, or was asked for after that.
    case goAway(HTTP2GoAway)
    /// The connection ended, or was going to, before a byte of it was sent.
    case notSent(HTTP2ConnectionEnd?)
}

/// A rule of the protocol that the peer has broken.
package struct HTTP2Violation: Hashable, Sendable {
    /// The code with which this side has answered.
    package var code: HTTP2ErrorCode
    /// What was wrong, in the words of the library; at most 512 bytes, some of which may be the peer's.
    package var text: String
}

/// A GOAWAY frame (RFC 9113, 6.8).
package struct HTTP2GoAway: Hashable, Sendable {
    package var code: HTTP2ErrorCode
    /// The last stream that may have been processed.
    package var lastStreamID: Int
    /// The debug data, as text; at most 1,024 bytes.
    package var text: String
}

/// How a connection ended.
package struct HTTP2ConnectionEnd: Sendable {
    package enum Reason: Sendable {
        /// The peer has closed it.
        case closedByPeer
        /// This side has closed it.
        case closedHere
        /// It broke: the error of the socket or of TLS.
        case broken(any Error)
        /// No answer to a keep-alive PING, nor anything else, within the time given.
        case silent(Duration)
        /// The peer has broken a rule that ends the connection.
        case violation(HTTP2Violation)
        /// The peer does not speak HTTP/2: the first bytes that it sent, at most 64.
        case notHTTP2([UInt8])
    }

    package var reason: Reason
    /// The peer's last GOAWAY, if it sent one: often the real reason.
    package var goAway: HTTP2GoAway?
}
