import ArgumentParser
import ProtobufSchema
import RPCCore
import SchemaSources

/// Lists services and methods.
struct ListCommand: AsyncParsableCommand, ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the services of a server, or the methods of one.",
        discussion: """
            A line for each service and each of its methods: the kind of call, the name, the messages, and the route over HTTP \
            where one is annotated. What cannot be used is marked with !, and the reason follows; where nothing can be used, the \
            command fails. Of a server with more than \(Self.eagerLimit) services only their names are listed, which is one \
            question to it; name a service, or give --methods, for the methods.

            --output json prints an object for each method: service, method, kind, input, output, routes, and problem where it \
            cannot be called; an object with service and problem for a service that has no definition; and one with service alone \
            where only names are listed.
            """)

    /// Of so many services the methods are asked for without being told to.
    private static let eagerLimit = 100

    @Argument(
        help: ArgumentHelp("The service whose methods are listed: demo.v1.Library, or Library.", valueName: "service"),
        completion: SchemaCompletion.services.kind)
    var service: String?

    @Option(help: "How they are printed.")
    var output = OutputFormat.text

    @Flag(help: "List the methods of all services, however many there are.")
    var methods = false

    @Flag(help: "List the services that servers have beside their own, too: health, reflection.")
    var all = false

    @OptionGroup(title: "Schema Options")
    var schema: SchemaOptions

    @OptionGroup(title: "Server Options")
    var connection: ConnectionOptions

    @OptionGroup(title: "Retry Options")
    var retry: RetryOptions

    @OptionGroup(title: "Demo Server Options")
    var demo: DemoOptions

    @OptionGroup(title: "Configuration Options")
    var configuration: ConfigurationOptions

    @OptionGroup(title: "Log Options")
    var log: LogOptions

    func run() async throws {
        let choice = service.map { NameChoice($0) }
        let isListed = { (name: String) in choice?.fits(name) ?? (all || !MethodRef.isCommon(service: name)) }
        let loaded = try await loadSchema(schema) { loader throws(Exit) in
            try await loader.load(atMost: methods || service != nil ? .max : Self.eagerLimit, isListed)
        }
        let listed = loaded.services.filter { isListed($0.fullName) }
        let services = choice?.matches(among: listed, \.fullName) ?? listed
        guard !services.isEmpty || !loaded.failures.isEmpty || !loaded.unread.isEmpty else {
            throw Exit.usage(service.map { "there is no service '\($0)'" } ?? "there are no services")
        }
        let list = ServiceList(services: services, failures: loaded.failures, unread: loaded.unread)
        Exit.write(lines: output == .json ? list.json : list.text)
        for note in loaded.notes { Exit.note(note) }
        if !loaded.unread.isEmpty {
            Exit.note("the methods of a service are listed by 'list SERVICE', and those of all by 'list --methods'")
        }
        guard list.hasUsable else {
            let code = StatusCode.notFound
            throw Exit(
                status: 64 + Int32(code.rawValue),
                lines: ["greeter-tui: \(code.name): none of the services can be used"])
        }
    }
}

/// Services and their methods, for people and for programs.
private struct ServiceList {
    let services: [KnownService]
    let failures: [SourcedSchema.Service]
    /// Those of which only the names are known.
    let unread: [String]

    /// Whether there is anything that is not known to be broken.
    var hasUsable: Bool {
        !unread.isEmpty
            || services.contains {
                $0.problem == nil && ($0.methods.isEmpty || $0.methods.contains { $0.problem == nil })
            }
    }

    var text: String {
        var lines: [String] = []
        for service in services {
            lines.append(service.fullName.shownName + (service.problem.map { "  ! \($0.shownReason)" } ?? ""))
            let width = service.methods.map(\.name.shownName.count).max() ?? 0
            for method in service.methods {
                let name = method.name.shownName.padded(to: width)
                let mark = method.kind.rawValue.padded(to: 13)
                let route = method.routes.first.map { "  \($0.text.shownReason)" } ?? ""
                let messages = "\(method.input.lastPart.shownName) → \(method.output.lastPart.shownName)"
                lines.append(
                    "  \(mark)  \(name)  " + (method.problem.map { "! \($0.shownReason)" } ?? messages + route))
            }
        }
        for failure in failures { lines.append("\(failure.name.shownName)  ! \((failure.failure ?? "").shownReason)") }
        lines += unread.map(\.shownName)
        return lines.joined(separator: "\n")
    }

    var json: String {
        var lines: [String] = []
        for method in services.flatMap(\.methods) {
            var json = JSONText(isTerminalSafe: true)
            json.object { json in
                json.field("service", method.service)
                json.field("method", method.name)
                json.field("kind", method.kind.rawValue)
                json.field("input", method.input)
                json.field("output", method.output)
                json.field("routes", method.routes.map(\.text))
                json.field("problem", method.problem)
            }
            lines.append(json.string)
        }
        for failure in failures {
            var json = JSONText(isTerminalSafe: true)
            json.object { json in
                json.field("service", failure.name)
                json.field("problem", failure.failure)
            }
            lines.append(json.string)
        }
        for name in unread {
            var json = JSONText(isTerminalSafe: true)
            json.object { $0.field("service", name) }
            lines.append(json.string)
        }
        return lines.joined(separator: "\n")
    }
}

extension String {
    /// A name that a server may have made up, as it is listed: on one line, with nothing in it that acts on a terminal, and whole where it
    /// is one that a thing can have.
    fileprivate var shownName: String {
        inert(self).shortened(to: isDottedName ? 512 : 80)
    }

    /// A sentence with such names in it.
    fileprivate var shownReason: String { inert(self).shortened(to: 400) }

    /// Scalars are counted: a single character may be as long as the whole.
    private func shortened(to limit: Int) -> String {
        let rest = unicodeScalars.dropFirst(limit)
        guard !rest.isEmpty else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(limit))) + "… (\(unicodeScalars.count) characters)"
    }
}
