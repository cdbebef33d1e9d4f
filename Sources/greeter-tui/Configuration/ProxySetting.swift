import RPCCore
import UserConfiguration

/// Which proxy connections go through: that of the environment, none, or one. Its user and password are never shown.
struct ProxySetting: SettingValue {
    var choice = ProxySettings.Choice.environment

    static var shape: SettingShape { .single }
    static let expectation = "the address of a proxy such as http://proxy.example:3128, none, or auto"

    static func read(_ raw: RawValue) throws(ConfigurationError) -> ProxySetting {
        guard raw.texts.count == 1, let text = raw.texts.first else {
            throw ConfigurationError(raw.origin, "expected one value: \(expectation)")
        }
        switch text.text {
        case "auto": return ProxySetting()
        case "none": return ProxySetting(choice: .direct)
        default: break
        }
        do throws(ServerAddressError) {
            return ProxySetting(
                choice: .proxy(try ProxyAddress(parsing: text.text, origin: "\(text.origin)")))
        } catch {
            throw ConfigurationError(text.origin, "\(error)")
        }
    }

    var settingText: String {
        switch choice {
        case .environment: "auto"
        case .direct: "none"
        case .proxy(let proxy): "\(proxy)"
        }
    }
}
