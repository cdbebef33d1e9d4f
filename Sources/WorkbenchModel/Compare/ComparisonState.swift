public import Plans
public import RPCCore
public import Retry

/// A plan that is to be run over the present transport and over another.
public struct ComparedRun: Hashable, Sendable {
    public let id: Int
    public let kind: CallKind
    /// What is called, where it is not the usual method of the kind.
    public let method: MethodEntry?
    public let plan: PlanDocument
    public let options: CallOptions
    public let retry: RetryPolicy
    /// The other server, as a user writes it.
    public let other: String
    /// How a demo server is to fail in both runs.
    public let faults: [FaultOrder]

    public init(
        id: Int, kind: CallKind, method: MethodEntry? = nil, plan: PlanDocument, options: CallOptions,
        retry: RetryPolicy, other: String,
        faults: [FaultOrder]
    ) {
        (self.id, self.kind, self.plan, self.options) = (id, kind, plan, options)
        self.method = method
        (self.retry, self.other, self.faults) = (retry, other, faults)
    }
}

/// A comparison on screen.
public struct ComparisonState: ScrolledOverlay {
    public let id: Int
    /// The servers, as they were written.
    public let servers: [String]
    /// `nil` as long as it is made.
    public var result: Result<ComparisonTable, CallError>?
    public var position = ListPosition()

    public init(id: Int, servers: [String], result: Result<ComparisonTable, CallError>? = nil) {
        (self.id, self.servers, self.result) = (id, servers, result)
    }

    var overlay: Overlay { .comparison(self) }

    /// What is still made is not wanted any more.
    var effectsOfLeaving: [Effect] { result == nil ? [.stopComparing] : [] }
}

extension State {
    /// Asks for the other server. The other side of the present one comes to mind first.
    mutating func openComparison() -> [Effect] {
        guard !isCallLive else { return say(.warning, "a call is running: half-close it or cancel it first") }
        guard let address = server.address else { return waitForServer(to: .compare) }
        if let problem = TransportComparison.problem(with: composer.document) { return say(.warning, problem) }
        let field = Field(
            "other server", otherSide(of: address), .address,
            hint: "HOST:PORT, http(s)://, grpc(s)://, unix://, demo:")
        return open(
            Form(LineForm("Run the plan here and there", field) { state, other, _ in state.compare(with: other) }))
    }

    private func otherSide(of address: ServerAddress) -> String {
        if let scheme = (try? ServerAddress(parsing: server.name))?.scheme, scheme.isDemo {
            return scheme.otherDialect.rawValue
        }
        var other = address
        other.scheme = address.scheme.otherDialect
        other.basePath = ""
        return other.description
    }

    /// Runs the plan of the composer twice.
    mutating func compare(with other: String) -> [Effect] {
        let (kind, plan) = (settings.kind, composer.document)
        if let problem = plan.problems(for: kind, hasStandardInput: false).first { return refuseToRun(problem) }
        guard !plan.steps.isEmpty || kind.streamsRequests else {
            return say(.warning, "nothing to send: a \(kind.title) call needs a request; add one")
        }
        comparisons += 1
        let options = CallOptions(
            deadline: settings.deadline, deadlineStart: plan.takesItsTime ? .halfClose : .call,
            method: method == nil ? settings.methods[kind] : nil)
        let run = ComparedRun(
            id: comparisons, kind: kind, method: method, plan: plan, options: options, retry: settings.retry,
            other: other,
            faults: orderedFaults)
        let servers = [server.name, other]
        return open(ComparisonState(id: comparisons, servers: servers)) + [.compare(run)]
    }

    mutating func compared(id: Int, _ result: Result<ComparisonTable, CallError>) -> [Effect] {
        alter(ComparisonState.self) { if $0.id == id { $0.result = result } }
        return []
    }
}
