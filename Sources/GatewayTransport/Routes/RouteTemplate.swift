import RPCCore
import TransportSupport

/// A path with variables (google/api/http.proto, "Path template syntax"): `/v1/{name=shelves/*}/books/**:watch`.
struct RouteTemplate: Hashable, Sendable {
    /// One stretch of the path.
    enum Part: Hashable, Sendable {
        /// What stands there as it is: slashes, segments, the verb.
        case literal(String)
        case variable(Variable)
    }

    /// A field of the request in the path.
    struct Variable: Hashable, Sendable {
        /// The field by its original name, within others behind dots: `book.name`.
        var field: String
        /// What its value must look like, segment by segment.
        var pattern: [Segment]

        /// Whether its value stands for one segment, in which a slash is no border.
        var isSingle: Bool { pattern == [.any] }

        /// As it was written.
        var text: String { isSingle ? "{\(field)}" : "{\(field)=\(pattern.map(\.text).joined(separator: "/"))}" }
    }

    enum Segment: Hashable, Sendable {
        case literal(String)
        /// `*`: one segment.
        case any
        /// `**`: all that follow, be there none.
        case rest

        var text: String {
            switch self {
            case .literal(let text): text
            case .any: "*"
            case .rest: "**"
            }
        }
    }

    let parts: [Part]

    /// A path that stands for itself, whatever is in it.
    init(verbatim path: String) {
        parts = [.literal(path)]
    }

    /// - Throws: ``RouteProblem`` where the text is no such path.
    init(_ text: String) throws(RouteProblem) {
        guard text.hasPrefix("/"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw RouteProblem("the route \(Quote.beginning(of: text)) is no path of a URL")
        }
        var (parts, rest): ([Part], Substring) = ([], text[...])
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw RouteProblem("the route \(Quote.beginning(of: text)) has a { without a }")
            }
            if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
            parts.append(.variable(try Self.variable(rest[rest.index(after: open)..<close], in: text)))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        let literals = parts.compactMap { if case .literal(let text) = $0 { text } else { nil } }
        guard !literals.contains(where: { $0.contains("}") || $0.contains("*") }) else {
            throw RouteProblem("the route \(Quote.beginning(of: text)) has a * or a } that belongs to no variable")
        }
        self.parts = parts
    }

    private static func variable(_ text: Substring, in route: String) throws(RouteProblem) -> Variable {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let names = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        guard names.allSatisfy(isName) else {
            throw RouteProblem(
                "the route \(Quote.beginning(of: route)) has a variable that is no field: {\(text.prefix(80))}")
        }
        guard halves.count == 2 else { return Variable(field: String(text), pattern: [.any]) }
        let pattern = halves[1].split(separator: "/", omittingEmptySubsequences: false).map(segment)
        let rests = pattern.count { $0 == .rest }
        guard !pattern.contains(.literal("")), rests == 0 || rests == 1 && pattern.last == .rest else {
            throw RouteProblem(
                "the route \(Quote.beginning(of: route)) has a pattern that is none: {\(text.prefix(80))}")
        }
        return Variable(field: String(halves[0]), pattern: pattern)
    }

    private static func segment(_ text: Substring) -> Segment {
        switch text {
        case "*": .any
        case "**": .rest
        default: .literal(String(text))
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first.isNameByte, !first.isDigit else { return false }
        return text.utf8.allSatisfy(\.isNameByte)
    }

    var variables: [Variable] { parts.compactMap { if case .variable(let variable) = $0 { variable } else { nil } } }

    /// The path with the values of its variables.
    /// - Throws: ``RouteProblem`` where one is empty, does not match its pattern, or would lead elsewhere.
    func expanded(_ value: (Variable) throws(RouteProblem) -> String) throws(RouteProblem) -> String {
        var path = ""
        for part in parts {
            switch part {
            case .literal(let text): path += text
            case .variable(let variable): path += try variable.encoded(try value(variable))
            }
        }
        return path
    }
}

extension RouteTemplate.Variable {
    /// A value as it stands in a path: of a segment all is encoded but what RFC 3986, 2.3, leaves free.
    func encoded(_ value: String) throws(RouteProblem) -> String {
        guard !value.isEmpty else { throw RouteProblem("\(field) is empty, and the route has it in its path") }
        let segments =
            isSingle ? [value] : value.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard matches(segments) else {
            throw RouteProblem("\(field) is \(Quote.beginning(of: value)), and the route wants it as \(text)")
        }
        // A server, or a proxy before it, would take them for a step (RFC 3986, 5.2.4).
        guard !segments.contains(where: { $0 == "." || $0 == ".." }) else {
            throw RouteProblem("\(field) is \(Quote.beginning(of: value)), and . and .. cannot be segments of a path")
        }
        return segments.map { $0.percentEncoded(asSegment: true) }.joined(separator: "/")
    }

    private func matches(_ segments: [String]) -> Bool {
        let hasRest = pattern.last == .rest
        let fixed = hasRest ? pattern.count - 1 : pattern.count
        guard hasRest ? segments.count >= fixed : segments.count == fixed else { return false }
        guard !segments.contains("") else { return false }
        return zip(pattern.prefix(fixed), segments).allSatisfy { pattern, segment in
            if case .literal(let text) = pattern { text == segment } else { true }
        }
    }
}

/// Why a request cannot be made for a route.
struct RouteProblem: Error, Hashable {
    /// As one sentence without a full stop.
    let reason: String
    /// What to try.
    var advice: String?

    init(_ reason: String, advice: String? = nil) {
        (self.reason, self.advice) = (reason, advice)
    }
}

extension String {
    /// The text as a part of a URL: what RFC 3986, 2.3, leaves free stays as it is.
    /// - Parameter asSegment: Whether nothing else stays; otherwise what a path may have stays, too (3.3).
    func percentEncoded(asSegment: Bool) -> String {
        var text = ""
        for byte in utf8 {
            let isPlain =
                byte.isNameByte || "-.~".utf8.contains(byte) || !asSegment && "/!$&'()*+,;=:@".utf8.contains(byte)
            if isPlain {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + UInt32(byte).digits(2, radix: 16).uppercased()
            }
        }
        return text
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Whether it can be in the name of a field: a letter, a digit or `_`.
    fileprivate var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: isDigit
        }
    }
}
