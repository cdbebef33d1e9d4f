import DequeModule

/// What a ``SteeredPlan`` knows: what was typed and where, where the stream was ended, and how far its present run has
/// come.
struct SteeredStream {
    typealias Waiter = CheckedContinuation<Void, Never>

    /// A typed request that was sent, and how many requests of any sort came before it.
    struct Remembered {
        var position: Int
        var request: HelloRequest
    }

    // What holds for every run.
    var typed: Deque<HelloRequest> = []
    private(set) var remembered: [Remembered] = []
    /// Whether the half-close was asked for.
    var isClosed = false
    /// How many requests there were when the stream was half-closed by hand.
    private(set) var end: Int?

    // What holds for the present run.
    private(set) var run = 0
    private var made = 0
    private var replayed = 0
    var pulled: Deque<HelloRequest> = []
    var isPlanComplete = false
    var isCancelled = false
    var failure: (any Error)?
    var consumer: Waiter?
    var producer: Waiter?
    var pump: Task<Void, Never>?

    /// Begins another run, from the first request.
    /// - Returns: its number.
    mutating func begin() -> Int {
        pump?.cancel()
        run += 1
        made = 0
        replayed = 0
        pulled = []
        isPlanComplete = false
        isCancelled = false
        failure = nil
        return run
    }

    enum Step {
        case batch([HelloRequest])
        case complete
        case failed(any Error)
        case wait
    }

    /// Whether an earlier run went further than this one has come.
    private var isReplaying: Bool { replayed < remembered.count || end.map { made < $0 } ?? false }

    /// Whether the half-close ends this run now.
    var isEnding: Bool { isClosed && !isReplaying }

    /// Whether the plan's further requests are of no use.
    var wantsNoMore: Bool { isCancelled || isEnding }

    func isReady(holdsOpen: Bool) -> Bool {
        !pulled.isEmpty || failure != nil || isEnding || (!isReplaying && !typed.isEmpty) || isTypedDue
            || (isPlanComplete && (isReplaying || !holdsOpen))
    }

    /// Whether the next request is one that was typed at this place in an earlier run.
    private var isTypedDue: Bool {
        replayed < remembered.count && (remembered[replayed].position <= made || isPlanComplete && pulled.isEmpty)
    }

    mutating func step(limit: Int, holdsOpen: Bool) -> Step {
        if isReplaying { return replay(limit: limit) }
        if !typed.isEmpty {
            let batch = typed.takeFirst(limit)
            for request in batch { remember(request) }
            return .batch(batch)
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
            return .batch([remembered[replayed].request])
        }
        let next = replayed < remembered.count ? remembered[replayed].position : end ?? .max
        if !pulled.isEmpty { return takePulled(min(limit, next - made)) }
        if let failure { return .failed(failure) }
        return isPlanComplete ? .complete : .wait
    }

    private mutating func takePulled(_ limit: Int) -> Step {
        let batch = pulled.takeFirst(limit)
        made += batch.count
        return .batch(batch)
    }

    private mutating func remember(_ request: HelloRequest) {
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
