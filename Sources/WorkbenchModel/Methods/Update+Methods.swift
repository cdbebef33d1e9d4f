import Plans
import RPCCore

/// Choosing what is called: a method of the service that the program knows by itself, or of those that the server tells of.
extension State {
    /// Opens the list of methods, and asks the server for what it has.
    mutating func chooseMethod() -> [Effect] {
        open(Menu.methods(methodList, usual: usualMethods, present: method?.ref ?? usualMethod?.ref)) + [.loadMethods]
    }

    /// Takes over what the server has said of its methods.
    mutating func methodsLoaded(_ result: Result<MethodList, CallError>) -> [Effect] {
        var effects: [Effect] = []
        switch result {
        case .success(let list):
            methodList = list
            effects = readPlan(list)
            if !list.news.isEmpty { effects += say(.info, list.news) }
        case .failure(let error):
            methodList = methodList ?? MethodList()
            effects = say(.warning, "the server does not tell of its services: \(error.cause)")
        }
        alter(Menu.self) { [methodList, usualMethods] in $0.show(methodList ?? MethodList(), usual: usualMethods) }
        return effects
    }

    /// Calls another method from now on. Each has a plan of its own, which comes back with it.
    mutating func methodChosen(_ entry: MethodEntry) -> [Effect] {
        let isUsual = usualMethods.contains { $0.ref == entry.ref }
        let chosen = isUsual ? nil : entry
        settings.kind = entry.ref.kind
        guard chosen != method else { return [] }
        kept[method?.ref.fullName ?? ""] = composer
        method = chosen
        unread = nil
        typed = MessageValue(requestFields.map { MessageValue.Field($0.name, $0.usual) })
        composer =
            kept[chosen?.ref.fullName ?? ""]
            ?? Composer(
                PlanDocument(method: chosen?.planName, steps: [.request(MessageValue())]).moved(to: workingDirectory),
                place: nil)
        return say(.info, "calls go to \(entry.ref.fullName)")
    }

    /// The methods that the program knows by itself, by the kind of call.
    private var usualMethod: MethodEntry? { usualMethods.first { $0.ref.kind == settings.kind } }
}

extension Menu {
    private static let methodsTitle = "Method"

    /// The methods that can be called.
    /// - Parameters:
    ///   - list: Those of the server; `nil` as long as it has not said.
    ///   - usual: Those that the program knows by itself.
    static func methods(_ list: MethodList?, usual: [MethodEntry], present: MethodRef?) -> Menu {
        let items = items(of: list, usual)
        let selected = items.firstIndex { $0.choice == present.flatMap { ref in choice(of: ref, list, usual) } }
        return Menu(
            methodsTitle, hint: list == nil ? "asking the server what it has…" : "", .nothing, selected: selected ?? 0,
            isSearched: true, items)
    }

    private static func choice(of ref: MethodRef, _ list: MethodList?, _ usual: [MethodEntry]) -> Message? {
        (usual + (list?.methods ?? [])).first { $0.ref == ref }.map { .methodChosen($0) }
    }

    /// Shows in the list of methods what the server has said since it was opened.
    mutating func show(_ list: MethodList, usual: [MethodEntry]) {
        guard title == Self.methodsTitle else { return }
        let chosen = items.indices.contains(selected) ? items[selected] : nil
        allItems = Self.items(of: list, usual)
        hint = ""
        // What was read anew is another choice of the same name.
        select(items.firstIndex { $0.title == chosen?.title } ?? 0)
    }

    private static func items(of list: MethodList?, _ usual: [MethodEntry]) -> [Item] {
        let own = (list?.methods ?? []).filter { entry in !usual.contains { $0.ref.fullName == entry.ref.fullName } }
        let usable = (usual + own).map { entry in
            Item(
                title: entry.ref.fullName,
                detail:
                    "\(entry.ref.kind.title)  \(entry.schema.input.name.lastName) → \(entry.schema.output.name.lastName)"
                    + (entry.route.isEmpty ? "" : "  \(entry.route)"),
                choice: .methodChosen(entry))
        }
        return usable
            + (list?.unusable ?? []).map { unusable in
                Item(title: unusable.name, detail: "! \(unusable.reason)", choice: .methodRefused(unusable))
            }
    }
}

extension String {
    /// What follows the last dot.
    fileprivate var lastName: String { split(separator: ".").last.map(String.init) ?? self }
}
