import Foundation

/// The memory of this process, as the system counts it.
package enum Memory {
    /// What is resident now, in KiB; 0 where the system does not say.
    package static var resident: Int { figure("VmRSS:") }
    /// The most that has been resident, in KiB; 0 where the system does not say.
    package static var peak: Int { figure("VmHWM:") }

    private static func figure(_ name: String) -> Int {
        let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = lines.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
