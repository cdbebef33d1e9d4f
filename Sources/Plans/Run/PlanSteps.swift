import RPCCore

/// One run through the steps of a plan.
///
/// Holds one request that waits for its time, and for a step with records what ``RecordStream`` holds.
struct PlanSteps: RequestSource {
    private let document: PlanDocument
    private let limit: Int
    private let input: StandardInput
    private let encoder: MessageEncoder
    private let clock: any CallClock
    private let chance: PlanChance
    private var schedule: PlanSchedule

    /// How many requests are made and not handed over: they were sent before.
    private let skipped: Int
    /// Requests made, those that are skipped included.
    private var made = 0
    private var index = 0
    /// How many requests the present step has made; `nil` before it has begun.
    private var madeInStep: Int?
    /// How often the present step repeats its template, and how fast, where it is one that does.
    private var repetition: (count: Int, pacing: Pacing)?
    /// What the present step makes requests with.
    private var maker: RequestMaker?
    /// What it makes them of, where it reads records.
    private var records: RecordStream?
    /// Which of them are taken.
    private var selection: RecordSelection?
    /// What the columns of CSV make of a record.
    private var columns: ColumnPaths?
    /// The next request, which waits for its time where ``isPending``.
    private var pending: [UInt8] = []
    private var isPending = false
    /// Why there is no next one. Told once everything before it has been handed over.
    private var failure: PlanError?

    init(
        document: PlanDocument, origin: PlanOrigin, input: StandardInput, encoder: MessageEncoder,
        clock: any CallClock, skipping count: Int
    ) {
        self.document = document
        limit = document.stop.after ?? .max
        self.input = input
        self.encoder = encoder
        self.clock = clock
        chance = PlanChance(seed: origin.seed)
        schedule = PlanSchedule(start: origin.start)
        skipped = count
    }

    mutating func next(atMost limit: Int) async throws -> [Payload]? {
        var batch = PayloadBatch(encoder)
        while batch.count < limit {
            if !isPending, try await !prepare(mayWait: batch.count == 0) { break }
            if !schedule.isDue(clock) {
                guard batch.count == 0 else { break }
                try await schedule.wait(clock)
            }
            guard isPending else { return batch.count == 0 ? nil : batch.payloads }
            isPending = false
            batch.append(pending)
        }
        return batch.payloads
    }

    /// Makes the next request, or finds that there is none.
    /// - Parameter mayWait: Whether there is nothing to hand over before waiting for input, or failing.
    /// - Returns: whether it could be done without either.
    private mutating func prepare(mayWait: Bool) async throws -> Bool {
        do {
            if let failure { throw failure }
            while true {
                switch try advance() {
                case .finished: return true
                case .made:
                    if made > skipped {
                        isPending = true
                        return true
                    }
                    schedule.forgetWait()
                    if made % 1024 == 0 { try Task.checkCancellation() }
                case .needsBytes:
                    guard mayWait else { return false }
                    try Task.checkCancellation()
                    try await records?.fill()
                }
            }
        } catch let error as PlanError {
            failure = error
            guard mayWait else { return false }
            throw error
        }
    }

    private enum Advance {
        /// ``pending``.
        case made
        case needsBytes
        case finished
    }

    private mutating func advance() throws(PlanError) -> Advance {
        while made < limit, index < document.steps.count {
            if madeInStep == nil { try begin(document.steps[index]) }
            let count = madeInStep ?? 0
            // A step is not taken out of the plan for each of its requests.
            if let repetition, count < repetition.count {
                return try make(.fields([]), pacing: repetition.pacing)
            }
            switch document.steps[index] {
            case .request(let request) where count == 0: return try make(.request(request))
            case .pause(let time): schedule.pause(time)
            case .records(let step):
                if let record = try records?.next() {
                    if maker == nil { try readColumns() }
                    return try make(record, pacing: step.pacing)
                }
                if records?.isFinished == false { return .needsBytes }
            case .request, .repetition: break
            }
            madeInStep = nil
            repetition = nil
            records = nil
            index += 1
        }
        return .finished
    }

    private mutating func begin(_ step: PlanStep) throws(PlanError) {
        switch step {
        case .request, .pause: break
        case .repetition(let step):
            repetition = (step.count ?? .max, step.pacing)
            maker = try maker(of: step.template, count: min(step.count ?? RepeatStep.maximumCount, limit))
        case .records(let step):
            let selection = RecordSelection(step, of: encoder.codec)
            maker =
                selection.takesColumns
                ? nil : try maker(of: selection.template, selection.fields, count: RepeatStep.maximumCount)
            records = try RecordStream(
                selection, of: step, as: encoder.encoding, in: document.directory, input: input)
            (self.selection, columns) = (selection, nil)
        }
        madeInStep = 0
    }

    /// Makes requests as the first line of CSV says.
    private mutating func readColumns() throws(PlanError) {
        guard let names = records?.columns, let file = records?.title else { return }
        columns = try selection?.columnPaths(names) { column in
            "\(file), line 1, column \(names[..<column].reduce(1) { $0 + $1.count + 1 })"
        }
        guard let columns else { return }
        do throws(MessageProblem) {
            maker = try RequestMaker(columns.template, encoder)
        } catch {
            throw PlanError(place: "\(file), line 1", problem: error.description)
        }
    }

    private func maker(
        of template: RequestTemplate, _ fields: FieldSelection = FieldSelection(), count: Int
    ) throws(PlanError) -> RequestMaker {
        do throws(MessageProblem) {
            return try RequestMaker(template, fields: fields, count: count, encoder)
        } catch {
            throw PlanError(place: "step \(index + 1) of the plan", problem: error.description)
        }
    }

    private mutating func make(_ record: DecodedRecord, pacing: Pacing? = nil) throws(PlanError) -> Advance {
        let count = madeInStep ?? 0
        made += 1
        madeInStep = count + 1
        if let pacing { schedule.pace(pacing, after: count, beforeRequest: made, chance) }
        pending.removeAll(keepingCapacity: true)
        do throws(MessageProblem) {
            try write(record, count)
        } catch {
            let record = records.map { $0.place(ofColumn: columns?.column(of: error.path)) }
            throw PlanError(
                place: record ?? "request \(made), of step \(index + 1) of the plan", problem: error.description)
        }
        return .made
    }

    /// Writes the next request into ``pending``.
    private mutating func write(_ record: DecodedRecord, _ count: Int) throws(MessageProblem) {
        switch record {
        case .request(let request): try encoder.write(request, to: &pending)
        case .encoded(let bytes): pending += bytes
        case .fields(let fields):
            var context = RequestMaker.Context(
                number: count + 1, milliseconds: schedule.milliseconds, random: chance.content(ofRequest: made),
                fields: fields)
            try maker?.append(&context, to: &pending)
        }
    }
}
