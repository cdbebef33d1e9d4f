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
    /// How many it makes, but for those of records, and how fast.
    private var count = 0
    private var pacing = Pacing()
    /// What it sends as it stands.
    private var request: MessageValue?
    /// What it makes requests with.
    private var maker: RequestMaker?
    /// What it makes them of, where it reads records.
    private var records: RecordStream?
    /// Which of them are taken.
    private var selection: RecordSelection?
    /// What the columns of CSV make of a record.
    private var columns: ColumnPaths?
    /// What was made, with the next request where ``isPending``: it waits for its time.
    private var batch: PayloadBatch
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
        batch = PayloadBatch(encoder)
        self.clock = clock
        chance = PlanChance(seed: origin.seed)
        schedule = PlanSchedule(start: origin.start)
        skipped = count
    }

    mutating func next(atMost limit: Int) async throws -> [Payload]? {
        while true {
            do {
                let pause = try fill(atMost: limit)
                if batch.count > 0 || limit == 0 { return batch.take() }
                switch pause {
                case .due: try await schedule.wait(clock)
                case .skipped: try Task.checkCancellation()
                case .bytes:
                    try Task.checkCancellation()
                    try await records?.fill()
                case .none: return nil
                }
            } catch let error as PlanError {
                failure = error
                if batch.count > 0 { return batch.take() }
                throw error
            }
        }
    }

    /// What requests are waited for.
    private enum Pause {
        /// The time at which the next one, or the end, is due.
        case due
        /// Somebody who may have cancelled what is skipped.
        case skipped
        /// More of the records.
        case bytes
    }

    /// Makes requests until there are enough, or something has to be waited for.
    /// - Returns: `nil` where there are enough, or no more.
    private mutating func fill(atMost limit: Int) throws(PlanError) -> Pause? {
        if let failure { throw failure }
        while batch.count < limit {
            var isFinished = false
            if !isPending {
                switch try advance() {
                case .made where made <= skipped:
                    batch.drop()
                    schedule.forgetWait()
                    if made % 1024 == 0 { return .skipped }
                    continue
                case .made: isPending = true
                case .needsBytes: return .bytes
                case .finished: isFinished = true
                }
            }
            guard schedule.isDue(clock) else { return .due }
            if isFinished { return nil }
            isPending = false
            batch.close()
        }
        return nil
    }

    private enum Advance {
        /// A request, behind those of the ``batch``.
        case made
        case needsBytes
        case finished
    }

    private mutating func advance() throws(PlanError) -> Advance {
        while made < limit {
            if madeInStep == nil {
                guard index < document.steps.count else { return .finished }
                try begin(document.steps[index])
            }
            if madeInStep ?? 0 < count {
                return try make(request.map { .request($0) } ?? .fields([]))
            }
            if let record = try records?.next() {
                if maker == nil { try readColumns() }
                return try make(record)
            }
            if records?.isFinished == false { return .needsBytes }
            madeInStep = nil
            index += 1
        }
        return .finished
    }

    private mutating func begin(_ step: PlanStep) throws(PlanError) {
        (count, pacing, request, maker, records, columns) = (0, Pacing(), nil, nil, nil, nil)
        switch step {
        case .request(let request): (self.request, count) = (request, 1)
        case .pause(let time): schedule.pause(time)
        case .repetition(let step):
            (count, pacing) = (step.count ?? .max, step.pacing)
            maker = try maker(of: step.template, count: min(step.count ?? RepeatStep.maximumCount, limit))
        case .records(let step):
            let selection = RecordSelection(step, of: encoder.codec)
            if !selection.takesColumns {
                maker = try maker(of: selection.template, selection.fields, count: RepeatStep.maximumCount)
            }
            records = try RecordStream(
                selection, of: step, as: encoder.encoding, in: document.directory, input: input)
            (self.selection, pacing) = (selection, step.pacing)
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

    /// Makes a request behind those of the ``batch``.
    private mutating func make(_ record: DecodedRecord) throws(PlanError) -> Advance {
        let count = madeInStep ?? 0
        made += 1
        madeInStep = count + 1
        schedule.pace(pacing, after: count, beforeRequest: made, chance)
        do throws(MessageProblem) {
            try write(record, number: count + 1)
        } catch {
            let record = records.map { $0.place(ofColumn: columns?.column(of: error.path)) }
            throw PlanError(
                place: record ?? "request \(made), of step \(index + 1) of the plan", problem: error.description)
        }
        return .made
    }

    private mutating func write(_ record: DecodedRecord, number: Int) throws(MessageProblem) {
        switch record {
        case .request(let request): try encoder.write(request, to: &batch.bytes)
        case .encoded(let bytes): batch.bytes += bytes
        case .fields(let fields):
            var context = RequestMaker.Context(
                number: number, milliseconds: schedule.milliseconds, random: chance.content(ofRequest: made),
                fields: fields)
            try maker?.append(&context, to: &batch.bytes)
        }
    }
}
