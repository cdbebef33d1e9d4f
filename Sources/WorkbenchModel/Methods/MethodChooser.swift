import RPCCore

/// The methods that can be called, by service, narrowed by what is typed.
///
/// What is shown is worked out when something changes, and not when it is drawn: a frame costs what its rows cost.
public struct MethodChooser: ListOverlay {
    /// A line of the list.
    public enum Row: Hashable, Sendable {
        /// What the methods below it have in common: their service, or when they were called.
        case heading(String)
        case method(MethodEntry)
        /// One that was called before, shown without its service above it.
        case recent(MethodEntry)
        /// A method or a service that cannot be used; its reason is the row after it.
        case unusable(MethodList.Unusable)
        case reason(String)
        /// Something that was said of the definitions.
        case note(String)
        /// What a service has is not known yet.
        case unread

        /// Whether it can be chosen.
        var isChoice: Bool {
            switch self {
            case .method, .recent, .unusable, .note: true
            case .heading, .reason, .unread: false
            }
        }

        /// What it stands for.
        var name: String? {
            switch self {
            case .method(let entry), .recent(let entry): entry.ref.fullName
            case .unusable(let unusable): unusable.name
            case .note(let note): note
            case .heading, .reason, .unread: nil
            }
        }
    }

    /// Methods that were called last which are shown first.
    static let recentLimit = 5
    static let recentHeading = "Called recently"
    static let noteHeading = "Notes on the definitions"

    public private(set) var rows: [Row] = []
    /// What was typed.
    public private(set) var query = ""
    /// The chosen row, counted from 0.
    public var selected = 0
    /// Whether services are shown, too, that servers have beside their own: health, reflection.
    public private(set) var showsCommon = false
    /// Whether the server has still to say which services it has.
    public private(set) var isAsking = true
    /// Why the server's services cannot be had, in a sentence without a full stop.
    public private(set) var problem: String?
    /// How many methods are shown, and of how many services; of how many it is not known yet what they have.
    public private(set) var counts = (methods: 0, services: 0, unread: 0)

    private var groups: [Group] = []
    private var notes: [String] = []
    private let usual: [MethodEntry]
    private var recent: [String]
    private let present: MethodRef?
    /// Whether somebody has chosen a row, which is kept then.
    private var isMoved = false

    /// A service with its methods, ready to be searched.
    private struct Group: Hashable {
        var service: MethodCatalogue.Service
        var names: [FuzzyQuery.Names]
    }

    /// - Parameters:
    ///   - usual: The methods that the program knows by itself.
    ///   - recent: Full names of those that were called last, the newest first.
    ///   - present: The one to begin at.
    init(_ catalogue: MethodCatalogue, usual: [MethodEntry], recent: [String], present: MethodRef?) {
        (self.usual, self.recent, self.present) = (usual, recent, present)
        show(catalogue)
        isAsking = catalogue.isEmpty
    }

    public static func == (one: MethodChooser, other: MethodChooser) -> Bool {
        one.rows == other.rows && one.query == other.query && one.selected == other.selected
            && one.showsCommon == other.showsCommon && one.isAsking == other.isAsking && one.problem == other.problem
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(query)
        hasher.combine(selected)
        hasher.combine(rows.count)
    }

    // MARK: What a user does

    var overlay: Overlay { .methods(self) }
    var editedText: String? { query }
    var count: Int { rows.count }

    mutating func edit(_ text: String) -> [Effect] {
        guard text != query else { return [] }
        query = text
        isMoved = false
        arrange()
        return []
    }

    /// Chooses a row, or the next that can be chosen in the same direction.
    mutating func select(_ row: Int) {
        guard !rows.isEmpty else { return }
        let wanted = max(0, min(row, rows.count - 1))
        let (after, before) = (wanted..<rows.count, (0...wanted).reversed())
        let next = after.first { rows[$0].isChoice }
        let previous = before.first { rows[$0].isChoice }
        selected = (wanted >= selected ? next ?? previous : previous ?? next) ?? 0
        isMoved = true
    }

    func choose(_ index: Int, in state: inout State) -> [Effect] {
        guard rows.indices.contains(index) else { return [] }
        var chosen = self
        chosen.select(index)
        state.replaceOverlay(chosen)
        // A heading leads to what is below it, and no further.
        return rows[index].isChoice ? chosen.accept(in: &state) : []
    }

    func accept(in state: inout State) -> [Effect] {
        switch selection {
        case .method(let entry)?, .recent(let entry)?:
            state.overlays.removeLast()
            return state.methodChosen(entry)
        case .unusable(let unusable)?: return state.methodRefused(unusable)
        default: return []
        }
    }

    /// All that there is to say of what is wrong with the chosen row, or with the list.
    public var trouble: String? {
        switch selection {
        case .note(let note)?: note
        case .unusable(let unusable)?:
            (["\(unusable.name): \(unusable.reason)"] + notes.prefix(2)).joined(separator: "; ")
        default: problem
        }
    }

    /// The chosen row, where it is one that can be chosen.
    public var selection: Row? {
        guard rows.indices.contains(selected), rows[selected].isChoice else { return nil }
        return rows[selected]
    }

    mutating func toggleCommon() {
        showsCommon.toggle()
        arrange()
    }

    // MARK: What came of it

    /// Shows what is known now.
    mutating func show(_ catalogue: MethodCatalogue) {
        var services = catalogue.services
        let own = Dictionary(grouping: usual, by: \.ref.service)
        for (index, service) in services.enumerated() {
            guard let known = own[service.name] else { continue }
            let names = Set(known.map(\.ref.name))
            services[index].methods = known + service.methods.filter { !names.contains($0.ref.name) }
        }
        // What the program knows by itself comes first, whatever the server says.
        let listed = Set(services.map(\.name))
        for name in own.keys.sorted(by: >) {
            let service =
                listed.contains(name)
                ? services.remove(at: services.firstIndex { $0.name == name } ?? 0)
                : MethodCatalogue.Service(name: name, methods: own[name] ?? [], isRead: true)
            services.insert(service, at: 0)
        }
        groups = services.map { service in
            Group(
                service: service,
                names: service.methods.map { entry in
                    let (input, output) = (entry.schema.input.name, entry.schema.output.name)
                    return FuzzyQuery.Names(
                        [entry.ref.fullName, input.lastPart, output.lastPart],
                        qualified: [entry.ref.fullName, "\(entry.ref.service).\(entry.ref.name)", input, output])
                })
        }
        isAsking = false
        notes = catalogue.notes
        arrange()
    }

    /// Shows what was called before.
    mutating func show(recent: [String]) {
        self.recent = recent
        arrange()
    }

    /// Notes why the server does not say what it has.
    mutating func fail(_ reason: String) {
        isAsking = false
        problem = reason
    }

    /// Asks anew.
    mutating func ask() {
        isAsking = true
        problem = nil
    }

    /// Services of which it is to be known first what they have: those that are shown, from the chosen row on.
    func wanted(_ limit: Int) -> [String] {
        var (names, heading): ([String], String?) = ([], nil)
        guard limit > 0 else { return [] }
        let from = rows.indices.contains(selected) ? max(0, selected - Self.reach) : 0
        for row in rows[min(from, rows.count)...] {
            if case .heading(let name) = row { heading = name }
            if case .unread = row, let heading { names.append(heading) }
            if names.count == limit { break }
        }
        return names
    }

    /// So many rows above the chosen one may be in sight.
    private static let reach = 60

    // MARK: Rows

    private mutating func arrange() {
        let kept = isMoved && rows.indices.contains(selected) ? rows[selected].name : present?.fullName
        let wanted = FuzzyQuery(query)
        var all: [Found] = groups.compactMap { found($0, wanted) }
        if !wanted.isEmpty { all.sort { $0.score > $1.score } }
        rows = (wanted.isEmpty ? recentRows : []) + all.flatMap { $0.rows } + (wanted.isEmpty ? noteRows : [])
        counts = (all.reduce(0) { $0 + $1.methods }, all.count, all.count { !$0.isRead })
        let isSearched = !wanted.isEmpty && !isMoved
        let row = isSearched ? nil : kept.flatMap { kept in rows.firstIndex { $0.name == kept } }
        selected = row ?? rows.firstIndex(where: \.isChoice) ?? 0
    }

    private typealias Found = (score: Int, rows: [Row], methods: Int, isRead: Bool)

    private func found(_ group: Group, _ wanted: FuzzyQuery) -> Found? {
        let service = group.service
        guard showsCommon || !MethodRef.isCommon(service: service.name) else { return nil }
        var scored: [(score: Int, rows: [Row])] = zip(service.methods, group.names).compactMap { entry, names in
            wanted.score(names).map { ($0, [.method(entry)]) }
        }
        scored += service.unusable.compactMap { unusable in
            wanted.score(FuzzyQuery.Names([unusable.name])).map {
                ($0, [.unusable(unusable), .reason(unusable.reason)])
            }
        }
        let methods = scored.count
        if let problem = service.problem, let score = wanted.score(FuzzyQuery.Names([service.name])) {
            scored.append((score, [.unusable(.init(service.name, problem)), .reason(problem)]))
        }
        if !service.isRead, let score = wanted.score(FuzzyQuery.Names([service.name])) {
            scored.append((score, [.unread]))
        }
        let isEmpty = service.isRead && service.methods.isEmpty && service.unusable.isEmpty && service.problem == nil
        if isEmpty, let score = wanted.score(FuzzyQuery.Names([service.name])) {
            scored.append((score, [.reason("it has no methods")]))
        }
        guard let best = scored.map({ $0.score }).max() else { return nil }
        if !wanted.isEmpty { scored.sort { $0.score > $1.score } }
        // A service that cannot be used stands for itself.
        let heading: [Row] = service.problem != nil && methods == 0 ? [] : [.heading(service.name)]
        return (best, heading + scored.flatMap { $0.rows }, methods, service.isRead)
    }

    private var noteRows: [Row] { notes.isEmpty ? [] : [.heading(Self.noteHeading)] + notes.map { .note($0) } }

    private var recentRows: [Row] {
        var known: [String: MethodEntry] = [:]
        let wanted = Set(recent)
        for entry in groups.lazy.flatMap(\.service.methods) where wanted.contains(entry.ref.fullName) {
            known[entry.ref.fullName] = entry
        }
        let rows = recent.compactMap { known[$0] }.prefix(Self.recentLimit).map { Row.recent($0) }
        return rows.isEmpty ? [] : [.heading(Self.recentHeading)] + rows
    }
}
