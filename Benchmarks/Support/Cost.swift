import Foundation
import RPCCore

/// What something took.
package struct Cost {
    /// On the clock.
    package var wall: Double
    /// Of all processors together, ours and the system's on our behalf: what other programs do does not count.
    package var processor: Double

    /// Measures, in seconds.
    package static func of(_ body: () async throws -> Void) async throws -> Cost {
        try await measure(body).cost
    }

    /// Measures, in seconds, what something takes that has a result.
    package static func measure<Value>(
        _ body: () async throws -> Value
    ) async throws -> (value: Value, cost: Cost) {
        let clock = SystemClock()
        let (wall, processor) = (clock.now, processorTime())
        let value = try await body()
        return (value, Cost(wall: (clock.now - wall) / .seconds(1), processor: processorTime() - processor))
    }

    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Rounds of the same work without the layer and with it, one right after the other.
package struct Comparison {
    package init() {}

    package private(set) var without: [Cost] = []
    package private(set) var with: [Cost] = []

    package mutating func add(without: Cost, with: Cost) {
        self.without.append(without)
        self.with.append(with)
    }

    /// By how much more the layer costs: the median over the rounds, in percent.
    package func overhead(_ measure: KeyPath<Cost, Double>) -> Double {
        let ratios = zip(without, with).map { $1[keyPath: measure] / $0[keyPath: measure] }
        return (Self.median(ratios) - 1) * 100
    }

    /// The same for the quickest rounds of each.
    package func overheadOfMinima(_ measure: KeyPath<Cost, Double>) -> Double {
        let minima = [without, with].map { $0.map { $0[keyPath: measure] }.min() ?? 0 }
        return (minima[1] / minima[0] - 1) * 100
    }

    package static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard let middle = sorted.dropFirst(sorted.count / 2).first else { return .nan }
        return sorted.count % 2 == 1 ? middle : (middle + sorted[sorted.count / 2 - 1]) / 2
    }
}
