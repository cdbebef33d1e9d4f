/// The ways in which a message can be looked at.
public enum MessageView: String, Hashable, Sendable, CaseIterable {
    /// As it travelled where that is text, and else in one line.
    case plain
    case json = "JSON"
    /// JSON with the fields that are not set, too.
    case allFields = "all fields"
    /// The text format of protocol buffers.
    case text
    /// The fields of the wire format, one by one.
    case wire
    case hex

    /// The one after this one, and after the last the first. What travels in protocol buffers is no text, and shown as JSON from
    /// the beginning.
    public func next(of encoding: Payload.Encoding) -> MessageView {
        let all = Self.allCases.filter { $0 != .json || encoding == .json }
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    /// What it is called.
    public func title(of encoding: Payload.Encoding) -> String {
        guard self == .plain else { return rawValue }
        return encoding == .json ? "it travelled" : MessageView.json.rawValue
    }
}

extension Payload {
    /// The most bytes that are shown one by one.
    private static let hexLimit = 4096

    /// The message in one of its views, on several lines; `nil` where it has none of that kind.
    public func text(in view: MessageView) -> String? {
        switch view {
        case .hex: hexText
        case .plain where encoding == .json: text
        case .plain, .json, .allFields, .text, .wire:
            message.withUnsafeBytes { codec.text(of: $0, as: encoding, in: view) }
        }
    }

    /// Sixteen bytes a line, with their place before them and what is text of them after them.
    private var hexText: String {
        let shown = Array(message.prefix(Self.hexLimit))
        var lines = stride(from: 0, to: shown.count, by: 16).map { start in
            let part = shown[start..<min(start + 16, shown.count)]
            let digits = part.map { $0.digits(2, radix: 16) }.joined(separator: " ")
            let text = part.map { (0x20..<0x7F).contains($0) ? String(Unicode.Scalar($0)) : "." }.joined()
            return "\(UInt32(start).digits(4, radix: 16))  \(digits.padded(to: 47))  \(text)"
        }
        if message.count > shown.count { lines.append("… \(message.count - shown.count) more bytes") }
        return lines.joined(separator: "\n")
    }
}
