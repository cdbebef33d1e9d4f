import GRPCCore
import GreeterCore
import GreeterProtos

/// One call of the Greeter service, with the faults that strike it.
///
/// Holds no more than ``GreetedNames`` does, however long the stream.
struct GreeterCall: Sendable {
    typealias Requests = RPCAsyncSequence<Helloworld_HelloRequest, any Error>
    typealias Replies = RPCWriter<GRPCReply>

    let configuration: DemoServerConfiguration
    let faults: FaultRun
    /// By which delays are measured.
    let clock: any CallClock
    let streams: StreamRegistry
    /// The number of the stream that the call is on.
    let stream: Int
    let cancellation: ServerContext.RPCCancellationHandle

    // MARK: The four kinds, each with the number of requests that it has served

    /// The request of a kind that has one.
    func onlyRequest(of requests: Requests) async throws -> HelloRequest {
        for try await message in requests {
            let request = HelloRequest(message)
            try check(request)
            return request
        }
        throw RPCError(code: .internalError, message: "There is no request")
    }

    func greet(_ request: HelloRequest?, _ replies: Replies) async throws -> Int {
        guard let request else { return 0 }
        try await stallIfOrdered()
        try await strike(after: 1)
        if faults.ordered.error != nil { throw Self.failure }
        try await pause(configuration.thinkTime)
        try await write(Greeting.reply(to: request), replies)
        return 1
    }

    func greetRepeatedly(_ request: HelloRequest?, _ replies: Replies) async throws -> Int {
        guard let request else { return 0 }
        try await stallIfOrdered()
        for number in 1...configuration.greetings {
            try await pause(configuration.thinkTime)
            try await write(Greeting.reply(to: request, number: number, of: configuration.greetings), replies)
            try await strike(after: number)
        }
        return 1
    }

    func greetAll(_ requests: Requests, _ replies: Replies) async throws -> Int {
        try await stallIfOrdered()
        var names = GreetedNames()
        for try await message in requests {
            let request = HelloRequest(message)
            try check(request)
            names.add(request)
            try await strike(after: names.count)
        }
        try await pause(configuration.thinkTime)
        try await write(names.reply, replies)
        return names.count
    }

    func greetEach(_ requests: Requests, _ replies: Replies) async throws -> Int {
        try await stallIfOrdered()
        var count = 0
        for try await message in requests {
            let request = HelloRequest(message)
            try check(request)
            count += 1
            try await write(Greeting.reply(to: request), replies)
            try await strike(after: count)
        }
        try await pause(configuration.thinkTime)
        return count
    }

    private func check(_ request: HelloRequest) throws {
        if request.hasBlankName { throw RPCError(code: .invalidArgument, message: Greeting.emptyName) }
    }

    private func write(_ reply: HelloReply, _ replies: Replies) async throws {
        try await pause(faults.nextDelay())
        try await replies.write(GRPCReply(reply: reply, isBroken: faults.breaksReply()))
    }

    // MARK: Faults

    static let failure = RPCError(code: .unknown, message: FaultRun.failure)

    /// What strikes a call before it is looked at.
    func begin() async throws {
        if faults.saysGoAway() {
            await streams.sayGoAway(stream)
            throw CancellationError()
        }
        if let status = faults.ordered.status { throw RPCError(status) }
    }

    /// Lets happen what was ordered for the request, or the reply of a server stream, that has just been served.
    private func strike(after number: Int) async throws {
        switch faults.strike(afterMessage: number) {
        case nil: return
        case .cut: await streams.cut(stream)
        case .reset(let code): await streams.reset(stream, code: code)
        case .fail: throw Self.failure
        }
        throw CancellationError()
    }

    private func stallIfOrdered() async throws {
        if faults.ordered.stalls { try await cancellation.cancelled }
    }

    /// Waits, unless the client has left by then.
    private func pause(_ time: Duration) async throws {
        guard time > .zero else { return }
        try await withThrowingTaskGroup { group in
            group.addTask { try await clock.sleep(for: time) }
            group.addTask {
                try await cancellation.cancelled
                throw CancellationError()
            }
            try await group.next()
            group.cancelAll()
        }
    }
}

extension HelloRequest {
    fileprivate init(_ message: Helloworld_HelloRequest) {
        self.init(name: message.name, language: message.language.isEmpty ? nil : message.language)
    }
}
