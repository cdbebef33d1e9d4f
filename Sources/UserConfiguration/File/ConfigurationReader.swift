import Yams

/// Reads the settings of a schema from YAML. What the schema does not have is an error.
struct ConfigurationReader {
    let path: String
    let schema: Schema

    private static let profileKey = "profile"
    private static let profilesKey = "profiles"

    func read(_ text: String) throws(ConfigurationError) -> ConfigurationFile {
        var file = ConfigurationFile()
        guard let root = try compose(text), !isNull(root) else { return file }
        for (key, value) in try entries(of: root, expecting: "settings such as 'server: http://localhost:8000'") {
            switch key.string {
            case Self.profileKey:
                file.standardProfile = try texts(of: value, in: nil, isList: false).first
            case Self.profilesKey where !isNull(value):
                for (name, settings) in try entries(of: value, expecting: "profiles, each with a name") {
                    let name = try self.text(of: name)
                    file.profiles.append((name, try profile(settings, named: name)))
                }
            case Self.profilesKey: break
            default: try read(key, value, below: "", profile: nil, into: &file.top)
            }
        }
        // A default profile that is not there is wrong even where another is chosen.
        _ = try file.profile(nil)
        return file
    }

    private func profile(_ node: Node, named name: String) throws(ConfigurationError) -> Layer {
        var layer = Layer()
        guard !isNull(node) else { return layer }
        for (key, value) in try entries(of: node, expecting: "the settings of the profile") {
            try read(key, value, below: "", profile: name, into: &layer)
        }
        return layer
    }

    // MARK: - Settings

    private func read(
        _ key: Node, _ value: Node, below prefix: String, profile: String?, into layer: inout Layer
    ) throws(ConfigurationError) {
        let name = try prefix + text(of: key)
        if let setting = schema[name] {
            try read(setting, value, profile: profile, into: &layer)
        } else if schema.hasChildren(name) {
            guard !isNull(value) else { return }
            for (key, value) in try entries(of: value, expecting: expectation(of: name)) {
                try read(key, value, below: name + ".", profile: profile, into: &layer)
            }
        } else {
            let profileKeys = [Self.profileKey, Self.profilesKey]
            if profileKeys.contains(name) { throw error(key, "'\(name)' belongs at the top of the file") }
            let isTop = prefix.isEmpty && profile == nil
            let suggestion = schema.suggestion(
                for: try text(of: key), below: prefix, besides: isTop ? profileKeys : [])
            throw error(key, "there is no setting '\(name.prefix(64))'; \(suggestion)")
        }
    }

    private func expectation(of name: String) -> String {
        "the settings of \(name), which are \(schema.children(of: name + ".").joined(separator: ", "))"
    }

    private func read(
        _ setting: any SettingDeclaration, _ value: Node, profile: String?, into layer: inout Layer
    ) throws(ConfigurationError) {
        let origin = origin(of: value, profile)
        switch setting.shape {
        case .single, .list:
            let texts = try texts(of: value, in: profile, isList: setting.shape == .list)
            try layer.set(setting, to: RawValue(texts, origin))
        case .choice(let names, let refusal):
            let expectation = "\(setting.name) as one of \(names.map { "{\($0): …}" }.joined(separator: ", "))"
            if value.scalar != nil, !isNull(value) { throw error(value, refusal) }
            let entries = try entries(of: value, expecting: expectation)
            guard entries.count == 1, let (key, value) = entries.first else {
                throw error(value, "expected \(expectation)")
            }
            let choice = try text(of: key)
            guard names.contains(choice) else {
                let suggestion = Suggestion.full(for: choice, among: names, called: "forms")
                throw error(key, "there is no '\(choice.prefix(64))' in \(setting.name); \(suggestion)")
            }
            let texts = try texts(of: value, in: profile, isList: false)
            try layer.set(setting, to: RawValue(choice: choice, texts, origin))
        case .members:
            guard !isNull(value) else { return }
            for (key, value) in try entries(of: value, expecting: "the \(setting.name), each with a name") {
                let texts = try texts(of: value, in: profile, isList: true)
                let raw = RawValue(texts, self.origin(of: key, profile))
                try layer.set(setting, member: try text(of: key), to: raw)
            }
        }
    }

    // MARK: - Nodes

    private func compose(_ text: String) throws(ConfigurationError) -> Node? {
        do {
            return try Yams.compose(yaml: text)
        } catch {
            throw explain(error)
        }
    }

    private func explain(_ error: any Error) -> ConfigurationError {
        func located(_ mark: Mark, _ problem: String) -> ConfigurationError {
            ConfigurationError(.file(FilePlace(path: path, line: mark.line, column: mark.column)), problem)
        }
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return located(mark, "is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            return located(context.mark, "\(keys.map { "'\($0)'" }.joined(separator: ", ")) is there twice")
        case .reader(let problem, _, _, _): return ConfigurationError(nil, "\(path): is not YAML: \(problem)")
        default: return ConfigurationError(nil, "\(path): is not YAML")
        }
    }

    private func entries(of node: Node, expecting what: String) throws(ConfigurationError) -> [(Node, Node)] {
        guard let mapping = node.mapping else { throw error(node, "expected \(what)") }
        return mapping.map { ($0.key, $0.value) }
    }

    private func text(of node: Node) throws(ConfigurationError) -> String {
        guard let scalar = node.scalar else { throw error(node, "expected a name") }
        return scalar.string
    }

    private func texts(of node: Node, in profile: String?, isList: Bool) throws(ConfigurationError) -> [RawValue.Text] {
        if isList, let sequence = node.sequence {
            var texts: [RawValue.Text] = []
            for element in sequence { texts += try self.texts(of: element, in: profile, isList: false) }
            return texts
        }
        guard let scalar = node.scalar else {
            throw error(node, isList ? "expected a value, or a list of values" : "expected a single value")
        }
        guard !isNull(node) else { throw error(node, "there is no value") }
        return [RawValue.Text(scalar.string, origin(of: node, profile))]
    }

    /// Whether nothing was written, or what YAML has for it (YAML 1.2.2, 10.2.1.1).
    private func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar else { return false }
        return scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
    }

    private func origin(of node: Node, _ profile: String? = nil) -> Origin {
        .file(FilePlace(path: path, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1), profile: profile)
    }

    private func error(_ node: Node, _ problem: String) -> ConfigurationError {
        ConfigurationError(origin(of: node), problem)
    }
}
