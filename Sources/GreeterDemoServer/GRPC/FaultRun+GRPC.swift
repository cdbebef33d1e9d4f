import GRPCCore
import GreeterCore
import TransportSupport

extension FaultRun {
    /// What happens to a call that has been served so many requests or, where there is one, been sent so many replies.
    func strike(afterMessage number: Int) -> GRPCStrike? {
        if number == ordered.dropAfter, dropsNow() { return .cut }
        if number == 1, let code = ordered.reset { return .reset(code) }
        return number == ordered.error ? .fail : nil
    }
}

/// What happens to a call over gRPC.
enum GRPCStrike: Hashable {
    /// The connection is cut.
    case cut
    /// The stream is reset with this error code.
    case reset(UInt32)
    /// The service fails.
    case fail
}

extension RPCError {
    /// What an HTTP status is called here, and the time to come again as gRFC A6 has it.
    init(_ status: DemoFaults.Status) {
        let code = Status.Code(rawValue: StatusMapping.statusCode(ofHTTP: status.code).rawValue)
        var metadata = Metadata()
        if let seconds = status.retryAfter {
            metadata.addString(String(seconds * 1000), forKey: Pushback.metadataKey)
        }
        self.init(
            code: code.flatMap { RPCError.Code($0) } ?? .unknown, message: "HTTP \(status.code), as ordered",
            metadata: metadata)
    }
}
