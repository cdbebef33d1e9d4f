import RPCCore
import UserConfiguration

/// The name of a header whose value is not to be kept. Compared without the case of its letters (RFC 9110, 5.1).
struct HeaderName: SettingWord, Hashable {
    static let expectation = "the name of a header, such as x-tenant"

    let name: String

    init?(settingText: String) {
        guard HeaderRule.isToken(settingText) else { return nil }
        name = settingText.lowercased()
    }

    var settingText: String { name }
}
