import RPCCore
import UserConfiguration

/// The values of a header of every request: one for each time that it is sent. They may be secret, so none is shown.
struct HeaderValues: SettingValue {
    let values: [String]

    static var shape: SettingShape { .list }

    static func read(_ raw: RawValue) throws(ConfigurationError) -> HeaderValues {
        for text in raw.texts {
            if let problem = HeaderRule.problem(withValue: text.text) { throw ConfigurationError(text.origin, problem) }
        }
        return HeaderValues(values: raw.texts.map(\.text))
    }

    var settingText: String { Secret.mask }

    /// Why a header of this name may not be in a setting; `nil` where it may.
    @Sendable static func problem(withName name: String) -> String? {
        guard isToken(name) else { return HeaderRule.problem(withName: name) }
        return
            "\(name): everybody who can read a command line or this file can read it; put the token in a file of its own and "
            + "use --token-file, or the setting 'token'"
    }

    /// Whether a header carries the token of the calls, which is set in another way.
    static func isToken(_ name: String) -> Bool {
        ["authorization", "proxy-authorization"].contains(name.lowercased())
    }
}
