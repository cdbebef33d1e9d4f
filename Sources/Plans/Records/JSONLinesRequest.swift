import Foundation
import RPCCore

/// Reads requests that are JSON objects of text.
struct JSONLinesRequest: Sendable {
    private let fields: [MessageField]
    private let example: String

    init(_ message: any MessageCodec) {
        fields = message.fields
        var bytes: [UInt8] = []
        message.append(message.example, as: .json, to: &bytes)
        example = "expected an object such as \(String(decoding: bytes, as: UTF8.self))"
    }

    /// Reads one line of JSON Lines, and says what is wrong with it where it is no request.
    func read(_ bytes: UnsafeRawBufferPointer) throws(JSONLinesProblem) -> MessageValue {
        if let value = plainValue(bytes) { return value }
        return try generalValue(bytes)
    }

    /// Nearly every request is an object of plain strings, and a general parser takes many times as long to read it.
    /// - Returns: `nil` for everything else, be it right or wrong: that is for a general parser to tell.
    private func plainValue(_ bytes: UnsafeRawBufferPointer) -> MessageValue? {
        var texts = [String??](repeating: nil, count: fields.count)
        let isPlain = JSONScanner.walk(object: bytes) { scanner in
            guard let name = scanner.string(), scanner.skip(":"),
                let index = fields.firstIndex(where: { $0.name == name }), texts[index] == nil
            else { return false }
            texts[index] = fields[index].isOptional ? scanner.stringOrNull() : scanner.string().map { .some($0) }
            return texts[index] != nil
        }
        guard isPlain, zip(fields, texts).allSatisfy({ $0.isOptional || $1 != nil }) else { return nil }
        return value(of: texts.map { $0 ?? nil })
    }

    private func value(of texts: [String?]) -> MessageValue {
        MessageValue(zip(fields, texts).compactMap { field, text in text.map { MessageValue.Field(field.name, $0) } })
    }

    private func generalValue(_ bytes: UnsafeRawBufferPointer) throws(JSONLinesProblem) -> MessageValue {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw JSONLinesProblem("is not UTF-8; \(example)")
        }
        let value: Any
        do {
            value = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        } catch {
            throw JSONLinesProblem("is not JSON\(Self.reason(error)); \(example)")
        }
        guard let object = value as? [String: Any] else {
            throw JSONLinesProblem("is \(Self.kind(of: value)); \(example)")
        }
        if let key = object.keys.filter({ key in !fields.contains { $0.name == key } }).min() {
            throw JSONLinesProblem("has an unknown field '\(key.prefix(40))'; \(advice(on: key))")
        }
        // The parser overlooks a comma too many, and takes the last of two.
        guard let names = JSONScanner.names(inObject: bytes) else {
            throw JSONLinesProblem("is not JSON; \(example)")
        }
        guard names.count == object.count else { throw JSONLinesProblem("has a field twice; \(example)") }
        return self.value(
            of: try fields.map { field throws(JSONLinesProblem) in try text(object[field.name], of: field) })
    }

    private func text(_ value: Any?, of field: MessageField) throws(JSONLinesProblem) -> String? {
        switch value {
        case let text as String: return text
        case nil where !field.isOptional: throw JSONLinesProblem("has no '\(field.name)'; \(example)")
        case nil: return nil
        case is NSNull where field.isOptional: return nil
        case let other?:
            throw JSONLinesProblem(
                "has \(Self.kind(of: other)) as '\(field.name)'; expected a string\(field.isOptional ? " or null" : "")"
            )
        }
    }

    /// What the parser says of its failure, in brackets; nothing where it says nothing.
    private static func reason(_ error: any Error) -> String {
        guard let text = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String else { return "" }
        let sentence = text.hasSuffix(".") ? text.dropLast() : text[...]
        return " (\(sentence.prefix(1).lowercased())\(sentence.dropFirst()))"
    }

    private func advice(on key: String) -> String {
        let names = fields.map(\.name)
        guard let nearest = NearestName.of(key, among: names, within: NearestName.slip) else {
            return "the fields are \(names.map { "'\($0)'" }.joined(separator: " and "))"
        }
        return "did you mean '\(nearest)'?"
    }

    private static func kind(of value: Any) -> String {
        switch value {
        case is NSNull: "null"
        case is String: "a string"
        case is [Any]: "an array"
        case is [String: Any]: "an object"
        case let number as NSNumber where String(cString: number.objCType) == "c": "a truth value"
        default: "a number"
        }
    }
}
