import Foundation
import Logging
import RPCCore

/// Writes log events as lines: the time, the level, what happened, and `name=value` in the order of the names.
///
/// A value with anything but letters, digits and a few signs in it is a JSON string, in which control characters and what
/// could turn the direction of text are escapes. A text of more than ``textLimit`` bytes is cut after so many scalars.
struct LineHandler: LogHandler {
    /// The longest text that is written whole, in bytes.
    static let textLimit = 4096

    let file: LogFile
    let wallTime: @Sendable () -> Date
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    func log(event: LogEvent) {
        var line = JSONText(isTerminalSafe: true)
        line.append(raw: wallTime().formatted(Self.timeStyle))
        line.append(raw: " \(event.level.rawValue) ")
        line.append(raw: "\(event.message)")
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line.append(raw: " \(key)=")
            append(value.description, to: &line)
        }
        file.append(line.bytes)
    }

    private func append(_ text: String, to line: inout JSONText) {
        if text.utf8.count > Self.textLimit {
            line.append("\(String(text.unicodeScalars.prefix(Self.textLimit)))… (\(text.utf8.count) bytes)")
        } else if !text.isEmpty, text.utf8.allSatisfy(Self.isPlain) {
            line.append(raw: text)
        } else {
            line.append(text)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "._-:/+".utf8.contains(byte)
        }
    }
}
