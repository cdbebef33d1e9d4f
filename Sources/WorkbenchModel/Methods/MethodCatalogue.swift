import RPCCore

/// What a server has to be called, service by service, as far as it has been read.
public struct MethodCatalogue: Hashable, Sendable {
    /// A service and what it has.
    struct Service: Hashable, Sendable {
        var name: String
        var methods: [MethodEntry] = []
        /// Methods that cannot be called.
        var unusable: [MethodList.Unusable] = []
        /// Why all of it cannot be used.
        var problem: String?
        /// Whether the server, or a file, has said what it has.
        var isRead = false
    }

    /// So many notes are kept.
    private static let noteLimit = 100

    private(set) var services: [Service] = []
    /// What else was said, each once.
    private(set) var notes: [String] = []
    private var places: [String: Int] = [:]

    public init() {}

    /// Whether there is anything to be called that the program does not know by itself.
    var isEmpty: Bool { services.isEmpty }

    /// All that is known.
    var list: MethodList {
        MethodList(
            services.flatMap(\.methods),
            unusable: services.flatMap { service in
                service.unusable + (service.problem.map { [MethodList.Unusable(service.name, $0)] } ?? [])
            }, services: services.map(\.name), notes: notes)
    }

    /// Whether the server has told of its services, and this method is not among them. What a service has that nobody has read
    /// yet, is not known.
    func lacks(_ method: MethodRef) -> Bool {
        guard !services.isEmpty else { return false }
        guard let place = places[method.service] else { return true }
        let service = services[place]
        let isThere =
            service.methods.contains { $0.ref.name == method.name }
            || service.unusable.contains { $0.name == method.fullName } || service.problem != nil
        return service.isRead && !isThere
    }

    /// Services that nobody has read.
    var unread: [String] { services.lazy.filter { !$0.isRead }.map(\.name) }

    /// Takes over what was said.
    /// - Parameter asked: Services that were asked for. There is no more to be had of them.
    mutating func add(_ list: MethodList, asked: [String] = []) {
        for note in list.notes where notes.count < Self.noteLimit && !notes.contains(note) { notes.append(note) }
        for name in list.services + asked { _ = place(of: name) }
        for place in asked.compactMap({ places[$0] }) { services[place].isRead = true }
        for (name, methods) in grouped(list.methods, by: \.ref.service) {
            let place = place(of: name)
            (services[place].methods, services[place].unusable, services[place].isRead) = (methods, [], true)
        }
        for (name, unusable) in grouped(list.unusable, by: \.service) {
            let place = place(of: name)
            services[place].problem = unusable.first { $0.name == name }?.reason
            services[place].unusable = unusable.filter { $0.name != name }
            services[place].isRead = true
        }
    }

    private mutating func place(of name: String) -> Int {
        if let place = places[name] { return place }
        places[name] = services.count
        services.append(Service(name: name))
        return services.count - 1
    }

    private func grouped<Value>(_ values: [Value], by name: KeyPath<Value, String>) -> [(String, [Value])] {
        var (order, groups): ([String], [String: [Value]]) = ([], [:])
        for value in values {
            let name = value[keyPath: name]
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(value)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }
}
