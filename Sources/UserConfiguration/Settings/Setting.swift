/// A thing that can be set: its name in the file, its variable, and what holds when nobody says anything.
public struct Setting<Value: SettingValue>: SettingDeclaration {
    public let name: String
    public let variable: String?
    /// What holds unless something is written.
    public let fallback: Value
    public let isOfServer: Bool
    private let check: @Sendable (Value) -> String?

    /// - Parameters:
    ///   - name: The name in the file, with a dot for each level: `retry.attempts`.
    ///   - variable: The variable of the environment that sets it, if any.
    ///   - isOfServer: Whether it says something about one server, and must not follow to another.
    ///   - check: What a value must be, for one that is readable and still cannot be; `nil` where it can.
    public init(
        _ name: String, variable: String? = nil, fallback: Value, isOfServer: Bool = false,
        check: @escaping @Sendable (Value) -> String? = { _ in nil }
    ) {
        self.name = name
        self.variable = variable
        self.fallback = fallback
        self.isOfServer = isOfServer
        self.check = check
    }

    public var shape: SettingShape { Value.shape }
    public var fallbackText: String? { fallback.settingText }

    public func read(_ raw: RawValue, member: String?) throws(ConfigurationError) -> any SettingValue {
        let value = try Value.read(raw)
        if let problem = check(value) {
            throw ConfigurationError(raw.origin, "'\(value.settingText.prefix(64))' is not \(problem)")
        }
        return value
    }
}

/// Settings under names of the user's own, or of a fixed list, each with a value: headers, keys.
public struct SettingGroup<Value: SettingValue>: SettingDeclaration {
    public let name: String
    public let variable: String?
    public let isOfServer: Bool
    /// The names there can be; `nil` for any that `checkName` allows.
    let members: [String]?
    private let checkName: @Sendable (String) -> String?
    private let check: @Sendable (String, Value) -> String?

    /// - Parameters:
    ///   - checkName: Why a name cannot be; `nil` where it can.
    ///   - check: Why a value cannot be under this name; `nil` where it can. Must not quote the value.
    public init(
        _ name: String, variable: String? = nil, members: [String]? = nil, isOfServer: Bool = false,
        checkName: @escaping @Sendable (String) -> String? = { _ in nil },
        check: @escaping @Sendable (String, Value) -> String? = { _, _ in nil }
    ) {
        self.name = name
        self.variable = variable
        self.members = members
        self.isOfServer = isOfServer
        self.checkName = checkName
        self.check = check
    }

    public var shape: SettingShape { .members }
    public var fallbackText: String? { nil }

    public func read(_ raw: RawValue, member: String?) throws(ConfigurationError) -> any SettingValue {
        let member = member ?? ""
        if let members, !members.contains(member) {
            let suggestion = Suggestion.full(for: member, among: members, called: name)
            throw ConfigurationError(raw.origin, "there is no '\(member.prefix(64))' in \(name); \(suggestion)")
        }
        if let problem = checkName(member) { throw ConfigurationError(raw.origin, "\(name): \(problem)") }
        let value = try Value.read(raw)
        if let problem = check(member, value) { throw ConfigurationError(raw.origin, "\(name).\(member): \(problem)") }
        return value
    }
}

/// A ``Setting`` or ``SettingGroup`` of whatever type.
public protocol SettingDeclaration: Sendable {
    var name: String { get }
    var variable: String? { get }
    var shape: SettingShape { get }
    var isOfServer: Bool { get }
    /// What holds when nothing is written, as it would be written; `nil` for a group.
    var fallbackText: String? { get }

    /// Reads what was written.
    /// - Parameter member: The name inside the group, for a group.
    /// - Throws: ``ConfigurationError`` at the place of what is wrong.
    func read(_ raw: RawValue, member: String?) throws(ConfigurationError) -> any SettingValue
}
