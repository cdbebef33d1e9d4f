import GreeterCore

/// Writes requests as compact JSON (RFC 8259).
///
/// A general encoder costs microseconds a message, which is what a whole message may cost here.
enum RequestEncoder {
    /// The message that tells a server of the dialect that no more requests will come.
    static let endMarker = #"{"__end_stream__": true}"#

    /// The request as a JSON object: the name, and the language where there is one.
    static func encode(_ request: HelloRequest) -> String {
        var json = ""
        json.reserveCapacity(request.name.utf8.count + (request.language?.utf8.count ?? 0) + 32)
        json += #"{"name":"#
        appendQuoted(request.name, to: &json)
        if let language = request.language {
            json += #","language":"#
            appendQuoted(language, to: &json)
        }
        json += "}"
        return json
    }

    /// Appends a JSON string: what must be escaped is (RFC 8259, 7), everything else stands for itself.
    private static func appendQuoted(_ text: String, to json: inout String) {
        json += "\""
        if text.utf8.contains(where: mustBeEscaped) {
            for scalar in text.unicodeScalars { appendEscaped(scalar, to: &json) }
        } else {
            json += text
        }
        json += "\""
    }

    private static func mustBeEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func appendEscaped(_ scalar: Unicode.Scalar, to json: inout String) {
        switch scalar {
        case "\"": json += #"\""#
        case "\\": json += #"\\"#
        case "\n": json += #"\n"#
        case "\r": json += #"\r"#
        case "\t": json += #"\t"#
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            json += #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
        default: json.unicodeScalars.append(scalar)
        }
    }
}
