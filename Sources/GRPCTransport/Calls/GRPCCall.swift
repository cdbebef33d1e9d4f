import RPCCore
import Spool
import TransportSupport

/// One call: a single RPC where requests are streamed, else one RPC for each request of the plan, one after another.
struct GRPCCall: Sendable {
    let context: CallContext
    let call: Call
    let recorder: CallRecorder
    private let ledger: MessageLedger

    init(context: CallContext, call: Call, recorder: CallRecorder) {
        self.context = context
        self.call = call
        self.recorder = recorder
        ledger = MessageLedger(call.kind, order: call.replyOrder)
    }

    /// Runs the call to its end.
    func run() async -> CallEnding {
        var ending = await end()
        ending.withdrawn = ledger.withdrawn
        return ending
    }

    private func end() async -> CallEnding {
        let limit = call.options.limit(fromStart: recorder.start, clock: context.clock)
        return await .of(within: limit, failing: "the connection failed") {
            if call.kind.streamsRequests { return try await stream(limit) }
            return try await withTaskExecutorPreference(context.executor) { try await exchangeAll(limit) }
        }
    }

    // MARK: Streams of requests

    private func stream(_ limit: TimeLimit) async throws -> CallEnding {
        let ending = try await namedStream(limit)
        let isComplete = ledger.isHalfClosed && ledger.withdrawn == 0
        if !isComplete, ending.isByServer { recorder.cutShort(call.plan) }
        // A status that comes before our half-close says nothing of what was sent: the server may not have read it.
        if isComplete, ending.error == nil { await recorder.acknowledged(upTo: ledger.requests) }
        return ending
    }

    /// Makes the exchange of a stream; once more under the other name of its method where the server does not know it by
    /// the usual one, and nobody has chosen that.
    ///
    /// A server that does not know a method says so at once, and reads no request. The requests that were written by then
    /// are kept, and are the first of the second exchange; they are told of, and counted, once.
    private func namedStream(_ limit: TimeLimit) async throws -> CallEnding {
        let method = self.method
        guard chosenMethod == nil, let other = call.method.ref.otherFullName, context.names[method] == nil
        else { return try await exchange(.plan(call.plan), method, limit) }
        let plan = SpooledPlan(call.plan, spool: RequestSpool(diskLimit: 0))
        let ending = try await exchange(.plan(plan), method, limit)
        guard ending.isUnknownMethod, plan.isComplete else {
            if ending.error == nil { context.names.remember(method, for: method) }
            return ending
        }
        plan.commit()
        await recorder.notice("the server knows no \(method); it was called again, as \(other)")
        ledger.beginAgain()
        var second = try await exchange(.plan(plan), other, limit)
        if second.isUnknownMethod {
            second.error?.cause = "the server knows neither \(method) nor \(other)"
            second.error?.advice =
                "ask the server what it has: 'greeter-tui list', or m in the workbench; --method \(call.kind.rawValue)=NAME names it"
        } else if second.error?.origin != .receive {
            context.names.remember(other, for: method)
        }
        return second
    }

    /// The method that is called.
    private var method: String {
        let usual = call.method.ref.fullName
        return chosenMethod ?? context.names[usual] ?? usual
    }

    /// The method that the call, or the configuration, asks for.
    private var chosenMethod: String? {
        call.options.method.flatMap { MethodRef.fullName(of: $0, in: call.method.ref.service) }
            ?? context.configuration.methods[call.kind]
    }

    // MARK: One RPC for each request

    private func exchangeAll(_ limit: TimeLimit) async throws -> CallEnding {
        try await SerialCall(call, .protobuf, recorder: recorder).run(within: limit) { count in
            count == 1 ? "the server ended the call: OK" : "the server ended all \(count) calls: OK"
        } _: { request, _, limit in
            try await exchange(.one(request), method, limit)
        }
    }

    // MARK: One RPC

    private func exchange(_ feed: RequestFeed, _ method: String, _ limit: TimeLimit) async throws -> CallEnding {
        let timeout = limit.instant.map { $0 - context.clock.now }
        let exchange = Exchange(
            context: context, call: call, recorder: recorder, ledger: ledger, feed: feed, method: method,
            repliesBefore: ledger.replies)
        return try await RPC(context: context, method: method, isUnaryRequest: !call.kind.streamsRequests)
            .open(timeout: timeout) { await exchange.run($0) }
    }
}

/// Where the requests of an RPC come from.
enum RequestFeed: Sendable {
    case one(Payload)
    case plan(any RequestPlan)
}
