import NIOCore
import RPCCore

extension CallError {
    /// The end of a call because of a payload that is not UTF-8.
    /// - Parameter what: What it is, as a sentence without a full stop.
    static func notText(_ what: String, _ payload: ByteBuffer) -> CallError {
        notText(what, payload.withUnsafeReadableBytes { UndecodedPayload($0) })
    }

    static func notText(_ what: String, _ payload: UndecodedPayload?) -> CallError {
        CallError(
            .internal, payload.map { "\(what), \($0.summary)" } ?? what, at: .decode,
            advice: "check the encoding in which the server writes its texts", undecoded: payload)
    }
}
