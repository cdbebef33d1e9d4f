import Foundation
import RPCCore

/// A call that is being recorded: its counters, and the blocks that are not on the disk yet.
struct OpenCall {
    let head: CallHead
    /// What it is of; `nil` for what is usual.
    private(set) var method: MethodSchema?
    /// Whether the method is known better than its row on the disk says: replies may come with what defines more of them.
    private(set) var hasNewDefinition = false
    /// When it began, by the clock on the wall and as ``CallClock/now``.
    let started: Date
    let start: Duration
    let progress: RecordedProgress
    /// Its row in the database as it is on the disk, once it has one there.
    private(set) var row: CallRow?
    private(set) var counters = CallCounters()
    private var answers = AnswerCount()
    private(set) var state = CallRowState.running
    private(set) var outcome: CallOutcome?
    /// Whether nothing more of it is recorded, for that has failed.
    private(set) var isStopped = false
    private var blocks = Blocks()
    /// The counters as they are on the disk.
    private var written = CallCounters()
    private var attempt = 0
    private var firstAttempt: Duration?
    private var sent: MessageBlockEncoder
    private var received: MessageBlockEncoder
    private var order = OrderEncoder(first: 1)
    private var facts = FactEncoder(first: 1)

    init(head: CallHead, method: MethodSchema?, started: Date, start: Duration, progress: RecordedProgress) {
        self.head = head
        self.method = method
        self.started = started
        self.start = start
        self.progress = progress
        sent = MessageBlockEncoder(.sent, first: 1)
        received = MessageBlockEncoder(.received, first: 1)
    }

    /// Bytes that wait to be written.
    var pendingBytes: Int {
        blocks.bytes + sent.byteCount + received.byteCount + order.byteCount
            + facts.byteCount
    }

    /// Takes an event that has nothing secret in it.
    /// - Parameter time: When it was observed.
    mutating func append(_ event: CallEvent, at time: Duration) {
        counters.count(event)
        answers.observe(event)
        counters.answered = answers.proven
        noteTime(of: event, at: time)
        switch event {
        case .sent(let messages):
            Self.append(messages, to: &sent, &blocks)
            add(.sent(messages.count))
        case .received(let messages):
            note(definitionOf: messages)
            Self.append(messages, to: &received, &blocks)
            add(.received(messages.count))
        case .acknowledged(let number): add(.acknowledged(upTo: number, at: time.wholeNanoseconds))
        case .resent(let numbers, let time): add(.resent(numbers, at: time.wholeNanoseconds))
        case .attemptStarted, .paired, .opened, .halfClosed, .serverFinished, .attemptEnded, .retryScheduled, .pinged,
            .notice,
            .ended:
            if case .attemptStarted(let attempt) = event { self.attempt = attempt.number }
            add(fact: event, at: time)
        }
        if case .ended(let outcome) = event {
            state = .ended
            self.outcome = outcome
        }
    }

    /// How long a call takes is counted from the start of its first attempt to when it was over, as everywhere in the program; while it
    /// goes on, to what was told of it last.
    private mutating func noteTime(of event: CallEvent, at time: Duration) {
        if case .attemptStarted(let attempt) = event, firstAttempt == nil { firstAttempt = attempt.start }
        if case .ended(let outcome) = event, let firstAttempt {
            counters.lasted = max(0, (outcome.time - firstAttempt).wholeNanoseconds)
        } else {
            counters.lasted = max(counters.lasted, (time - (firstAttempt ?? start)).wholeNanoseconds)
        }
    }

    private mutating func note(definitionOf replies: [StreamMessage]) {
        guard let known = method?.output, let reply = replies.last(where: { $0.role == .response }) else { return }
        let codec = reply.payload.codec
        guard codec !== known, codec.name == known.name, codec.definition != nil else { return }
        method?.output = codec
        hasNewDefinition = true
    }

    private static func append(
        _ messages: [StreamMessage], to encoder: inout MessageBlockEncoder, _ blocks: inout Blocks
    ) {
        for message in messages {
            encoder.append(message)
            if encoder.isFull { close(&encoder, &blocks) }
        }
    }

    private static func close(_ encoder: inout MessageBlockEncoder, _ blocks: inout Blocks) {
        guard !encoder.isEmpty else { return }
        blocks.append(encoder.block)
        encoder = MessageBlockEncoder(encoder.stream, first: encoder.next)
    }

    private mutating func add(_ token: OrderToken) {
        order.append(token)
        if order.isFull { closeOrder() }
    }

    private mutating func add(fact event: CallEvent, at time: Duration) {
        facts.append(
            event, EventLines(start: start, firstAttempt: firstAttempt, now: time, attempt: attempt, isComplete: true),
            at: time)
        if facts.isFull { closeFacts() }
        add(.fact)
    }

    private mutating func closeOrder() {
        guard !order.isEmpty else { return }
        blocks.append(order.block)
        order = OrderEncoder(first: order.next)
    }

    private mutating func closeFacts() {
        guard !facts.isEmpty else { return }
        blocks.append(facts.block)
        facts = FactEncoder(first: facts.next)
    }

    /// Closes the blocks that have begun, and gives all that wait to be written. They stay until ``markWritten()``.
    mutating func closeBlocks() -> [Block] {
        Self.close(&sent, &blocks)
        Self.close(&received, &blocks)
        closeOrder()
        closeFacts()
        return blocks.all
    }

    /// What was to be written is on the disk; of a call that is not recorded any more, only its row.
    mutating func markWritten(_ row: CallRow) {
        self.row = row
        hasNewDefinition = false
        guard !isStopped else { return }
        blocks = Blocks()
        written = counters
        progress.written(call: row.id, sent: counters.sent, received: counters.received, hasEnded: state == .ended)
    }

    /// Says how far the call has come where nothing more will: nothing, where it has ended.
    mutating func close(as state: CallRowState) {
        if self.state == .running { self.state = state }
    }

    /// Records nothing more.
    mutating func stop(_ reason: HistoryError) {
        isStopped = true
        state = .incomplete
        counters = written
        blocks = Blocks()
        sent = MessageBlockEncoder(.sent, first: 1)
        received = MessageBlockEncoder(.received, first: 1)
        order = OrderEncoder(first: 1)
        facts = FactEncoder(first: 1)
        progress.stopped(reason)
    }

    /// Of a call that is not recorded any more, only how it ended.
    mutating func note(_ event: CallEvent) {
        if case .ended(let outcome) = event { self.outcome = outcome }
    }
}

/// Blocks that wait to be written.
private struct Blocks {
    private(set) var all: [Block] = []
    private(set) var bytes = 0

    mutating func append(_ block: Block) {
        all.append(block)
        bytes += block.data.count
    }
}

/// What is counted of a call. See ``Delivery`` for what the numbers mean.
struct CallCounters: Hashable, Sendable {
    var attempts = 0
    var sent = 0
    /// Messages received, of every sort.
    var received = 0
    /// Of those, the replies.
    var replies = 0
    var answered = 0
    /// Every event; each message of a batch is one.
    var events = 0
    /// From the start of the first attempt to the end, or the last event, in nanoseconds.
    var lasted: Int64 = 0

    mutating func count(_ event: CallEvent) {
        switch event {
        case .sent(let messages):
            sent += messages.count
            events += messages.count - 1
        case .received(let messages):
            received += messages.count
            replies += messages.count(where: \.isReply)
            events += messages.count - 1
        case .attemptStarted: attempts += 1
        default: break
        }
        events += 1
    }
}

/// Facts as lines, gathered to a block.
private struct FactEncoder {
    private let first: Int
    private var count = 0
    private var firstTime: Int64 = 0
    private var time: Int64 = 0
    private var lines = JSONText()

    init(first: Int) {
        self.first = first
    }

    var next: Int { first + count }
    var byteCount: Int { lines.bytes.count }
    var isEmpty: Bool { count == 0 }
    var isFull: Bool { byteCount >= Block.byteLimit }

    var block: Block {
        Block(stream: .facts, first: first, count: count, firstTime: firstTime, lastTime: time, data: lines.bytes)
    }

    mutating func append(_ event: CallEvent, _ writer: EventLines, at time: Duration) {
        self.time = time.wholeNanoseconds
        if count == 0 { firstTime = self.time }
        writer.append(event, to: &lines)
        count += 1
    }
}
