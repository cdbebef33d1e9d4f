import RPCCore

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
