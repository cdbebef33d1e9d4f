import Foundation

/// Lines of figures.
package enum Report {
    package static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    /// How many processes wanted a processor in the last minute.
    package static func load() -> String {
        var averages = [0.0]
        return getloadavg(&averages, 1) == 1 ? String(format: "%.1f", averages[0]) : "unknown"
    }
}
