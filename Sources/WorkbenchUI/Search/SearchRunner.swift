import Foundation
import RPCCore
import WorkbenchModel

/// Looks through the messages of the call on screen, off the main actor, and posts how far it has come and what it has found.
@MainActor
final class SearchRunner {
    /// From one report of progress to the next, at least.
    private nonisolated static let reportInterval = Duration.milliseconds(100)

    private let clock: any CallClock
    let timeZone: TimeZone
    private let post: @Sendable (SearchMessage) -> Void
    /// What is looked for once; another takes its place.
    private var search: Task<Void, Never>?
    private var filters: [Direction: FilterRun] = [:]
    /// What counts the matches of the last search.
    private var counting: (query: FindQuery, text: String, run: FilterRun)?

    init(clock: any CallClock, timeZone: TimeZone, post: @escaping @Sendable (SearchMessage) -> Void) {
        self.clock = clock
        self.timeZone = timeZone
        self.post = post
    }

    /// - Parameters:
    ///   - transcript: The messages of the call on screen.
    ///   - start: When the call began, as ``CallClock/now``, and on the wall.
    func run(_ effect: SearchEffect, in transcript: any TranscriptReading, start: Attempt?) {
        switch effect {
        case .find(let query): find(query, in: transcript)
        case .stopFinding:
            search?.cancel()
            stopCounting()
        case .filter(let direction, let callID, let pattern):
            filters[direction]?.cancel()
            let run = FilterRun(direction, pattern, transcript, follows: true, clock: clock, post: post) {
                .filtered(direction, callID: callID, $0, searched: $1)
            }
            filters[direction] = run
            run.goOn()
        case .count(let query, let text): countMatches(query, text, in: transcript)
        case .stopFilter(let direction): filters.removeValue(forKey: direction)?.cancel()
        case .jump(let direction, _, let moment):
            guard let start else { return post(.jumped(direction, number: nil)) }
            let time = time(of: moment, start)
            once { try await .jumped(direction, number: transcript.number(of: direction, at: time)) }
        case .findCounterpart(let direction, _, let number, let pairings):
            once {
                try await .jumped(direction.other, number: transcript.counterpart(of: direction, number, by: pairings))
            }
        }
    }

    /// More messages have come, or another call takes the place of the one that was looked through.
    func transcriptGrew() {
        for filter in filters.values { filter.goOn() }
    }

    /// Counts what there is now, and goes on from there where the same is looked for again.
    private func countMatches(_ query: FindQuery, _ text: String, in transcript: any TranscriptReading) {
        if let last = counting, last.text == text, last.query.callID == query.callID,
            last.query.direction == query.direction
        {
            return last.run.goOn()
        }
        stopCounting()
        guard let pattern = query.patterns.first else { return }
        let run = FilterRun(query.direction, pattern, transcript, follows: false, clock: clock, post: post) {
            .counted(query.direction, callID: query.callID, text, $0, searched: $1)
        }
        counting = (query, text, run)
        run.goOn()
    }

    private func stopCounting() {
        counting?.run.cancel()
        counting = nil
    }

    /// Ends everything.
    func stop() {
        search?.cancel()
        stopCounting()
        for filter in filters.values { filter.cancel() }
        filters = [:]
    }

    private func find(_ query: FindQuery, in transcript: any TranscriptReading) {
        once { [clock, post] in
            var reported = clock.now
            let search = TranscriptSearch(query.direction, of: transcript)
            let number = try await search.first(query.patterns, from: query.start, forward: query.goesForward) {
                progress in
                guard clock.now - reported >= Self.reportInterval else { return }
                reported = clock.now
                post(.progressed(progress))
            }
            return .found(query.direction, number: number)
        }
    }

    private func once(_ body: @escaping @Sendable () async throws -> SearchMessage) {
        search?.cancel()
        search = Task.detached { [post] in
            do {
                let message = try await body()
                if !Task.isCancelled { post(message) }
            } catch {
                if !(error is CancellationError), !Task.isCancelled { post(.failed("\(error)")) }
            }
        }
    }

    /// A moment as ``CallClock/now`` of the call.
    private func time(of moment: CallMoment, _ start: Attempt) -> Duration {
        switch moment {
        case .elapsed(let elapsed): return start.start + elapsed
        case .timeOfDay(let time):
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = timeZone
            let midnight = calendar.startOfDay(for: start.wallTime)
            let elapsed = Duration(clampingSeconds: midnight.timeIntervalSince(start.wallTime)) + time
            // Calls may go on past midnight.
            let isTomorrow = elapsed < .seconds(-12 * 3600)
            return start.start + elapsed + (isTomorrow ? .seconds(24 * 3600) : .zero)
        }
    }
}

/// One pattern at work: it is looked for in the messages there are when it is told to go on, and in those that come meanwhile where it
/// follows.
@MainActor
private final class FilterRun {
    private let direction: Direction
    private let pattern: MessagePattern
    private let follows: Bool
    private let transcript: any TranscriptReading
    private let clock: any CallClock
    private let post: @Sendable (SearchMessage) -> Void
    private let message: (NumberSet, _ searched: Int) -> SearchMessage
    private var matches = NumberSet()
    private var searched = 0
    private var task: Task<Void, Never>?

    init(
        _ direction: Direction, _ pattern: MessagePattern, _ transcript: any TranscriptReading, follows: Bool,
        clock: any CallClock, post: @escaping @Sendable (SearchMessage) -> Void,
        message: @escaping (NumberSet, _ searched: Int) -> SearchMessage
    ) {
        (self.direction, self.pattern, self.transcript, self.follows) = (direction, pattern, transcript, follows)
        (self.clock, self.post, self.message) = (clock, post, message)
    }

    func cancel() { task?.cancel() }

    /// Looks at what has not been looked at, unless that is being done.
    func goOn() {
        guard task == nil else { return }
        task = Task {
            do {
                try await lookAtRest()
                task = nil
            } catch {
                // The run has ended: its task stays, so that no other begins.
                if !(error is CancellationError), !Task.isCancelled { post(.failed("\(error)")) }
            }
        }
    }

    private func lookAtRest() async throws {
        var reported = clock.now
        var isReported = true
        let limit = follows ? Int.max : transcript.kept(of: direction).upperBound
        while true {
            let kept = transcript.kept(of: direction)
            let start = max(searched + 1, kept.lowerBound)
            let end = min(start + TranscriptSearch.window, kept.upperBound, limit)
            guard start < end else { break }
            let found = try await Self.look(for: pattern, in: start..<end, direction, transcript)
            try Task.checkCancellation()
            for number in found { matches.append(number) }
            searched = end - 1
            isReported = clock.now - reported < .milliseconds(100)
            guard !isReported else { continue }
            reported = clock.now
            report()
        }
        if isReported { report() }
    }

    private func report() {
        post(message(matches, searched))
    }

    private nonisolated static func look(
        for pattern: MessagePattern, in numbers: Range<Int>, _ direction: Direction, _ transcript: any TranscriptReading
    ) async throws -> [Int] {
        try await Task.detached { try await TranscriptSearch(direction, of: transcript).all(pattern, in: numbers) }
            .value
    }
}
