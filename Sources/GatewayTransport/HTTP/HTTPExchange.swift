import AsyncHTTPClient
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import RPCCore
import Synchronization
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
        let routed = try context.path.request(of: request)
        if number == 1, let notice = routed.notice { await context.recorder.notice(notice) }
        let route = context.server.path(of: routed.path)
        let announcement = Announcement(
            StreamMessage(number: number, time: .zero, form: .jsonBody, role: .request, payload: request),
            to: context.recorder)
        let response: HTTPClientResponse
        do {
            response = try await http.execute {
                await context.recorder.notice(
                    "the server closed the kept connection under request \(number), which was sent once more")
            } whenSending: {
                announcement.begin()
            } _: {
                makeRequest(routed, after: number == 1 ? context.call.options.lastEventID : nil)
            }
        } catch {
            await announcement.close()
            throw try await failure(error, after: announcement.hasBegun ? .sending : .connecting)
        }
        await announcement.finish()
        guard
            response.status == .ok || !context.call.method.routes.isEmpty && (200..<300).contains(response.status.code)
        else { throw try await refusal(response, route) }
        if let coding = response.headers.contentCoding { throw CallError.codedBody(coding) }
        await context.recorder.opened(
            ConnectionInfo(
                time: context.clock.now, transport: context.call.kind == .serverStream ? "HTTP/1.1 SSE" : "HTTP/1.1",
                route: route, metadata: response.headers.map { MetadataEntry($0.name, $0.value) }))
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
    private func makeRequest(_ routed: RoutedRequest, after lastEventID: String?) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: context.address.url(of: context.server.path(of: routed.target)))
        request.method = HTTPMethod(rawValue: routed.method)
        request.headers.add(context.headers, for: context.address, accepting: accepted)
        if let lastEventID, !request.headers.contains(name: "Last-Event-ID") {
            request.headers.add(name: "Last-Event-ID", value: lastEventID)
        }
        if let body = routed.body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        return request
    }

    private func refusal(_ response: HTTPClientResponse, _ route: String) async throws -> CallError {
        try await HTTPRefusal(reading: response)
            .callError(on: route, at: .server, now: context.clock.wallTime, hints: context.hints)
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

/// Tells the observer of a request at the moment when a connection takes it, or the server answers.
///
/// A request that never found a connection is thus never counted as sent, and one that is sent again is counted once.
private final class Announcement: Sendable {
    private let message: StreamMessage
    private let recorder: CallRecorder
    private let state = Mutex<(task: Task<Void, Never>?, isClosed: Bool)>((nil, false))

    init(_ message: StreamMessage, to recorder: CallRecorder) {
        self.message = message
        self.recorder = recorder
    }

    /// Whether a connection has taken the request: whether it may have been sent.
    var hasBegun: Bool { state.withLock { $0.task != nil } }

    /// Tells of the request, unless that is done. Nobody is told after ``close()``.
    func begin() {
        state.withLock { state in
            guard state.task == nil, !state.isClosed else { return }
            var message = message
            message.time = recorder.clock.now
            state.task = Task { [recorder, message] in await recorder.sent([message]) }
        }
    }

    /// Returns once the observer knows of the request. A server may answer before all of it is sent.
    func finish() async {
        begin()
        await state.withLock { $0.task }?.value
    }

    /// The call ends without an answer: the observer is told nothing after its end.
    func close() async {
        let task = state.withLock { state in
            state.isClosed = true
            return state.task
        }
        task?.cancel()
        await task?.value
    }
}
