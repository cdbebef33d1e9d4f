package import RPCCore

/// A unary call or a server stream: one exchange for each request of the plan, one after another.
package struct SerialCall: Sendable {
    private let call: Call
    private let encoding: Payload.Encoding
    private let recorder: CallRecorder

    package init(_ call: Call, _ encoding: Payload.Encoding, recorder: CallRecorder) {
        self.call = call
        self.encoding = encoding
        self.recorder = recorder
    }

    /// Makes the exchanges. The first that fails ends the call.
    /// - Parameters:
    ///   - limit: By when all of them must be done.
    ///   - rule: What ends the call well after so many exchanges, in words.
    ///   - exchange: Makes one, of the request of a number, which must be done by a time.
    package func run(
        within limit: TimeLimit, ending rule: @escaping @Sendable (_ count: Int) -> String,
        _ exchange: @escaping @Sendable (Payload, _ number: Int, TimeLimit) async throws -> CallEnding
    ) async throws -> CallEnding {
        guard call.options.deadlineStart == .halfClose, let deadline = call.options.deadline else {
            return try await run(ending: rule) { try await exchange($0, $1, limit) }
        }
        let (options, clock) = (call.options, recorder.clock)
        let own = SerialLimit(deadline, clock: clock, error: options.deadlineError)
        return try await own.run {
            try await run(ending: rule) { request, number in
                own.begin()
                defer { own.end() }
                return try await exchange(request, number, options.limit(fromHalfClose: clock.now, clock: clock))
            }
        }
    }

    private func run(
        ending rule: (Int) -> String, _ exchange: (Payload, Int) async throws -> CallEnding
    ) async throws -> CallEnding {
        var source = PlanSource(call.plan, call.encoder(encoding), clock: recorder.clock)
        var last: CallEnding?
        var count = 0
        while let request = try await source.next(atMost: 1)?.first {
            count += 1
            let ending = try await exchange(request, count)
            guard ending.error == nil else { return ending }
            await recorder.acknowledged(upTo: count)
            last = ending
        }
        guard let last else {
            throw CallError(
                .invalidArgument, "a \(call.kind.title) call needs a request", at: .plan,
                advice: "add a request to the plan")
        }
        await recorder.halfClosed()
        await recorder.serverFinished()
        return CallEnding(
            rule: rule(count), result: call.kind == .unary ? recorder.delivery.received : nil, trailers: last.trailers)
    }
}
