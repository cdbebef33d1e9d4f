/// Something that happened on the wire, and when.
package struct HTTP2Record: Sendable {
    /// By the clock of the tap.
    package var time: Duration
    /// The number under which the tap knows the connection.
    package var connection: Int
    package var fact: HTTP2Fact
}

/// What happens on the wire of a connection.
package enum HTTP2Fact: Sendable {
    /// A frame, but for DATA. What came and is wrong, or belongs to no stream that is open, has no content. A header block
    /// that goes on in CONTINUATION frames comes behind those.
    case frame(HTTP2FrameHead, HTTP2FrameContent, HTTP2Direction)
    case data(HTTP2DataRun, HTTP2Direction)
    /// How the connection stood when the tap began to listen.
    case standing(HTTP2Overview)
    /// Bytes of a stream wait, and for what.
    case stallBegan(stream: Int, HTTP2Stall, bytes: Int)
    /// Some of them have left, after so long.
    case stallEnded(stream: Int, HTTP2Stall, after: Duration)
    /// A stream waits for others to end, since the peer allows so many at once; the number of those that wait.
    case streamWaits(waiting: Int, limit: Int)
    /// The answer to a PING of this side.
    case roundTrip(Duration)
    /// A stream is closed on both sides.
    case streamClosed(stream: Int)
    /// The peer has broken a rule; the stream, or 0 for the connection.
    case violation(HTTP2Violation, stream: Int)
    case connectionEnded(HTTP2ConnectionEnd)
}

/// What a frame says.
package enum HTTP2FrameContent: Sendable {
    case none
    /// With values that are sensitive masked.
    case headers(HTTP2HeaderBlock)
    case settings([HTTP2Setting])
    /// More window: by how much, and what may be sent, or be received, after that.
    case window(increment: Int, now: Int)
    case goAway(HTTP2GoAway)
    case reset(HTTP2ErrorCode)
}

/// DATA frames of one stream that followed each other in one read, or in one write: a message each would cost more to tell of than
/// to carry.
package struct HTTP2DataRun: Hashable, Sendable {
    package var stream: Int
    package var frames: Int
    /// Of the payloads, padding included.
    package var bytes: Int
    package var endsStream: Bool
    /// What may be sent, or be received, after that on the stream, `nil` where it is over, and on the connection.
    package var streamWindow: Int?
    package var connectionWindow: Int
}

/// How a connection stands, and what was agreed on it.
package struct HTTP2Overview: Sendable {
    package var snapshot: HTTP2Snapshot
    /// What the peer has set, and what this side has.
    package var settings: [HTTP2Setting]
    package var ownSettings: [HTTP2Setting]
}

package enum HTTP2Direction: Hashable, Sendable {
    case received
    case sent
}

/// For what bytes wait.
package enum HTTP2Stall: Hashable, Sendable {
    /// The peer gives the stream no window: it does not consume what it has.
    case streamWindow
    /// The peer gives the connection no window.
    case connectionWindow
    /// The socket is full: the network or the peer's machine is slow.
    case socket
}

/// The head of a frame (RFC 9113, 4.1).
package struct HTTP2FrameHead: Hashable, Sendable {
    package var type: UInt8
    package var flags: UInt8
    /// 0 for the connection.
    package var stream: Int
    /// Of the payload, in bytes.
    package var length: Int
}

/// How a connection stands at a moment.
package struct HTTP2Snapshot: Sendable {
    package struct Stream: Sendable {
        package var id: Int
        /// Bytes that may be sent now; 0 also where SETTINGS have shrunk the window below that (RFC 9113, 6.9.2).
        package var sendWindow: Int
        /// Bytes that the peer may send now.
        package var receiveWindow: Int
        /// Bytes that wait to be put into frames.
        package var queued: Int
    }

    package var sendWindow: Int
    package var receiveWindow: Int
    package var streams: [Stream]
    /// Streams that wait for others to end.
    package var waiting: Int
    /// Streams that the peer allows at once; `nil` before its SETTINGS.
    package var streamLimit: Int?
    package var goAway: HTTP2GoAway?
}
