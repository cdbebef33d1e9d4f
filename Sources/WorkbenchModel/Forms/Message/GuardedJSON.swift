/// JSON in which a brace that closes nothing within its text is written as an escape, so that it cannot be taken for one that
/// stands alone.
struct GuardedJSON {
    private static let escape = Array("\\u007d".utf8)

    private(set) var bytes: [UInt8] = []
    /// Where escapes were written.
    private var places: [Int] = []

    init(_ json: String) {
        var (isText, isEscaped, isOpen) = (false, false, false)
        for byte in json.utf8 {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isText: isEscaped = true
            case UInt8(ascii: "\""): (isText, isOpen) = (!isText, false)
            case UInt8(ascii: "{") where isText: isOpen = true
            case UInt8(ascii: "}") where isText && isOpen: isOpen = false
            case UInt8(ascii: "}") where isText:
                places.append(bytes.count)
                bytes += Self.escape
                continue
            default: break
            }
            bytes.append(byte)
        }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Where something stands in the JSON as it was.
    func source(_ offset: Int) -> Int {
        offset - places.reduce(0) { $0 + ($1 < offset ? min(offset - $1, Self.escape.count) - 1 : 0) }
    }
}
