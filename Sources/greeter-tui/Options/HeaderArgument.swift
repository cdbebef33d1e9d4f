import ArgumentParser
import GreeterCore

/// A header as it is written: `NAME: VALUE`.
struct HeaderArgument: ExpressibleByArgument {
    let entry: MetadataEntry

    init?(argument: String) {
        guard let colon = argument.firstIndex(of: ":") else { return nil }
        let name = String(argument[..<colon])
        let value = argument[argument.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        guard Self.isToken(name), value.unicodeScalars.allSatisfy(Self.isAllowedInValue) else { return nil }
        entry = MetadataEntry(name, String(value))
    }

    /// Why a header may not be set by hand; `nil` where it may.
    var refusal: String? {
        switch entry.name.lowercased() {
        case "authorization", "proxy-authorization":
            "everybody on this machine can read a command line; put the token in a file and use --token-file"
        case "host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer",
            "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-accept":
            "the program sets it itself"
        default: nil
        }
    }

    /// RFC 9110, 5.6.2.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                    || "!#$%&'*+-.^_`|~".unicodeScalars.contains(scalar)
            }
    }

    /// RFC 9110, 5.5: no control characters but the tab.
    private static func isAllowedInValue(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\t" || scalar.properties.generalCategory != .control
    }
}
