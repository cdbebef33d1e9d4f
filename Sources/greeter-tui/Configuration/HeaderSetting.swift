import GreeterConfiguration
import GreeterCore

/// The values of a header of every request: one for each time that it is sent. They may be secret, so none is shown.
struct HeaderValues: SettingValue {
    let values: [String]

    static var shape: SettingShape { .list }

    /// RFC 9110, 5.5: no control characters but the tab.
    static func read(_ raw: RawValue) throws(ConfigurationError) -> HeaderValues {
        for text in raw.texts where !text.text.unicodeScalars.allSatisfy(isAllowed) {
            throw ConfigurationError(text.origin, "the value of a header holds no line break and no control character")
        }
        return HeaderValues(values: raw.texts.map(\.text))
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\t" || scalar.properties.generalCategory != .control
    }

    var settingText: String { Secret.mask }
}

/// Which headers may be set.
enum HeaderRule {
    /// Why a header of this name may not be set; `nil` where it may.
    @Sendable static func problem(withName name: String) -> String? {
        guard isToken(name) else { return "'\(name.prefix(64))' is not the name of a header" }
        return refusal(of: name).map { "\(name): \($0)" }
    }

    private static func refusal(of name: String) -> String? {
        switch name.lowercased() {
        case "authorization", "proxy-authorization":
            "everybody who can read a command line or this file can read it; put the token in a file of its own and "
                + "use --token-file, or the setting 'token'"
        case "host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer",
            "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-accept":
            "the program sets it itself"
        case "sec-websocket-protocol": "use --subprotocol, or the setting 'subprotocols'"
        default: nil
        }
    }

    /// RFC 9110, 5.6.2.
    static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                    || "!#$%&'*+-.^_`|~".unicodeScalars.contains(scalar)
            }
    }
}
