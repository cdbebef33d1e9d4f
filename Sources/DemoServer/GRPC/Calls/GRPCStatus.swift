import HTTP2Session
import RPCCore
import TransportSupport

/// How a call over gRPC ends that does not end well.
struct GRPCStatus: Error {
    var code: StatusCode
    var message: String
    /// What else is among the trailers.
    var metadata: [HTTP2Field] = []

    init(_ code: StatusCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What is wrong with what a client has sent.
    init(_ error: CallError) {
        self.init(error.code, error.cause)
    }

    /// What an HTTP status is called here, and the time to come again as gRFC A6 has it.
    init(_ status: DemoFaults.Status) {
        self.init(StatusMapping.statusCode(ofHTTP: status.code), "HTTP \(status.code), as ordered")
        if let seconds = status.retryAfter {
            metadata = [HTTP2Field(Pushback.metadataKey, String(seconds * 1000))]
        }
    }
}
