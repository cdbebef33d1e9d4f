import RPCCore
import TerminalUI
import WorkbenchModel

/// How long a call's messages took and when they were, in numbers and small charts.
enum TimingText {
    static func lines(_ progress: CallProgress) -> [String] {
        let timing = progress.timing
        let times = [("round trips", timing.roundTrips), ("gaps", timing.gaps)]
        let charts = [("sent", progress.sentSeries), ("received", progress.receivedSeries)]
        var lines = times.compactMap { name, times in times.map { line(name, $0) } }
        if timing.roundTrips != nil, timing.isGuess { lines[0] += "  \(Glyphs.unicode.guess) pairs are not proven" }
        if timing.pausedRoundTrips > 0 {
            lines.append("left out".padded(to: 13) + "\(timing.pausedRoundTrips) round trips: receiving was paused")
        }
        if let contradiction = progress.pairings.contradiction {
            lines.append(
                "round trips".padded(to: 13) + "none, for nobody can say which reply answers what: \(contradiction)")
        }
        if let pings = progress.pings { lines.append(line(pings)) }
        return lines
            + charts.compactMap { name, series in line(name, series) }
    }

    private static func line(_ pings: PingTimes) -> String {
        let values = [("last", pings.last), ("min", pings.shortest), ("max", pings.longest)]
        let texts = values.map { "\($0) \($1.intervalText)" } + ["of \(pings.count)"]
        return "pings".padded(to: 13) + texts.joined(separator: "  ")
    }

    private static func line(_ name: String, _ times: Percentiles) -> String {
        let values = [("p50", times.p50), ("p95", times.p95), ("p99", times.p99), ("max", times.maximum)]
        let texts = values.map { "\($0) \($1.intervalText)" } + ["of \(times.count)"]
        return name.padded(to: 13) + texts.joined(separator: "  ")
    }

    /// Nothing for a call that is too short to have a course.
    private static func line(_ name: String, _ series: RateSeries) -> String? {
        let rates = series.rates
        guard rates.count > 1, let highest = rates.max(), highest > 0 else { return nil }
        let levels = Glyphs.unicode.levels
        let bars = rates.map { rate in
            rate == 0 ? Character(" ") : levels[min(levels.count - 1, rate * levels.count / highest)]
        }
        return name.padded(to: 13) + String(bars) + "  at most \(highest)/s, \(series.length.text) a column"
    }
}
