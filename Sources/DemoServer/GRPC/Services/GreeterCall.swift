import GRPCWire
import NIOCore
import RPCCore

/// One call of the Greeter service, with the faults that strike it.
///
/// Holds no more than ``GreetedNames`` does, however long the stream.
struct GreeterCall: FaultedCall {
    let configuration: DemoServerConfiguration
    let faults: FaultRun
    let call: ServedCall

    /// - Returns: how many requests were served.
    func serve(_ kind: CallKind) async throws -> Int {
        try await begin()
        switch kind {
        case .unary: return try await greet()
        case .serverStream: return try await greetRepeatedly()
        case .clientStream: return try await greetAll()
        case .bidirectional: return try await greetEach()
        }
    }

    // MARK: The four kinds

    private func greet() async throws -> Int {
        let request = try await onlyRequest()
        try await stallIfOrdered()
        try await strike(after: 1)
        if faults.ordered.error != nil { throw Self.failure }
        try await call.pause(configuration.thinkTime)
        try await call.pause(faults.nextDelay())
        try append(Greeting.reply(to: request))
        return 1
    }

    private func greetRepeatedly() async throws -> Int {
        let request = try await onlyRequest()
        replies.begin()
        try await stallIfOrdered()
        for number in 1...configuration.greetings {
            try await pause(configuration.thinkTime)
            try await pause(faults.nextDelay())
            try append(Greeting.reply(to: request, number: number, of: configuration.greetings))
            try await strike(after: number)
            if replies.isFull { try await replies.flush() }
        }
        return 1
    }

    private func greetAll() async throws -> Int {
        replies.begin()
        try await stallIfOrdered()
        var names = GreetedNames()
        while let batch = try await call.requests.next(GreeterWire.request) {
            for request in batch {
                try check(request)
                names.add(request)
                try await strike(after: names.count)
            }
        }
        try await call.pause(configuration.thinkTime)
        try await call.pause(faults.nextDelay())
        try append(names.reply)
        return names.count
    }

    private func greetEach() async throws -> Int {
        replies.begin()
        try await stallIfOrdered()
        var count = 0
        while let batch = try await call.requests.next(GreeterWire.request) {
            for request in batch {
                try check(request)
                count += 1
                if faults.delay != nil { try await pause(faults.nextDelay()) }
                try replies.append(isBroken: faults.breaksReply()) { $0.writeGreeting(of: request) }
                try await strike(after: count)
                if replies.isFull { try await replies.flush() }
            }
            // What has come together is answered together, and now: the next request may be long in coming.
            try await replies.flush()
        }
        try await pause(configuration.thinkTime)
        return count
    }

    private func onlyRequest() async throws -> HelloRequest {
        let request = try await call.requests.only(GreeterWire.request)
        try check(request)
        return request
    }

    private func check(_ request: HelloRequest) throws {
        if request.hasBlankName { throw GRPCStatus(.invalidArgument, Greeting.emptyName) }
    }

    private func append(_ reply: HelloReply) throws {
        try replies.append(isBroken: faults.breaksReply()) { GreeterWire.write(reply, to: &$0) }
    }
}

extension ByteBuffer {
    /// Appends the reply to a request, as protocol buffers, without making its text first.
    fileprivate mutating func writeGreeting(of request: HelloRequest) {
        let language = request.language ?? Greeting.defaultLanguage
        let (before, after) = Greeting.words(in: language)
        writeHead(1, length: before.utf8.count + request.name.utf8.count + after.utf8.count)
        writeString(before)
        writeString(request.name)
        writeString(after)
        writeField(2, language)
    }
}
