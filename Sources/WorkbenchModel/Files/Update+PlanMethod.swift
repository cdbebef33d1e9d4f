import Plans
import RPCCore

extension MethodEntry {
    /// A method of which nothing is known but its name.
    init(unread name: String, kind: CallKind) {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        let messages = UnreadMessageCodec(of: name)
        self.init(
            MethodSchema(
                MethodRef(service: parts.first ?? "", name: parts.count > 1 ? parts[1] : "", kind: kind),
                input: messages, output: messages))
    }

    /// Whether it is known what its messages are.
    public var isKnown: Bool { !(schema.input is UnreadMessageCodec) }
}

/// What a plan is for is called as long as it is on screen.
extension State {
    /// Calls from now on what the composer's plan is for.
    /// - Parameters:
    ///   - source: The plan's text, where its messages are not read yet.
    ///   - entry: The method, where it is known.
    mutating func callMethodOfPlan(_ source: PlanSource? = nil, _ entry: MethodEntry? = nil) -> [Effect] {
        let plan = composer.document
        if let kind = plan.kind { settings.kind = kind }
        (unread, chosenKind) = (nil, nil)
        guard let name = plan.method else {
            set(method: nil)
            return []
        }
        if let usual = usualMethods.first(where: { [$0.ref.fullName, $0.ref.otherFullName].contains(name) }) {
            set(method: nil)
            settings.kind = usual.ref.kind
            return []
        }
        if let entry, source == nil {
            set(method: entry)
            return []
        }
        set(method: MethodEntry(unread: name, kind: plan.kind ?? settings.kind))
        unread = source
        let method = unreadMethod
        let list = catalogue.list
        if (try? method?.choose(among: list.methods) { $0.ref }) != nil { return readPlan(list) }
        guard server.address != nil else { return [] }
        if !servicesOfPlan.isEmpty { return readServices() + say(.info, "asking the server for \(name)") }
        return [.loadMethods] + say(.info, "asking the server for \(name)")
    }

    private mutating func set(method entry: MethodEntry?) {
        method = entry
        if let entry { settings.kind = entry.ref.kind }
        draft = nil
        typed = MessageValue(requestFields.map { MessageValue.Field($0.name, $0.usual) })
    }

    /// What the plan says of a method that is not known yet.
    private var unreadMethod: PlanMethod? {
        unread?.method
            ?? composer.document.method.map { name in
                let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
                return PlanMethod(
                    service: parts.count > 1 ? parts[0] : nil, name: parts.last, kind: composer.document.kind,
                    place: composer.place?.name ?? "the plan")
            }
    }

    /// Services that may have the method of a plan that is not read yet, and of which it is not known what they have.
    var servicesOfPlan: [String] {
        guard let method, !method.isKnown, let named = unreadMethod else { return [] }
        guard let service = named.service else { return catalogue.unread }
        return catalogue.unread.filter { $0 == service || $0.hasSuffix(".\(service)") }
    }

    /// Reads the plan anew, now that the server has said what there is.
    mutating func readPlan(_ list: MethodList) -> [Effect] {
        guard let present = method, !present.isKnown, let named = unreadMethod else { return [] }
        if let unusable = list.unusable.first(where: { $0.name == named.text || $0.name == named.service }) {
            return say(.warning, "\(named.text) cannot be called: \(unusable.reason)")
        }
        do throws(PlanError) {
            let entry = try named.choose(among: list.methods) { $0.ref }
            // What was changed since is not in the file.
            let source: PlanSource
            if let unread, !composer.isChanged {
                source = unread
            } else {
                source = try PlanSource(yaml: composer.document.yaml(), place: "the plan")
            }
            let read = try source.file(
                of: entry.schema.input, replies: entry.schema.output, method: entry.ref.fullName
            ).document
            unread = nil
            composer.read(as: read.moved(to: composer.document.directory))
            set(method: entry)
            return say(.info, "calls go to \(entry.ref.fullName)")
        } catch {
            return say(.warning, "\(error)")
        }
    }
}
