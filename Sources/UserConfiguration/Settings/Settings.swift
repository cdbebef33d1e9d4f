/// What is in effect, and where each setting comes from.
public struct Settings: Sendable {
    /// The setting that says which server is meant.
    static let serverName = "server"

    private let entries: [String: Layer.Entry]

    /// What was written for a server that is not the one in effect, and is therefore not used.
    public struct SetAside: Hashable, Sendable {
        public var name: String
        public var origin: Origin
        /// The server that it was written for.
        public var server: String
    }

    /// In the order of their names.
    public let setAside: [SetAside]

    /// - Parameter layers: The strongest first. Of each setting the first that has it decides; of a group, of each member.
    ///   A layer that is about a server says nothing about the certificates and credentials of another.
    public init(_ layers: [Layer]) {
        let server = layers.lazy.compactMap { $0.entries[Self.serverName] }.first?.value.settingText
        var entries: [String: Layer.Entry] = [:]
        var setAside: [SetAside] = []
        for layer in layers {
            for (name, entry) in layer.entries where entries[name] == nil {
                if entry.isOfServer, let own = layer.ownServer, own != server {
                    setAside.append(SetAside(name: name, origin: entry.origin, server: own))
                } else {
                    entries[name] = entry
                }
            }
        }
        self.entries = entries
        self.setAside = setAside.sorted { $0.name < $1.name }
    }

    /// The value of a setting.
    public subscript<Value>(setting: Setting<Value>) -> Value {
        // A cast of a missing entry to an optional value would succeed.
        guard let entry = entries[setting.name], let value = entry.value as? Value else { return setting.fallback }
        return value
    }

    /// The value of a setting as it would be written. Holds no secret.
    public func text(of setting: any SettingDeclaration) -> String {
        entries[setting.name]?.value.settingText ?? setting.fallbackText ?? ""
    }

    /// Where a setting comes from.
    public func origin(of setting: any SettingDeclaration) -> Origin {
        entries[setting.name]?.origin ?? .standard
    }

    /// What is set in a group, in the order of the names.
    public func members<Value>(of group: SettingGroup<Value>) -> [(name: String, value: Value, origin: Origin)] {
        members(of: group.name).compactMap { name, entry in
            (entry.value as? Value).map { (name, $0, entry.origin) }
        }
    }

    private func members(of group: String) -> [(String, Layer.Entry)] {
        let prefix = group + "."
        return entries.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
            .map { ($0.value.member ?? "", $0.value) }
    }

    /// One line of an account of all settings.
    public struct Line: Hashable, Sendable {
        public var name: String
        /// As it would be written. Holds no secret.
        public var text: String
        public var origin: Origin
    }

    /// Every setting with its value and where it comes from, in the order of the schema; a group has a line for each
    /// member.
    public func lines(of schema: Schema) -> [Line] {
        schema.settings.flatMap { setting -> [Line] in
            guard setting.shape == .members else {
                let text = entries[setting.name]?.value.settingText ?? setting.fallbackText ?? ""
                return [Line(name: setting.name, text: text, origin: origin(of: setting))]
            }
            return members(of: setting.name).map { name, entry in
                Line(name: "\(setting.name).\(name)", text: entry.value.settingText, origin: entry.origin)
            }
        }
    }
}
