import Foundation
import GreeterCore

/// What something took.
public struct Cost: Sendable {
    /// On the clock.
    public var wall: Double
    /// Of all processors together, ours and the system's on our behalf: what other programs do does not count.
    public var processor: Double

    public init(wall: Double, processor: Double) {
        self.wall = wall
        self.processor = processor
    }

    /// Measures, in seconds.
    public static func of(_ body: () async throws -> Void) async throws -> Cost {
        let clock = SystemClock()
        let (wall, processor) = (clock.now, processorTime())
        try await body()
        return Cost(wall: (clock.now - wall) / .seconds(1), processor: processorTime() - processor)
    }

    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
