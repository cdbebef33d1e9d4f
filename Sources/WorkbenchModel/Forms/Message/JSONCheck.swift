import Plans
import RPCCore

/// Where JSON with places in it is none of a kind of message.
public struct TextFault: Hashable, Sendable {
    /// A line and a character in it, both counted from 0.
    public var line: Int
    public var column: Int
    /// Not yet made safe for a terminal.
    public var reason: String
}

extension MessageKind {
    /// What is wrong with a text that is to be all of a message.
    func fault(in text: String, _ writing: Writing) -> TextFault? {
        if let parts = try? writing.parts(of: text) { return fault(in: parts, of: Array(text.utf8), text) { $0 } }
        let guarded = GuardedJSON(text)
        do throws(TemplateError) {
            return fault(in: try writing.parts(of: guarded.text), of: guarded.bytes, text, guarded.source)
        } catch {
            let offset = guarded.text.prefix(error.position).utf8.count
            return Self.fault(atByte: guarded.source(offset), of: text, error.problem)
        }
    }

    private func fault(
        in parts: [Template.Part], of bytes: [UInt8], _ text: String, _ source: (Int) -> Int
    ) -> TextFault? {
        let sample = Sample(parts, of: bytes)
        guard let fault = root.shape.fault(in: sample.bytes), !sample.isUnknown(fault.offset) else { return nil }
        return Self.fault(atByte: source(sample.source(fault.offset)), of: text, fault.text)
    }

    private static func fault(atByte offset: Int, of text: String, _ reason: String) -> TextFault {
        let before = String(decoding: text.utf8.prefix(offset), as: UTF8.self)
        let lines = before.split(omittingEmptySubsequences: false) { $0.isNewline }
        return TextFault(line: lines.count - 1, column: lines.last?.count ?? 0, reason: reason)
    }
}

/// A text with something in its places, and where each part of it stands in the text.
private struct Sample {
    private struct Piece {
        var start: Int
        var source: Int
        var isUnknown: Bool
    }

    private(set) var bytes: [UInt8] = []
    private var pieces: [Piece] = []

    init(_ parts: [Template.Part], of text: [UInt8]) {
        var index = 0
        for part in parts {
            switch part {
            case .text(let literal):
                pieces.append(Piece(start: bytes.count, source: index, isUnknown: false))
                let literal = Array(literal.utf8)
                for (place, byte) in literal.enumerated() {
                    bytes.append(byte)
                    index += 1
                    // Of a brace that is doubled one is left.
                    let isBrace = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
                    let isKept = place + 1 < literal.count && literal[place + 1] == byte
                    if isBrace, !isKept, index < text.count, text[index] == byte { index += 1 }
                }
            case .place(let written, let sample):
                pieces.append(Piece(start: bytes.count, source: index, isUnknown: sample == nil))
                bytes += Array((sample ?? "0").utf8)
                let end = text[min(index, text.count)...].firstIndex(of: UInt8(ascii: "}")) ?? text.count - 1
                index = max(end + 1, index + (written.isEmpty ? 0 : 1))
            }
        }
    }

    private func piece(_ offset: Int) -> Piece? { pieces.last { $0.start <= offset } }

    /// Whether the fault is where only a record knows what stands.
    func isUnknown(_ offset: Int) -> Bool {
        if piece(offset)?.isUnknown == true { return true }
        // A text begins with its quotation mark.
        return piece(offset + 1)?.isUnknown == true
    }

    func source(_ offset: Int) -> Int {
        piece(offset).map { $0.source + offset - $0.start } ?? offset
    }
}
