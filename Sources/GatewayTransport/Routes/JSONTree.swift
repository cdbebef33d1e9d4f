import Foundation
import RPCCore

/// A JSON value taken apart, its numbers and texts as they stand: none goes through a floating-point number.
enum JSONTree: Hashable {
    case object([Member])
    case list([JSONTree])
    /// A text with its quotation marks, a number, `true`, `false` or `null`.
    case word([UInt8])

    struct Member: Hashable {
        var name: String
        var value: JSONTree
    }

    static let null = JSONTree.word(Array("null".utf8))

    /// - Throws: ``JSONFault`` where the text is no JSON.
    init(_ text: UnsafeRawBufferPointer) throws(JSONFault) {
        // What is checked can be walked over by simpler rules, and is not too deep.
        if let fault = JSONCheck.fault(in: text) { throw fault }
        var scanner = JSONScanner(text)
        self = Self.read(&scanner)
    }

    private static func read(_ scanner: inout JSONScanner) -> JSONTree {
        if scanner.skip("{") {
            var members: [Member] = []
            if scanner.skip("}") { return .object(members) }
            repeat {
                let name = text(of: Array(scanner.rawValue())) ?? ""
                _ = scanner.skip(":")
                members.append(Member(name: name, value: read(&scanner)))
            } while scanner.skip(",")
            _ = scanner.skip("}")
            return .object(members)
        }
        if scanner.skip("[") {
            var values: [JSONTree] = []
            if scanner.skip("]") { return .list(values) }
            repeat { values.append(read(&scanner)) } while scanner.skip(",")
            _ = scanner.skip("]")
            return .list(values)
        }
        return .word(Array(scanner.rawValue()))
    }

    /// What a JSON string says; `nil` where the bytes are none.
    private static func text(of word: [UInt8]) -> String? {
        guard word.first == UInt8(ascii: "\"") else { return nil }
        let plain = word.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            return scanner.string()
        }
        // The scanner knows no pairs of surrogates.
        return plain
            ?? (try? JSONSerialization.jsonObject(with: Data(word), options: .fragmentsAllowed)) as? String
    }

    /// What a value says that is no object, list or `null`; a text without its quotation marks.
    var scalar: String? {
        guard case .word(let word) = self, self != .null else { return nil }
        return Self.text(of: word) ?? String(decoding: word, as: UTF8.self)
    }

    var members: [Member] {
        get { if case .object(let members) = self { members } else { [] } }
        set { self = .object(newValue) }
    }

    func append(to text: inout [UInt8]) {
        switch self {
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                text.append(jsonString: member.name)
                text.append(UInt8(ascii: ":"))
                member.value.append(to: &text)
            }
            text.append(UInt8(ascii: "}"))
        case .list(let values):
            text.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                value.append(to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .word(let word): text += word
        }
    }

    var bytes: [UInt8] {
        var text: [UInt8] = []
        append(to: &text)
        return text
    }
}
