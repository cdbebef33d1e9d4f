public import RPCCore
import Yams

/// What a plan says of the method that it is written for.
public struct PlanMethod: Hashable, Sendable {
    /// The name of its service, as it is written.
    public var service: String?
    /// The name of the method, as it is written; with ``service`` in another place, without it.
    public var name: String?
    /// The kind of call, where the plan says one.
    public var kind: CallKind?
    /// Where it stands, for errors.
    public var place: String

    /// A method that is known.
    public init(_ method: MethodRef, place: String) {
        self.init(service: method.service, name: method.name, kind: method.kind, place: place)
    }

    public init(service: String?, name: String?, kind: CallKind?, place: String) {
        (self.service, self.name, self.kind, self.place) = (service, name, kind, place)
    }

    /// As it is written, for people: `demo.v1.Telemetry/Record`.
    public var text: String { [service, name].compactMap { $0 }.joined(separator: "/") }

    /// The method that is meant.
    /// - Parameter methods: Those that are known.
    /// - Throws: ``PlanError`` where there is none, or several may be meant, or it is of another kind.
    public func choose<Method>(
        among methods: [Method], _ ref: (Method) -> MethodRef
    ) throws(PlanError) -> Method {
        let found = methods.filter { names(ref($0)) }
        if let exact = found.first(where: { ref($0).fullName == text }) ?? (found.count == 1 ? found.first : nil) {
            try check(ref(exact))
            return exact
        }
        guard found.isEmpty else {
            let names = found.prefix(10).map { ref($0).fullName }.joined(separator: ", ")
            throw PlanError(place: place, problem: "'\(text)' may be one of several methods: \(names)")
        }
        let near = NearestName.suggestion(for: text, among: methods.map { ref($0).fullName })
        throw PlanError(
            place: place,
            problem: "no method \(name == nil ? "of this kind is in" : "is called") '\(text)'"
                + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }

    /// Sees that a method is of the kind that the plan is for.
    public func check(_ method: MethodRef) throws(PlanError) {
        guard let kind, kind != method.kind else { return }
        throw PlanError(
            place: place,
            problem:
                "'kind' is \(kind.rawValue), and \(method.fullName) is a \(method.kind.rawValue) call; leave it out")
    }

    /// Whether a method is called so. Of the names, what is before a dot may be left out.
    private func names(_ method: MethodRef) -> Bool {
        if let name, name != method.name, name != method.otherName { return false }
        if name == nil, let kind, kind != method.kind { return false }
        guard let service else { return true }
        return method.service == service || method.service.hasSuffix(".\(service)")
    }
}

/// A plan in YAML before it is known what its messages are: which they are, its method says.
public struct PlanSource: Hashable, Sendable {
    /// What errors call the file.
    public let place: String
    /// The method that it is for; `nil` where it names none.
    public let method: PlanMethod?
    /// As it is written.
    public let text: String
    private let directory: String

    /// - Parameters:
    ///   - text: At most ``PlanFile/lengthLimit`` bytes.
    ///   - directory: Where the relative paths in it begin.
    /// - Throws: ``PlanError`` that names the line and the column.
    public init(yaml text: String, place: String, directory: String = "") throws(PlanError) {
        (self.text, self.place, self.directory) = (text, place, directory)
        method = try Self.composed(YAMLText(place: place, text: text)).method()
    }

    /// The plan, with messages of a kind.
    /// - Parameters:
    ///   - message: Of the requests.
    ///   - replies: Of the replies, where the paths to their fields are to be checked.
    ///   - method: The full name of the method that has them; `nil` where they are those that the program knows by itself.
    /// - Throws: ``PlanError`` that names the line and the column.
    public func file(
        of message: any MessageCodec, replies: (any MessageCodec)?, method: String?
    ) throws(PlanError) -> PlanFile {
        var (file, _) = try Self.composed(YAMLText(place: place, text: text)).file(of: message, replies, directory)
        file.document.method = method
        return file
    }

    fileprivate static func composed(_ text: YAMLText) throws(PlanError) -> ComposedPlan {
        guard let root = try text.compose() else {
            throw PlanError(place: text.place, problem: "is empty; expected 'requests:' and a list")
        }
        return ComposedPlan(reader: YAMLReader(text: text), root: root)
    }
}

extension PlanFile {
    /// Reads a plan in YAML whose messages are known.
    /// - Parameters:
    ///   - text: At most ``lengthLimit`` bytes.
    ///   - message: Of the requests.
    ///   - replies: Of the replies, where the paths to their fields are to be checked.
    ///   - place: What errors call the file.
    ///   - directory: Where the relative paths in it begin.
    /// - Throws: ``PlanError`` that names the line and the column.
    public init(
        yaml text: String, of message: any MessageCodec, replies: (any MessageCodec)? = nil, place: String,
        directory: String = ""
    ) throws(PlanError) {
        let method: PlanMethod?
        (self, method) = try PlanSource.composed(YAMLText(place: place, text: text))
            .file(of: message, replies, directory)
        if let service = method?.service, let name = method?.name { document.method = "\(service)/\(name)" }
    }
}

/// The nodes of a plan.
private struct ComposedPlan {
    let reader: YAMLReader
    let root: Node

    func file(
        of message: any MessageCodec, _ replies: (any MessageCodec)?, _ directory: String
    ) throws(PlanError) -> (PlanFile, method: PlanMethod?) {
        let method = try method()
        let plan = YAMLPlanReader(reader: reader, message: message, replies: replies, directory: directory)
        return (try plan.document(root), method)
    }

    /// What is said of the method. Keys that are wrong are told by who reads the rest.
    func method() throws(PlanError) -> PlanMethod? {
        let plan = try reader.mapping(root, of: "a plan")
        var named: (service: String?, name: String?) = (try plan.string("service"), nil)
        guard let node = plan["method"] ?? plan["service"] else { return nil }
        let kind = try plan.word("kind", among: CallKind.allCases.map(\.rawValue)).flatMap { CallKind(rawValue: $0) }
        if let text = try plan.string("method") {
            // As in `call`, a dot may stand for the slash.
            let dot = text.contains("/") ? nil : text.lastIndex(of: ".")
            let slashed = dot.map { text.replacingCharacters(in: $0...$0, with: "/") } ?? text
            guard let full = MethodRef.fullName(of: slashed, in: named.service ?? "") else {
                throw reader.error(
                    at: node, "'\(text.prefix(100))' is no method; expected one such as demo.v1.Telemetry/Record")
            }
            let parts = full.split(separator: "/").map(String.init)
            named.name = parts.last
            if parts.count == 2 {
                guard named.service == nil || named.service == parts[0] else {
                    throw reader.error(at: node, "'method' is of another service than 'service' says")
                }
                named.service = parts[0]
            }
        } else if kind == nil {
            throw reader.error(
                at: node, "a service has several methods; add 'method', or 'kind' where one is of that kind")
        }
        let place = reader.error(at: node, "").place
        return PlanMethod(service: named.service, name: named.name, kind: kind, place: place)
    }
}
