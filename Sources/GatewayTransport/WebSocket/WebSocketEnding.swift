import RPCCore
import TransportSupport

/// How a call over a WebSocket ended.
struct WebSocketEnding: Hashable, Sendable {
    let call: CallEnding
    /// The code of the CLOSE frame that we send, unless the server has closed already (RFC 6455, 7.4.1).
    let closeCode: UInt16

    init(_ call: CallEnding, closeCode: UInt16 = 1000) {
        (self.call, self.closeCode) = (call, closeCode)
    }

    static func failure(_ error: CallError, rule: String, closeCode: UInt16) -> WebSocketEnding {
        WebSocketEnding(.failure(error, rule: rule), closeCode: closeCode)
    }
}
