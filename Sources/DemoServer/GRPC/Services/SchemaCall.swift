import ProtobufSchema
import RPCCore

/// One call over gRPC of a service whose messages are known by their descriptors, with the faults that strike it.
///
/// Holds what the service does, and the replies to one request.
struct SchemaCall: FaultedCall {
    let method: ServiceMethod
    let configuration: DemoServerConfiguration
    let faults: FaultRun
    let call: ServedCall

    static func methods(_ configuration: DemoServerConfiguration, _ faults: FaultRun) -> [String: GRPCMethod] {
        let methods = ServiceMethod.all.map { method in
            (
                "/" + method.descriptor.fullName,
                GRPCMethod { call in
                    try await SchemaCall(method: method, configuration: configuration, faults: faults, call: call)
                        .serve()
                    return []
                }
            )
        }
        return Dictionary(uniqueKeysWithValues: methods)
    }

    func serve() async throws {
        try await begin()
        switch (method.kind.streamsRequests, method.kind.streamsReplies) {
        case (true, _): try await converse()
        case (false, true): try await tell()
        case (false, false): try await answer()
        }
    }

    /// One request, one reply.
    private func answer() async throws {
        var service = method.begin()
        let request = try await call.requests.only(read)
        try await stallIfOrdered()
        try await strike(after: 1)
        if faults.ordered.error != nil { throw Self.failure }
        let answers = try service.receive(request)
        try await call.pause(configuration.thinkTime)
        try await call.pause(faults.nextDelay())
        for reply in answers { try append(reply) }
    }

    /// One request, many replies.
    private func tell() async throws {
        var service = method.begin()
        _ = try service.receive(try await call.requests.only(read))
        replies.begin()
        try await stallIfOrdered()
        var count = 0
        while let pace = service.pace, let reply = service.speak() {
            try await pause(pace + configuration.thinkTime)
            try await pause(faults.nextDelay())
            try append(reply)
            count += 1
            try await strike(after: count)
            if replies.isFull { try await replies.flush() }
        }
    }

    /// Many requests.
    private func converse() async throws {
        replies.begin()
        try await stallIfOrdered()
        var (service, count) = (method.begin(), 0)
        while let batch = try await call.requests.next(within: service.pace, on: call.clock, read) {
            if batch.isEmpty, let reply = service.speak() { try await send([reply]) }
            for request in batch {
                try await send(try service.receive(request))
                count += 1
                try await strike(after: count)
                if replies.isFull { try await replies.flush() }
            }
            // What has come together is answered together, and now: the next request may be long in coming.
            try await replies.flush()
        }
        try await pause(configuration.thinkTime)
        try await send(service.finish())
    }

    private func send(_ answers: [DynamicMessage]) async throws {
        for reply in answers {
            if faults.delay != nil { try await pause(faults.nextDelay()) }
            try append(reply)
        }
    }

    private func append(_ reply: DynamicMessage) throws {
        var bytes: [UInt8] = []
        reply.appendWire(to: &bytes, in: DemoSchema.schema)
        try replies.append(isBroken: faults.breaksReply()) { $0.writeBytes(bytes) }
    }

    private func read(_ bytes: UnsafeRawBufferPointer) throws(CallError) -> DynamicMessage {
        do throws(WireFault) {
            return try DynamicMessage(method.input, wire: bytes, in: DemoSchema.schema)
        } catch {
            throw CallError(
                .internal, "a message of \(bytes.count) bytes is no \(method.input.fullName): \(error)", at: .decode)
        }
    }
}
