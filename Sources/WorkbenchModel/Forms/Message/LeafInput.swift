import Foundation
import RPCCore

/// What people may write in a row besides what JSON has.
enum LeafInput {
    enum Meaning: Hashable {
        case text(String)
        /// The bytes of a file.
        case file(String)
        /// So long after now.
        case time(Duration)
        case wrong(String)
    }

    /// - Parameter shape: Of what stands in the row.
    static func meaning(of text: String, _ shape: ValueShape, _ writing: Writing) -> Meaning {
        guard !writing.hasPlaces(text) else { return .text(text) }
        switch shape.unwrapped {
        case .scalar(.string): return .text(text)
        case .scalar(.bytes): return bytes(text.trimmingSpaces())
        case .message(let message) where message.wellKnown == .timestamp: return time(text.trimmingSpaces(), writing)
        case .message(let message) where message.wellKnown == .duration: return .text(duration(text.trimmingSpaces()))
        case .message(let message) where shape.isFreeJSON:
            let text = text.trimmingSpaces()
            // Whoever types a word where any JSON can be means a text.
            let word = message.wellKnown == .value ? JSONTree.text(writing.written(text)).json(writing) : text
            return .text(JSONTree(text, writing)?.json(writing) ?? word)
        default: return .text(text.trimmingSpaces())
        }
    }

    static func base64(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

    private static func bytes(_ text: String) -> Meaning {
        if text.hasPrefix("@") { return .file(String(text.dropFirst())) }
        if text.hasPrefix("base64:") { return .text(String(text.dropFirst("base64:".count))) }
        if text.hasPrefix("text:") { return .text(base64(text.dropFirst("text:".count).utf8)) }
        guard text.hasPrefix("hex:") else { return .text(text) }
        let digits = text.dropFirst("hex:".count).filter { !$0.isWhitespace && $0 != ":" }
        guard digits.count.isMultiple(of: 2), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            return .wrong("hex: takes pairs of hexadecimal digits, such as hex:00ff")
        }
        let values = digits.compactMap { $0.hexDigitValue }
        return .text(base64(stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }))
    }

    private static func time(_ text: String, _ writing: Writing) -> Meaning {
        if text == "now" { return writing == .plain ? .time(.zero) : .text("{now}") }
        guard let sign = text.first, sign == "+" || sign == "-",
            let time = Duration(settingText: String(text.dropFirst()))
        else { return .text(text) }
        return .time(sign == "+" ? time : .zero - time)
    }

    /// `500ms` as `0.500s`.
    private static func duration(_ text: String) -> String {
        let (isNegative, digits) = text.hasPrefix("-") ? (true, String(text.dropFirst())) : (false, text)
        if digits.hasSuffix("s"), JSONNumber.isValid(String(digits.dropLast())) { return text }
        guard let (seconds, attoseconds) = Duration(settingText: digits)?.components else { return text }
        let nanos = String(attoseconds / 1_000_000_000)
        var fraction = String(repeating: "0", count: max(0, 9 - nanos.count)) + nanos
        while fraction.hasSuffix("000") { fraction.removeLast(3) }
        return "\(isNegative ? "-" : "")\(seconds)\(fraction.isEmpty ? "" : ".\(fraction)")s"
    }
}
