/// A way to reach a service.
///
/// A call is a stream of requests in and a stream of events out, whatever its kind and whatever carries it.
public protocol Transport: Sendable {
    /// The server, as a user wrote it, and what is known of the way to it.
    var server: ServerAddress { get }

    /// Makes one call and returns when it is over.
    ///
    /// Requests are pulled from a source made from the plan, no faster than the server takes them. Every event goes
    /// to `observer`, the last one being ``CallEvent/ended(_:)``, whose outcome is also returned. Failures are
    /// outcomes, never thrown. Cancelling the task ends the call with ``StatusCode/cancelled``, closes its
    /// connection, and still delivers the outcome.
    @discardableResult
    func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome

    /// Makes a health check: asks the server whether it serves.
    /// - Throws: ``CallError`` when it cannot be reached or says that it is not.
    func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport

    /// Fetches a document that a server has beside its services, where what carries the calls knows such.
    /// - Parameters:
    ///   - path: Below the base path: `/services.json`.
    ///   - limit: The most bytes that it may have.
    /// - Returns: `nil` where there is none.
    /// - Throws: ``CallError`` when the server cannot be reached, or fails.
    func document(at path: String, limit: Int, deadline: Duration) async throws(CallError) -> [UInt8]?

    /// Closes what the transport keeps open between calls. No call may be made afterwards.
    func shutdown() async
}

extension Transport {
    public func document(at path: String, limit: Int, deadline: Duration) async throws(CallError) -> [UInt8]? { nil }
}

/// One call to make.
public struct Call: Sendable {
    /// What is called, and what its messages are.
    public var method: MethodSchema
    /// Where the requests come from. A value: it can be run again.
    public var plan: any RequestPlan
    public var options: CallOptions

    public init(_ method: MethodSchema, _ plan: any RequestPlan, options: CallOptions = CallOptions()) {
        self.method = method
        self.plan = plan
        self.options = options
    }

    public var kind: CallKind { method.ref.kind }

    /// What writes the requests of the plan.
    public func encoder(_ encoding: Payload.Encoding) -> MessageEncoder { MessageEncoder(method.input, encoding) }
}

/// Where the events of a call go.
public protocol CallObserver: Sendable {
    /// Takes one event.
    ///
    /// May be called from the reading and the writing side of a call at the same time. A call that does not return
    /// holds back the side it came from, and with it, through the socket, the server: this is how receiving is paused.
    /// It must return once its task is cancelled, or the call cannot end.
    func observe(_ event: CallEvent) async
}

/// A server's answer to a health check.
public struct HealthReport: Hashable, Sendable {
    /// What the server says of itself. Not yet made safe for a terminal.
    public var message: String
    /// From asking to the answer.
    public var roundTrip: Duration

    public init(message: String, roundTrip: Duration) {
        self.message = message
        self.roundTrip = roundTrip
    }
}
