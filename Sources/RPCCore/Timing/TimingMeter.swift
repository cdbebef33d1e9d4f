/// How long a call's messages took.
public struct Timing: Hashable, Sendable {
    /// From each request to each reply that answers it; `nil` where none does, or nobody knows which.
    public var roundTrips: Percentiles?
    /// From each reply to the next; `nil` where there are fewer than two.
    public var gaps: Percentiles?
    /// Round trips that are left out, for receiving was paused meanwhile.
    public var pausedRoundTrips: Int
    /// Whether the round trips are those of pairs that are not all proven.
    public var isGuess: Bool

    public init(
        roundTrips: Percentiles? = nil, gaps: Percentiles? = nil, pausedRoundTrips: Int = 0, isGuess: Bool = false
    ) {
        self.roundTrips = roundTrips
        self.gaps = gaps
        self.pausedRoundTrips = pausedRoundTrips
        self.isGuess = isGuess
    }
}

/// Measures the ``Timing`` of a call from its events, in constant space: times of the newest requests and answers, and two
/// histograms, at most about 5 MB.
///
/// A request that was sent more than once counts from the last time: its reply is that of the attempt that sent it then. When
/// pairs become other ones, round trips are measured again; those of answers that are kept no more are lost, and not counted.
public struct TimingMeter: Sendable {
    private var requests = TimeRuns()
    private var answers = AnswerRuns()
    private var pairings = Pairings()
    private var pauses = Pauses()
    private var lastReply: Duration?
    private var roundTrips = TimeHistogram()
    private var pausedRoundTrips = 0
    private var gaps = TimeHistogram()

    public init() {}

    public mutating func observe(_ event: CallEvent) {
        switch event {
        case .sent(let messages): messages.forEachSpan { requests.append($0.count, at: $1) }
        case .resent(let numbers, let time): requests.set(numbers, to: time)
        case .received(let messages): messages.forEachSpan { measure(messages, $0, at: $1) }
        case .paired(let rule): pair(rule)
        default: break
        }
    }

    /// Receiving is paused from now on, and the server held back with it.
    public mutating func pause(at time: Duration) {
        pauses.begin(at: time)
    }

    /// Receiving goes on.
    public mutating func goOn(at time: Duration) {
        pauses.end(at: time)
    }

    public var timing: Timing {
        // Pairs of a rule become guesses at some place, and stay so: the last one tells of all.
        let isGuess =
            answers.runs.last.map { run in
                let last = AnswerPlace(replies: run.place.replies + run.count - 1, refusals: run.place.refusals)
                let rule = pairings.rule(forReply: run.number)
                return rule.pair(of: last, isRefusal: run.isRefusal)?.isGuess ?? !rule.isProven
            } ?? false
        return Timing(
            roundTrips: roundTrips.percentiles, gaps: gaps.percentiles, pausedRoundTrips: pausedRoundTrips,
            isGuess: isGuess)
    }

    /// Measures messages that were read together.
    private mutating func measure(_ messages: [StreamMessage], _ span: Range<Int>, at time: Duration) {
        var run: AnswerRun?
        var replies = 0
        for index in span {
            let isRefusal: Bool
            switch messages[index].role {
            case .noise: continue
            case .rejection: isRefusal = true
            case .request, .response: isRefusal = false
            }
            replies += 1
            let number = messages[index].number
            guard let place = messages[index].place else {
                finish(run.take())
                if let request = messages[index].answers { measure(1, to: request, at: time) }
                continue
            }
            if run?.takes(number, place, isRefusal: isRefusal) == true { continue }
            finish(run)
            run = AnswerRun(number: number, place: place, time: time, isRefusal: isRefusal)
        }
        finish(run)
        measureGaps(before: replies, at: time)
    }

    /// Measures the gap before replies that were read together, and those between them, which are none.
    private mutating func measureGaps(before replies: Int, at time: Duration) {
        guard replies > 0 else { return }
        if let lastReply, !pauses.overlap(from: lastReply, to: time) { gaps.record(time - lastReply) }
        if replies > 1, !pauses.overlap(from: time, to: time) { gaps.record(.zero, count: replies - 1) }
        lastReply = time
    }

    private mutating func finish(_ run: AnswerRun?) {
        guard let run else { return }
        answers.append(run)
        measure(run)
    }

    /// Measures answers that were read together: all those to requests that were sent together in one go.
    private mutating func measure(_ run: AnswerRun) {
        let rule = pairings.rule(forReply: run.number)
        var place = run.place
        var rest = run.count
        while rest > 0, let request = rule.pair(of: place, isRefusal: run.isRefusal)?.request {
            let last = requests.time(of: request)?.last ?? request
            // Replies to this request and to those that were sent with it.
            let complete = (last - rule.firstRequest - place.refusals + 1) * rule.ratio
            let count = run.isRefusal ? 1 : max(1, min(rest, complete - place.replies))
            measure(count, to: request, at: run.time)
            place.replies += count
            rest -= count
        }
    }

    private mutating func measure(_ count: Int, to request: Int, at time: Duration) {
        guard let sent = requests.time(of: request)?.time else { return }
        if pauses.overlap(from: sent, to: time) {
            pausedRoundTrips += count
        } else {
            roundTrips.record(time - sent, count: count)
        }
    }

    /// Takes over a rule, and measures again what it changes.
    private mutating func pair(_ rule: Pairing) {
        let earlier = pairings.rule(forReply: rule.firstReply)
        pairings.apply(rule)
        guard let newest = answers.runs.last, newest.number >= rule.firstReply, rule.changesPairs(of: earlier) else {
            return
        }
        roundTrips = TimeHistogram()
        pausedRoundTrips = 0
        for run in answers.runs { measure(run) }
    }
}

extension [StreamMessage] {
    /// Goes through messages that follow one another and have one time. In place: to copy a message is to count references.
    fileprivate func forEachSpan(_ body: (_ span: Range<Int>, _ time: Duration) -> Void) {
        var start = 0
        while start < count {
            let time = self[start].time
            var end = start + 1
            while end < count, self[end].time == time { end += 1 }
            body(start..<end, time)
            start = end
        }
    }
}
