import DequeModule
import RPCCore
import Waiting

/// What a ``SteeredPlan`` knows: what was typed and where, where the stream was ended, and how far its present run has
/// come.
struct SteeredStream: Awaitable {
    /// A typed request that was sent, and how many requests of any sort came before it.
    struct Remembered {
        var position: Int
        var request: MessageValue
    }

    // What holds for every run.
    /// So many requests may be unanswered.
    let window: Int
    /// What is known of the answers to all runs together.
    var answers = AnswerCount()
    /// So many requests count as answered.
    var answered: Int { answers.forFlow }
    var typed: Deque<MessageValue> = []
    private(set) var remembered: [Remembered] = []
    /// Whether the half-close was asked for.
    var isClosed = false
    /// How many requests there were when the stream was half-closed by hand.
    private(set) var end: Int?

    // What holds for the present run.
    private(set) var run = 0
    private var made = 0
    private var replayed = 0
    /// When it began, as if it had made all requests itself.
    private var start: Duration = .zero
    /// When it made its last requests.
    private var lastMade: Duration?
    var pulled = PulledRequests()
    var isPlanComplete = false
    var isCancelled = false
    var failure: (any Error)?
    /// Why the answers are not waited for any longer.
    var timeoutError: PlanError?
    /// The transport, which waits for requests.
    var consumer = Waiters()
    /// The plan, which waits for room.
    var producer = Waiters()
    var pump: Task<Void, Never>?
    var timer: Task<Void, Never>?

    init(window: Int) {
        self.window = window
    }

    /// What goes on for the present run, to be cancelled once the lock is released: a task that waits here takes it.
    mutating func takeTasks() -> [Task<Void, Never>] { [pump.take(), timer.take()].compactMap { $0 } }

    mutating func takeWoken() -> [CheckedContinuation<Void, Never>] { consumer.takeWoken() + producer.takeWoken() }

    /// Begins another run.
    /// - Parameter count: How many of its first requests it leaves out.
    /// - Returns: its number, how many of those are the plan's, and how much of the stream's time is used up.
    mutating func begin(skipping count: Int, at now: Duration) -> (run: Int, skipped: Int, used: Duration) {
        let used = count == 0 ? .zero : (lastMade ?? start) - start
        run += 1
        made = count
        replayed = remembered.count { $0.position < count }
        start = now - used
        lastMade = nil
        pulled = PulledRequests()
        isPlanComplete = false
        isCancelled = false
        failure = nil
        timeoutError = nil
        return (run, count - replayed, used)
    }

    enum Step {
        case batch([Payload])
        /// What a person has typed.
        case typed([MessageValue])
        case complete
        case failed(any Error)
        case wait
    }

    /// Whether an earlier run went further than this one has come.
    var isReplaying: Bool { replayed < remembered.count || end.map { made < $0 } ?? false }

    /// Whether the half-close ends this run now.
    var isEnding: Bool { isClosed && !isReplaying }

    /// How many more requests may be unanswered.
    private var room: Int { max(0, window - answers.open(of: made)) }

    /// Whether replies must come before the plan's next request is sent.
    var isHeldBack: Bool { !pulled.isEmpty && room == 0 && !isEnding }

    /// Whether more is to be pulled from the plan. What waits for replies is not pulled ahead, so that it keeps its pace.
    func hasRoom(_ limit: Int) -> Bool { window == .max ? pulled.count < limit : pulled.isEmpty }

    /// Whether the plan's further requests are of no use.
    var wantsNoMore: Bool { isCancelled || isEnding }

    func isReady(holdsOpen: Bool) -> Bool {
        if isEnding || timeoutError != nil || isTypedDue || (!isReplaying && !typed.isEmpty) { return true }
        if !pulled.isEmpty { return room > 0 }
        return failure != nil || (isPlanComplete && (isReplaying || !holdsOpen))
    }

    /// Whether the next request is one that was typed at this place in an earlier run.
    private var isTypedDue: Bool {
        replayed < remembered.count && (remembered[replayed].position <= made || isPlanComplete && pulled.isEmpty)
    }

    mutating func step(limit: Int, holdsOpen: Bool, at now: Duration) -> Step {
        let step = isReplaying ? replay(limit: limit) : proceed(limit: limit, holdsOpen: holdsOpen)
        switch step {
        case .batch, .typed: lastMade = now
        case .complete, .failed, .wait: break
        }
        return step
    }

    private mutating func proceed(limit: Int, holdsOpen: Bool) -> Step {
        if !typed.isEmpty {
            let batch = typed.takeFirst(limit)
            for request in batch { remember(request) }
            return .typed(batch)
        }
        if isClosed {
            end = made
            return .complete
        }
        if !pulled.isEmpty { return takePulled(limit) }
        if let failure { return .failed(failure) }
        return isPlanComplete && !holdsOpen ? .complete : .wait
    }

    /// Makes what an earlier run has made.
    private mutating func replay(limit: Int) -> Step {
        if isTypedDue {
            defer { replayed += 1 }
            made += 1
            return .typed([remembered[replayed].request])
        }
        let next = replayed < remembered.count ? remembered[replayed].position : end ?? .max
        if !pulled.isEmpty { return takePulled(min(limit, next - made)) }
        if let failure { return .failed(failure) }
        return isPlanComplete ? .complete : .wait
    }

    private mutating func takePulled(_ limit: Int) -> Step {
        guard room > 0 else { return timeoutError.map { .failed($0) } ?? .wait }
        let batch = pulled.take(atMost: min(limit, room))
        made += batch.count
        return .batch(batch)
    }

    private mutating func remember(_ request: MessageValue) {
        if remembered.count < SteeredPlan.rememberedLimit {
            remembered.append(Remembered(position: made, request: request))
            replayed = remembered.count
        }
        made += 1
    }
}

extension Deque {
    fileprivate mutating func takeFirst(_ limit: Int) -> [Element] {
        let batch = Array(prefix(limit))
        removeFirst(batch.count)
        return batch
    }
}
