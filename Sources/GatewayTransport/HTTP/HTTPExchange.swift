import AsyncHTTPClient
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import RPCCore
import TransportSupport

/// One request of a call and the head of its response.
struct HTTPExchange: Sendable {
    let context: CallContext
    let http: HTTPConnections
    let tls: TLSSetup
    /// What is expected back, as a media type.
    let accepted: String

    /// Sends a request and returns the response once its head is there and says success.
    /// - Throws: ``CallError``, or `CancellationError`.
    func send(_ request: Payload, number: Int) async throws -> HTTPClientResponse {
        let body = AnnouncedBody(
            message: StreamMessage(
                number: number, time: .zero, form: .jsonBody, role: .request, payload: request),
            recorder: context.recorder)
        let response: HTTPClientResponse
        do {
            response = try await http.execute {
                await context.recorder.notice(
                    "the server closed the kept connection under request \(number), which was sent once more")
            } _: {
                makeRequest(
                    body, length: request.bytes.count, after: number == 1 ? context.call.options.lastEventID : nil)
            }
        } catch {
            await body.close()
            throw try await failure(error, after: await body.isAnnounced ? .sending : .connecting)
        }
        // A server may answer the head of a request, before the connection has asked for its body.
        await body.announce()
        guard response.status == .ok else { throw try await refusal(response) }
        if let coding = response.headers.contentCoding { throw CallError.codedBody(coding) }
        await context.recorder.opened(
            ConnectionInfo(
                time: context.clock.now, transport: context.call.kind == .serverStream ? "HTTP/1.1 SSE" : "HTTP/1.1",
                route: context.route, metadata: response.headers.map { MetadataEntry($0.name, $0.value) }))
        return response
    }

    /// The whole body of a response.
    /// - Throws: ``CallError`` when it is too long or cut short.
    func collect(_ body: HTTPClientResponse.Body) async throws -> ByteBuffer {
        let limit = context.configuration.maximumMessageSize
        var whole = ByteBuffer()
        do {
            for try await part in body {
                let size = whole.readableBytes + part.readableBytes
                guard size <= limit else { throw Self.oversize(size, limit: limit) }
                whole.writeImmutableBuffer(part)
            }
        } catch {
            throw try await failure(error, after: .answered)
        }
        return whole
    }

    /// The error of a call for what went wrong on the way.
    func failure(_ error: any Error, after progress: TransportFailure.Progress) async throws -> CallError {
        if let error = error as? CallError { return error }
        try Task.checkCancellation()
        let failure = TransportFailure(
            server: context.server, tls: tls, configuration: context.configuration, dialer: context.dialer)
        return await failure.callError(for: error, after: progress)
    }

    static func oversize(_ size: Int, limit: Int) -> CallError {
        CallError(
            .resourceExhausted, "the server sent a message of \(size) bytes or more; the limit is \(limit)",
            at: .decode)
    }

    /// - Parameter lastEventID: After which event the server is to go on, unless the user's own headers say that.
    private func makeRequest(_ body: AnnouncedBody, length: Int, after lastEventID: String?) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: context.url)
        request.method = .POST
        request.headers.add(context.headers, for: context.address, accepting: accepted)
        request.headers.add(name: "Content-Type", value: "application/json")
        if let lastEventID, !request.headers.contains(name: "Last-Event-ID") {
            request.headers.add(name: "Last-Event-ID", value: lastEventID)
        }
        request.body = .stream(body, length: .known(Int64(length)))
        return request
    }

    private func refusal(_ response: HTTPClientResponse) async throws -> CallError {
        try await HTTPRefusal(reading: response)
            .callError(on: context.route, at: .server, now: context.clock.wallTime)
    }
}

extension HTTPHeaders {
    /// Adds the headers that every request has, `Host` first (RFC 9110, 7.2). A user's own come instead of the client's
    /// where both name one.
    /// - Parameter server: Under the name that it is asked for.
    mutating func add(_ own: RequestHeaders, for server: ServerAddress, accepting accepted: String?) {
        let names = Set(own.entries.map { $0.name.lowercased() })
        add(name: "Host", value: server.hostField)
        if let accepted {
            if !names.contains("accept") { add(name: "Accept", value: accepted) }
            // Where nothing is said, every coding is welcome (RFC 9110, 12.5.3), and none is undone here.
            if !names.contains("accept-encoding") { add(name: "Accept-Encoding", value: "identity") }
        }
        if !names.contains("user-agent") { add(name: "User-Agent", value: "greeter-tui") }
        add(contentsOf: own.entries)
    }
}

/// A request's body that tells the observer of the request at the moment when the connection asks for it, or the server
/// answers.
///
/// A request that never found a connection is thus never counted as sent, and one that is sent again is counted once.
private actor AnnouncedBody: AsyncSequence {
    private let message: StreamMessage
    private let recorder: CallRecorder
    private var announcement: Task<Void, Never>?
    private var isClosed = false

    /// Whether a connection has asked for the body: whether the request may have been sent.
    var isAnnounced: Bool { announcement != nil }

    init(message: StreamMessage, recorder: CallRecorder) {
        self.message = message
        self.recorder = recorder
    }

    /// Returns once the observer knows of the request, whoever tells it. Nobody is told after ``close()``.
    func announce() async {
        guard !isClosed else { return }
        let announcement =
            announcement
            ?? Task { [recorder] in
                var message = message
                message.time = recorder.clock.now
                await recorder.sent([message])
            }
        self.announcement = announcement
        await announcement.value
    }

    /// The call ends without an answer: the observer is told nothing after its end.
    func close() async {
        isClosed = true
        announcement?.cancel()
        await announcement?.value
    }

    nonisolated func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let body: AnnouncedBody
        fileprivate var isFinished = false

        mutating func next() async -> ByteBuffer? {
            guard !isFinished else { return nil }
            isFinished = true
            await body.announce()
            return ByteBuffer(bytes: body.message.payload.bytes)
        }
    }
}
