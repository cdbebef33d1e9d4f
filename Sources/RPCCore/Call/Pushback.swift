/// What a server asks of a client whose call it has failed.
public enum Pushback: Hashable, Sendable {
    /// To wait so long, zero or more, before another attempt: `Retry-After` (RFC 9110, 10.2.3), the field `retry:` of
    /// server-sent events (WHATWG HTML, 9.2.6), or ``metadataKey`` with a number of zero or more.
    case wait(Duration)
    /// Not to make the call again.
    case stop

    /// The trailer in which gRPC servers ask (gRPC proposal A6, "Pushback").
    public static let metadataKey = "grpc-retry-pushback-ms"

    /// Reads the value of ``metadataKey``: milliseconds. A negative number forbids another attempt, and so does what is no
    /// number that a client could wait for.
    public init(milliseconds text: String) {
        guard let number = Int32(text), number >= 0 else {
            self = .stop
            return
        }
        self = .wait(.milliseconds(number))
    }
}
