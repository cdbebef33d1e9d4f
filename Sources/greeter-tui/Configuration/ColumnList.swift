import RPCCore
import UserConfiguration

/// The fields that the lists of the workbench show in columns of their own: `[sensor, value]`.
struct ColumnList: SettingValue {
    let paths: [String]

    static var shape: SettingShape { .list }

    static func read(_ raw: RawValue) throws(ConfigurationError) -> ColumnList {
        guard raw.texts.allSatisfy({ !$0.text.isEmpty }) else {
            throw ConfigurationError(raw.origin, "expected a list of fields such as [sensor, book.title]")
        }
        return ColumnList(paths: raw.texts.map(\.text))
    }

    var settingText: String { paths.joined(separator: " ") }

    /// What is wrong with the name of a method whose messages they are; `nil` where nothing is.
    @Sendable static func problem(withMethod name: String) -> String? {
        guard name.contains("/"), !name.hasPrefix("/"), MethodRef.fullName(of: name, in: "") != nil else {
            return "'\(name.prefix(64))' is not the full name of a method, such as demo.v1.Telemetry/Record"
        }
        return nil
    }
}
