import NIOHTTP1
import RPCCore
import TransportSupport

/// How much head a response may have, which is what the HTTP parser allows.
enum HeadLimit {
    private static let limits = NIOHTTPDecoderLimitConfiguration()

    /// The error of a call whose server sent more than that.
    static func error(at origin: CallError.Origin) -> CallError {
        CallError(
            .resourceExhausted,
            "the head of the server's answer is too large; the limit is \(limits.maxHeaderFieldSize / 1024) KiB for a header, "
                + "\(limits.maxHeaderFieldCount) headers, and \(limits.maxHeaderListSize / 1024) KiB for all of them",
            at: origin, advice: "look at the headers that the server sends, cookies above all")
    }
}
