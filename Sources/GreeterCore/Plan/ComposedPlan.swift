/// A plan as the composer makes it: rows in order, each a request that may be repeated.
public struct ComposedPlan: RequestPlan, Hashable {
    /// The rows, in order.
    public var rows: [Row]

    public init(_ rows: [Row]) {
        self.rows = rows
    }

    /// Greets each name once.
    public init(names: [String], language: String? = "en") {
        self.init(names.map { Row(request: HelloRequest(name: $0, language: language)) })
    }

    /// One row: a request, how often it is sent, and how far apart.
    public struct Row: Hashable, Sendable {
        /// The request. In its name `{i}` stands for the number of the repetition, counted from 1.
        public var request: HelloRequest
        /// How often it is sent, at least once.
        public var repetitions: Int
        /// The time from one repetition to the next; `nil` for as fast as the server takes them.
        public var interval: Duration?

        public init(request: HelloRequest, repetitions: Int = 1, interval: Duration? = nil) {
            precondition(repetitions >= 1, "a row is sent at least once")
            self.request = request
            self.repetitions = repetitions
            self.interval = interval
        }

        /// The request of one repetition, counted from 1.
        public func request(at repetition: Int) -> HelloRequest {
            Template(request).request(at: repetition)
        }
    }

    /// A request whose name is cut at the places of the repetition's number, once for all repetitions.
    fileprivate struct Template {
        private let request: HelloRequest
        /// What stands between the places; a single piece where there are none.
        private let pieces: [Substring]

        init(_ request: HelloRequest) {
            self.request = request
            pieces = request.name.split(separator: "{i}", omittingEmptySubsequences: false)
        }

        func request(at repetition: Int) -> HelloRequest {
            guard pieces.count > 1 else { return request }
            var made = request
            made.name = pieces.joined(separator: String(repetition))
            return made
        }
    }

    public var count: Int? { rows.reduce(0) { $0 + $1.repetitions } }

    public func makeSource(clock: any CallClock) -> any RequestSource {
        ComposedSource(rows: rows, clock: clock)
    }
}

/// One run of a ``ComposedPlan``.
private struct ComposedSource: RequestSource {
    private let rows: [ComposedPlan.Row]
    private let clock: any CallClock
    private var row = 0
    /// The row that is being sent, ready to be repeated.
    private var template: ComposedPlan.Template?
    private var repetition = 1
    /// When the next request of a row with an interval is due.
    private var due: Duration?

    init(rows: [ComposedPlan.Row], clock: any CallClock) {
        self.rows = rows
        self.clock = clock
    }

    mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
        var batch: [HelloRequest] = []
        while batch.count < limit, row < rows.count {
            if let due {
                if !batch.isEmpty && clock.now < due { break }
                try await clock.sleep(until: due)
            }
            let template = template ?? ComposedPlan.Template(rows[row].request)
            self.template = template
            batch.append(template.request(at: repetition))
            advance()
        }
        return batch.isEmpty ? nil : batch
    }

    private mutating func advance() {
        let current = rows[row]
        if repetition < current.repetitions {
            repetition += 1
            // A receiver that held the stream back is not caught up with in a burst.
            due = current.interval.map { max((due ?? clock.now) + $0, clock.now) }
        } else {
            row += 1
            template = nil
            repetition = 1
            due = nil
        }
    }
}
