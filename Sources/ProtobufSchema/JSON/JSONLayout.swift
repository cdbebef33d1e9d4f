/// Lays JSON out over lines, without a change to what it says.
public enum JSONLayout {
    /// - Parameter json: JSON on one line, which is right.
    public static func indented(_ json: [UInt8]) -> String {
        var (text, depth, isInString, isEscaped): ([UInt8], Int, Bool, Bool) = ([], 0, false, false)
        func newLine(_ depth: Int) -> [UInt8] {
            Array("\n".utf8) + Array(repeating: UInt8(ascii: " "), count: 2 * depth)
        }
        for (index, byte) in json.enumerated() {
            guard !isInString else {
                text.append(byte)
                if byte == UInt8(ascii: "\""), !isEscaped { isInString = false }
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                text.append(byte)
                let next = index + 1 < json.count ? json[index + 1] : 0
                if next != UInt8(ascii: "}"), next != UInt8(ascii: "]") { text += newLine(depth) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                let last = text.last
                if last != UInt8(ascii: "{"), last != UInt8(ascii: "[") { text += newLine(depth) }
                text.append(byte)
            case UInt8(ascii: ","): text += [byte] + newLine(depth)
            case UInt8(ascii: ":"): text += Array(": ".utf8)
            default:
                isInString = byte == UInt8(ascii: "\"")
                text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
