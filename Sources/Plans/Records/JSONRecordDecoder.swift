import Foundation
import RPCCore

/// Reads chosen fields from each line of JSON Lines (https://jsonlines.org), as text.
///
/// A string is its content, `null` is empty; numbers, truth values, arrays and objects are the JSON that stands there.
/// Of a field that is there twice the last counts.
struct JSONRecordDecoder: RecordDecoder {
    private let selection: FieldSelection
    private let takes: RecordTest
    private var lines: LineBuffer

    init(
        place: String, selection: FieldSelection, takes: @escaping RecordTest = { _ in true },
        maximumLineLength: Int = RecordLimits.recordLength
    ) {
        self.selection = selection
        self.takes = takes
        lines = LineBuffer(place: place, maximumLength: maximumLineLength)
    }

    var isFinished: Bool { lines.isFinished }

    func place(ofColumn column: Int?) -> String { lines.linePlace }

    mutating func feed(_ chunk: [UInt8]?) { lines.feed(chunk) }

    mutating func next() throws(PlanError) -> DecodedRecord? {
        let (selection, takes) = (selection, takes)
        return try lines.next { line throws(JSONLinesProblem) in
            try selection.values(inJSON: line, takes).map { .fields($0) }
        }
    }
}

extension FieldSelection {
    private static let example = #"expected an object such as {"name":"Ana","active":true}"#

    /// - Returns: `nil` for a record that is not taken; it need not have what a taken one must have.
    fileprivate func values(
        inJSON line: UnsafeRawBufferPointer, _ takes: RecordTest
    ) throws(JSONLinesProblem) -> [String?]? {
        guard String(validating: line, as: UTF8.self) != nil else {
            throw JSONLinesProblem("is not UTF-8; \(Self.example)")
        }
        var fields: [String] = []
        guard let values = plainValues(line, &fields) ?? generalValues(line, &fields) else {
            throw JSONLinesProblem("is not a JSON object; \(Self.example)")
        }
        do throws(TextPattern.TooSlow) {
            guard try takes(values) else { return nil }
        } catch {
            throw JSONLinesProblem("\(error)")
        }
        let isComplete = zip(values, isRequired).allSatisfy { $0 != nil || !$1 }
        if !isComplete || !allowsOthers, let problem = problem(with: fields) { throw JSONLinesProblem(problem) }
        return values
    }

    /// The values of an object of strings, plain words and whole numbers, as nearly all are.
    private func plainValues(_ line: UnsafeRawBufferPointer, _ fields: inout [String]) -> [String?]? {
        walk(line, &fields, name: { $0.string() }) { scanner in
            guard scanner.next != UInt8(ascii: "\"") else { return scanner.string() }
            let text = String(decoding: scanner.rawValue(), as: UTF8.self)
            switch text {
            case "true", "false": return text
            case "null": return ""
            default: return text == Int(text).map(String.init) ? text : nil
            }
        }
    }

    /// The values of any object, once a general parser has found that it is one.
    private func generalValues(_ line: UnsafeRawBufferPointer, _ fields: inout [String]) -> [String?]? {
        fields = []
        guard let object = try? JSONSerialization.jsonObject(with: Data(line)), object is [String: Any] else {
            return nil
        }
        return walk(line, &fields, name: { Self.decoded($0.rawValue()) }) { scanner in
            let isString = scanner.next == UInt8(ascii: "\"")
            let raw = scanner.rawValue()
            if isString { return Self.decoded(raw) }
            let text = String(decoding: raw, as: UTF8.self)
            return text == "null" ? "" : text
        }
    }

    private func walk(
        _ line: UnsafeRawBufferPointer, _ fields: inout [String], name: (inout JSONScanner) -> String?,
        _ value: (inout JSONScanner) -> String?
    ) -> [String?]? {
        var values = [String?](repeating: nil, count: names.count)
        let isWhole = JSONScanner.walk(object: line) { scanner in
            guard let name = name(&scanner), scanner.skip(":"), let value = value(&scanner) else { return false }
            fields.append(name)
            if let index = names.firstIndex(of: name) { values[index] = value }
            return true
        }
        return isWhole ? values : nil
    }

    /// The content of a string with its quotation marks.
    private static func decoded(_ raw: UnsafeRawBufferPointer) -> String? {
        var scanner = JSONScanner(raw)
        if let plain = scanner.string(), scanner.isAtEnd { return plain }
        return try? JSONSerialization.jsonObject(with: Data(raw), options: .fragmentsAllowed) as? String
    }
}
