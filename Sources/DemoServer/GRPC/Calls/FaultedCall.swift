import HTTP2Session
import RPCCore

/// A call that is struck by the faults that are ordered, whatever the service.
protocol FaultedCall {
    var configuration: DemoServerConfiguration { get }
    var faults: FaultRun { get }
    var call: ServedCall { get }
}

extension FaultedCall {
    static var failure: GRPCStatus { GRPCStatus(.unknown, FaultRun.failure) }

    var replies: ReplyWriter { call.replies }

    /// Waits, with what was written before on its way.
    func pause(_ time: Duration) async throws {
        guard time > .zero else { return }
        try await replies.flush()
        try await call.pause(time)
    }

    /// What strikes a call before it is looked at.
    func begin() async throws {
        if let code = faults.saysGoAway().map(HTTP2ErrorCode.init(rawValue:)) {
            // As servers put it that are pinged too often (gRFC A8).
            let text = code == .enhanceYourCalm ? "too_many_pings" : "as ordered"
            call.stream.carrier.goAway(code, text: text, before: call.stream)
            try await call.untilLeft()
        }
        if let status = faults.ordered.status { throw GRPCStatus(status) }
    }

    /// Lets happen what was ordered for the request, or the reply of a server stream, that has just been served.
    func strike(after number: Int) async throws {
        guard let strike = faults.strike(afterMessage: number) else { return }
        if strike == .fail { throw Self.failure }
        // What came before is served.
        try await replies.flush()
        await call.stream.drained()
        switch strike {
        case .cut: call.stream.carrier.close()
        case .reset(let code): call.stream.reset(HTTP2ErrorCode(rawValue: code))
        case .fail: break
        }
        // What is let go of sooner is reset before the connection is closed.
        try await call.untilLeft()
    }

    func stallIfOrdered() async throws {
        guard faults.ordered.stalls else { return }
        replies.begin()
        try await call.untilLeft()
    }
}
