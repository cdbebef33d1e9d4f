public import RPCCore

/// A stream of requests written down: what is sent, how fast, in which groups, and when it is enough.
///
/// A value that a user writes by hand or puts together on a screen. ``PlanRun`` makes its requests, and
/// ``SteeredPlan`` ends and holds back the stream as ``stop`` and ``flow`` say.
public struct PlanDocument: Hashable, Sendable {
    /// The full name of the method that the plan is for, `demo.v1.Telemetry/Record`; `nil` for the one that the program knows by
    /// itself of the kind.
    public var method: String?
    /// The kind of call that the plan is meant for, where it says one.
    public var kind: CallKind?
    /// Where the random choices begin: the same number makes the same requests. Every run has its own where it is `nil`.
    public var seed: UInt64?
    /// What is sent, in order.
    public var steps: [PlanStep]
    /// How far the requests may run ahead of the replies.
    public var flow: PlanFlow
    /// When the stream ends, though the steps have more.
    public var stop: PlanStop
    /// By which fields the replies of a bidirectional stream are given to its requests.
    public var correlate: Correlation?
    /// The fields that a list of messages shows in columns of their own, by their paths; empty for a line that says what there is.
    public var columns: [String] = []
    /// Where the relative paths in the steps begin; the working directory where it is empty. It is not part of what is
    /// written to a file: who reads a plan sets it.
    public var directory: String

    public init(
        method: String? = nil, kind: CallKind? = nil, seed: UInt64? = nil, steps: [PlanStep] = [],
        flow: PlanFlow = PlanFlow(), stop: PlanStop = PlanStop(), correlate: Correlation? = nil, directory: String = ""
    ) {
        self.method = method
        self.correlate = correlate
        self.kind = kind
        self.seed = seed
        self.steps = steps
        self.flow = flow
        self.stop = stop
        self.directory = directory
    }

    /// Sends what comes from standard input as JSON Lines, as it comes.
    public static let standardInput = PlanDocument(steps: [
        .records(RecordsStep(from: .standardInput, format: .jsonLines))
    ])

    /// How many requests it makes, where that is known beforehand: not where records are read, nor where it is endless.
    public var count: Int? {
        var sum = 0
        for step in steps {
            guard let count = step.count else {
                guard case .repetition = step, let limit = stop.after else { return nil }
                return limit
            }
            sum += count
        }
        return stop.after.map { min($0, sum) } ?? sum
    }

    /// Whether the stream lasts as long as the plan, or the user, wants it to, rather than as long as the server needs:
    /// a deadline then says how long its end may take.
    public var takesItsTime: Bool {
        flow.unanswered != nil || stop.time != nil || stop.isManual || steps.contains(where: \.takesItsTime)
    }

    /// Whether chance has a say in what it makes.
    public var usesChance: Bool { steps.contains(where: \.usesChance) }

    /// Whether it reads standard input, and so can be run once only.
    public var readsStandardInput: Bool { steps.contains(where: \.readsStandardInput) }
}

/// How far requests may run ahead of replies.
public struct PlanFlow: Hashable, Sendable {
    /// At most this many requests are unanswered at a time: 1 sends each only when the one before is answered. `nil` for
    /// no limit.
    public var unanswered: Int?
    /// How long a client stream waits for an answer before it says that its server does not answer one by one.
    /// `nil` for ``defaultTimeout``. The other kinds are answered anyway, and wait as long as the deadline lets them.
    public var timeout: Duration?

    /// 5 s.
    public static let defaultTimeout = Duration.seconds(5)

    public init(unanswered: Int? = nil, timeout: Duration? = nil) {
        self.unanswered = unanswered
        self.timeout = timeout
    }
}

/// When a stream ends before its steps do. What comes first counts.
public struct PlanStop: Hashable, Sendable {
    /// After this many requests of the plan.
    public var after: Int?
    /// After this time, counted from the beginning of the stream.
    public var time: Duration?
    /// When a reply or a refusal matches.
    public var reply: TextPattern?
    /// Whether the user means to end it. This changes nothing while the stream runs, for that is always possible;
    /// it says that a plan without end is meant.
    public var isManual: Bool

    public init(after: Int? = nil, time: Duration? = nil, reply: TextPattern? = nil, isManual: Bool = false) {
        self.after = after
        self.time = time
        self.reply = reply
        self.isManual = isManual
    }
}
