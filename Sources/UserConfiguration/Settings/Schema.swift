/// All settings that there are.
public struct Schema: Sendable {
    public let settings: [any SettingDeclaration]
    private let byName: [String: any SettingDeclaration]

    public init(_ settings: [any SettingDeclaration]) {
        self.settings = settings
        byName = Dictionary(settings.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The setting of a name as it is in the file: `retry.attempts`.
    public subscript(name: String) -> (any SettingDeclaration)? { byName[name] }

    /// The names one level below `prefix`, which is empty or ends in a dot, in the order of the settings.
    func children(of prefix: String) -> [String] {
        var children: [String] = []
        for setting in settings where setting.name.hasPrefix(prefix) {
            let child = String(setting.name.dropFirst(prefix.count).prefix { $0 != "." })
            if !children.contains(child) { children.append(child) }
        }
        return children
    }

    /// Whether there are settings below this name.
    func hasChildren(_ name: String) -> Bool {
        settings.contains { $0.name.hasPrefix(name + ".") }
    }

    /// What to say about a name that is not known at this level: the nearest there, or one that is called so elsewhere.
    func suggestion(for key: String, below prefix: String, besides others: [String]) -> String {
        let here = children(of: prefix) + others
        if let near = Suggestion.text(for: key, among: here) { return near }
        if let elsewhere = settings.first(where: { $0.name.hasSuffix("." + key) }) {
            return "did you mean '\(elsewhere.name)'?"
        }
        return Suggestion.full(for: key, among: here, called: "settings here")
    }

    /// The variables of the environment that set something.
    public var variables: [String] {
        settings.flatMap { setting -> [String] in
            guard let variable = setting.variable else { return [] }
            guard case .choice = setting.shape else { return [variable] }
            return [variable, Layer.fileVariable(of: variable)]
        }
    }
}
