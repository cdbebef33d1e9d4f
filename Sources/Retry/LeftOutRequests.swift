import Algorithms
import RPCCore

/// The requests of a call that an attempt leaves out, for they are answered; and the numbers in the call of those that it makes.
struct LeftOutRequests: Sendable {
    private struct Run {
        /// Numbers in the call.
        var numbers: ClosedRange<Int>
        /// Requests of the attempt that come before it, and requests that are left out before and in it.
        var before: Int
        var leftOut: Int
    }

    private let runs: [Run]

    init(_ numbers: RequestNumbers = RequestNumbers()) {
        var runs: [Run] = []
        for run in numbers.runs {
            let leftOut = runs.last?.leftOut ?? 0
            runs.append(
                Run(numbers: run, before: run.lowerBound - 1 - leftOut, leftOut: leftOut + run.count))
        }
        self.runs = runs
    }

    var isEmpty: Bool { runs.isEmpty }
    /// How many there are.
    var count: Int { runs.last?.leftOut ?? 0 }
    /// How many of them are the first ones of the call.
    var prefix: Int { runs.first.flatMap { $0.numbers.lowerBound == 1 ? $0.numbers.upperBound : nil } ?? 0 }
    /// The last one; 0 where there is none.
    var last: Int { runs.last?.numbers.upperBound ?? 0 }

    /// The number in the call of a request of the attempt.
    func number(_ request: Int) -> Int {
        let next = runs.partitioningIndex { $0.before >= request }
        return request + (next > 0 ? runs[next - 1].leftOut : 0)
    }

    /// Whether a request of the call is left out.
    func contains(_ number: Int) -> Bool {
        let run = runs[runs.partitioningIndex { $0.numbers.upperBound >= number }...].first
        return run?.numbers.contains(number) == true
    }
}
