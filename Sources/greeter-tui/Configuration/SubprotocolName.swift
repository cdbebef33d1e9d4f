import RPCCore
import UserConfiguration

/// The name of a subprotocol that is offered for a WebSocket. Compared letter by letter (RFC 6455, 4.1).
struct SubprotocolName: SettingWord, Hashable {
    static let expectation = "the name of a subprotocol, such as chat.v2"

    let name: String

    init?(settingText: String) {
        guard HeaderRule.isToken(settingText) else { return nil }
        name = settingText
    }

    var settingText: String { name }
}
