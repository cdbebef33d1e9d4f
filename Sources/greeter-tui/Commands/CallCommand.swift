public import ArgumentParser
import Foundation
import Greeter
import History
import NCursesBackend
import Plans
import ProtobufSchema
public import RPCCore
import UserConfiguration

/// Makes one call without a screen.
struct CallCommand: AsyncParsableCommand, ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Make one call without a screen.",
        discussion: """
            Replies go to standard output as JSON Lines as they come; what is for people goes to standard error. With \
            - instead of names, requests are read from standard input as JSON Lines, such as \
            {"name":"Ana","language":"en"}, and sent as they arrive. A client-stream or bidi call without names does \
            so, too, where standard input is no terminal. With --plan the requests are those of a plan.

            Without names on a terminal the call is a conversation: each line that is typed is a request, 'Ana' or \
            'Ana @es' with a language, '@es' alone for the lines that follow. ctrl-d ends the stream, and the last \
            replies still come; ctrl-c cancels the call.

            The first SIGINT ends an open stream that is read from standard input or waits as its plan says: no more \
            is sent, and the replies still come. Otherwise, and the second time, it cancels the call. The deadline of \
            such a stream counts from its end, unless --deadline is given.

            --events prints instead of the replies one JSON object a line for everything that happens. All have time \
            (seconds since the start), event and attempt. The events and their keys: attempt_started (wall_time); \
            opened (transport, route, metadata); sent (number, size, form, name, language); received (number, size, \
            form, body, answers, pairing where that is a guess, and message and language, or reason where body is refusal); acknowledged \
            (up_to); paired (pairing, request_key, reply_key, ratio, ratio_at_most, from_reply, from_request, up_to, reason, pairs: which reply answers \
            which request from now on, see docs/pairing.md); half_closed; server_finished; resent (from, to); attempt_ended (code, status, sent, received, error); retry_scheduled \
            (next_attempt, maximum_attempts, delay, at_most, formula, first_request, throttle); notice (text); ended (code, \
            status, rule, attempts, elapsed, sent, answered, likely, refused, unprocessed, uncertain, received, cut_short, unsent, result, trailers, error). Keys without a value are left out. Messages of other services than Greeter have their fields \
            under content, as JSON, and beside it bytes, as base64, in place of name, language and message.

            --wire writes one JSON object a line for each frame and each other fact of the wire; docs/wire-pane.md lists the facts and \
            their keys. Credentials are masked.
            """)

    @Argument(
        help: ArgumentHelp(
            """
            What is called: a method, as in demo.v1.Library/GetBook, or less of its name where that is enough; or the kind of \
            a call of the Greeter service: unary, server-stream, client-stream or bidi. May be left out where the plan says it.
            """, valueName: "method"), completion: SchemaCompletion.methods.kind)
    var target: CallTarget?

    @Argument(help: ArgumentHelp("Whom to greet, or - to read requests from standard input.", valueName: "name"))
    var names: [String] = []

    @Option(
        name: [.customShort("d"), .customLong("data")],
        help: ArgumentHelp(
            """
            The request of a method as JSON, or several, one after another; @FILE reads them from a file, - from standard input.
            """, valueName: "json"))
    var allData: [String] = []

    private var data: String? { allData.first }

    @Flag(help: "Pass over names in the data that the message does not have.")
    var allowUnknownFields = false

    @Option(
        help: ArgumentHelp(
            "A plan with the requests: a file in YAML, JSON Lines (.jsonl) or CSV, or - for YAML on standard input.",
            valueName: "file"),
        completion: PlanArgument.completion)
    var plan: String?

    @Option(
        help: ArgumentHelp(
            """
            Make an earlier call of the history again, by its number or as last: to the same server unless --server is given, with its plan, or with \
            the requests that were sent where they were typed or read from standard input.
            """, valueName: "call"))
    var again: CallNumber?

    @Flag(help: "With --again: send what was sent then, whatever the plan would make now.")
    var recorded = false

    @Option(
        help: ArgumentHelp(
            "The language of the greetings of the names given, or typed (default: en).", valueName: "tag"))
    var language: String?

    @Option(
        help: """
            How the call is printed: replies as JSON Lines, or what is sent and received as text for people. \
            A conversation prints the replies as text unless json is asked for. (default: json)
            """)
    var output: OutputFormat?

    @Option(
        help: ArgumentHelp(
            """
            How replies are written: json, one a line; text, the text format of protocol buffers, with the byte 0x1E before \
            each but the first; raw, the bytes of the wire, each behind gRPC's five bytes with its length. With raw, what -d \
            reads from a file or standard input and does not begin with { is sent as it is, and no definition is looked up. \
            (default: json)
            """, valueName: "format"))
    var format: ReplyFormat?

    @Flag(help: "Print every event of the call as a JSON line instead of the replies.")
    var events = false

    @Option(
        help: ArgumentHelp(
            """
            Write what travels on the wire to this new file, one JSON object a line: frames, header blocks, windows, \
            stalls. With - it goes to standard output instead of the replies.
            """, valueName: "file"),
        completion: .file())
    var wire: String?

    @OptionGroup(title: "Schema Options")
    var schema: SchemaOptions

    @OptionGroup(title: "JSON Options")
    var style: JSONStyleOptions

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

    @OptionGroup(title: "History Options")
    var history: HistoryOptions

    /// The kind of call, where it is named.
    private var kind: CallKind? { target?.kind }

    func validate() throws {
        if let method = target?.method {
            if !names.isEmpty {
                throw ValidationError("give the request of \(method) as JSON with -d")
            }
            if allData.count > 1 {
                throw ValidationError("give one -d; several requests follow one another in it: -d '{…} {…}'")
            }
            if data != nil, plan != nil { throw ValidationError("the plan has the requests; give no -d beside it") }
        } else if data != nil {
            throw ValidationError("-d is for a method that is named, as in demo.v1.Library/GetBook")
        }
        if again != nil, plan != nil || target != nil || !names.isEmpty {
            throw ValidationError("--again has the kind and the requests; give neither beside it")
        }
        if recorded, again == nil { throw ValidationError("--recorded is for --again") }
        if target == nil, plan == nil, again == nil {
            throw ValidationError(
                "name a method, as in demo.v1.Library/GetBook, or the kind of call: "
                    + CallKind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        if plan != nil, !names.isEmpty {
            throw ValidationError("the plan has the requests; give no names beside it")
        }
        if plan == nil, again == nil, names.isEmpty, !isConversation, kind?.streamsRequests == false {
            throw ValidationError("name somebody to greet, or - to read requests from standard input")
        }
        if names.contains("-"), names.count > 1 {
            throw ValidationError("- stands for all requests; give it alone, or names without it")
        }
        if plan != nil || readsInput, language != nil {
            throw ValidationError("--language is for names; elsewhere every request has its own")
        }
        if wire == "-", events || output != nil {
            throw ValidationError(
                "--wire - takes standard output for itself; give a file beside \(events ? "--events" : "--output")")
        }
        if format != nil, events || output != nil || wire == "-" {
            let other = events ? "--events" : output != nil ? "--output" : "--wire -"
            throw ValidationError("--format is how the replies are written, and \(other) writes something else")
        }
        if events, output == .text {
            throw ValidationError("--events prints JSON lines and cannot be combined with --output text")
        }
    }

    func run() async throws {
        let again = try await earlierCall()
        // What the arguments alone say is checked before anything is read or asked.
        let plan = try self.plan.map { path throws(Exit) in try PlanArgument(path: path).read() }
        let method = target?.method ?? plan?.method?.text
        var requests = try method == nil ? again.map { Requests(again: $0) } ?? greetings(plan) : nil
        // Of a method that is known by its definition, no other route is set.
        let kind = again?.call.method == nil ? requests?.method.ref.kind : nil
        // Before signals are caught, so that a command that fetches the token can be interrupted.
        let setup = try await Setup(
            load(calling: kind) { layer throws(ConfigurationError) in
                try history.set(in: &layer)
                try schema.set(in: &layer)
                if self.connection.server == nil {
                    try layer.set(Known.server, flag: "--again", again?.call.head.server)
                }
            })
        try checkMethods(calling: kind, at: setup.server.address)
        try setup.checkFaults()
        // It is kept with the call, so that it is called again when the call is made again.
        let ownRoute = try methods(calling: kind).last { $0.kind == kind }?.name
        if ownRoute == nil, let call = again?.call, call.head.options.isMethodMasked {
            throw Exit.usage(
                "the route of call \(call.id) has a credential in it, which is not kept: name the route with --method")
        }
        setup.sayNotes()
        let surroundings = Surroundings()
        let clock = surroundings.clock
        let route = ownRoute ?? again?.call.head.options.method
        let tap = wire.map { _ in
            WireTap(clock: clock, redaction: setup.redaction.hiding(route: route), limit: WireWriter.limit)
        }
        let store = setup.openHistory(in: surroundings) { report in
            Exit.note(report.text)
        }
        let connection = try await ServerConnection.open(
            setup, in: surroundings, history: store, wire: tap,
            // Nothing else is to travel where that is written down.
            reflecting: wire == nil ? try expanded(schema, surroundings.environment) : nil, retry: { setup.retry })
        if let method {
            do throws(Exit) {
                requests = try await self.requests(of: method, plan, setup, over: connection, in: surroundings)
            } catch {
                await connection.shutdown()
                _ = await store?.end()
                throw error
            }
        }
        guard let requests else { throw Exit.usage("there is nothing to call") }
        let wireFile = try wire.flatMap { path throws(Exit) in path == "-" ? nil : try WireWriter.open(path) }
        let signals = Signals()
        let terminal = isConversation ? LineTerminal.ofConversation(in: surroundings) : nil
        let prompt = Prompt(on: terminal)
        let printer = CallPrinter(
            style: printing(of: requests.method), above: isConversation ? prompt : nil,
            keepsMessagesApart: method != nil || again?.call.method != nil, clock: clock)
        let wireWriter = tap.map { WireWriter($0, to: wireFile ?? printer.sink, start: printer.start) }
        let stream: SteeredPlan
        if let document = requests.document {
            let planned = PlanRun(document)
            stream = SteeredPlan(planned, for: requests.method.ref.kind, holdsOpen: isConversation)
            if let note = planned.seedNote { printer.note(note) }
        } else {
            stream = SteeredPlan(again?.recorded ?? PlanRun(names: []), holdsOpen: false)
        }
        let takesItsTime = requests.document?.takesItsTime == true
        var options = setup.callOptions(isOpenEnded: isConversation || takesItsTime)
        // It is kept with the call, so that it is called again when the call is made again.
        options.method = route
        let run = CallRun(
            call: Call(requests.method, stream, options: options), plan: stream,
            endsByHand: requests.document?.stop.isManual == true
                || takesItsTime && requests.method.ref.kind.streamsRequests,
            printer: printer)
        let conversation =
            isConversation ? converse(stream, prompt, on: terminal, with: setup.server.settingText) : nil
        var exit = await run.perform(on: connection, signals: signals, clock: clock)
        if let conversation {
            conversation.cancel()
            prompt.end()
            terminal?.restore()
        }
        await connection.shutdown()
        if let problem = await wireWriter?.finish(), wireFile != nil {
            exit.lines.append("greeter-tui: what travelled on the wire is not all in \(wire ?? ""): \(problem)")
        }
        await setup.finishLog()
        if let problem = await store?.end() { Exit.write("greeter-tui: \(problem)", to: STDERR_FILENO) }
        await again?.close()
        throw exit
    }

    /// The call that is to be made again, where one is.
    private func earlierCall() async throws(Exit) -> AgainArgument? {
        guard let again else { return nil }
        return try await AgainArgument(again, sendsRecorded: recorded)
    }

    /// Whether requests come from standard input as JSON Lines.
    private var readsInput: Bool { plan == nil && again == nil && !isConversation && (names.isEmpty || names == ["-"]) }

    /// Whether requests are typed.
    private var isConversation: Bool {
        plan == nil && again == nil && target?.method == nil && names.isEmpty && isatty(STDIN_FILENO) == 1
    }

    /// What is called, and what is sent.
    private struct Requests {
        var method: MethodSchema
        /// `nil` where what was sent before is sent again.
        var document: PlanDocument?

        init(_ method: MethodSchema, _ document: PlanDocument?) {
            self.method = method
            self.document = document
        }

        init(again: AgainArgument) {
            self.init(again.method, again.document)
        }
    }

    /// The requests of a call of the Greeter service.
    private func greetings(_ plan: ReadPlan?) throws(Exit) -> Requests {
        if let plan {
            let (kind, document) = try plan.greetings(for: kind)
            return Requests(Greeter.method(kind), document)
        }
        let document = readsInput ? .standardInput : PlanDocument(names: names, language: language ?? "en")
        return Requests(Greeter.method(kind ?? .unary), document)
    }

    /// The requests of a method that is looked up by its name: over the connection of the call, unless somebody writes down what
    /// travels on that.
    private func requests(
        of name: String, _ plan: ReadPlan?, _ setup: Setup, over connection: ServerConnection,
        in surroundings: Surroundings
    ) async throws(Exit) -> Requests {
        var given: MessageData?
        if format == .raw, let data {
            let read = try MessageData(data)
            guard read.isJSON else {
                guard setup.server.address.scheme.dialect == .grpc else {
                    throw .usage("bytes can be sent to a gRPC server only: name one with --server grpc://HOST:PORT")
                }
                return try Self.raw(read.bytes, to: name)
            }
            given = read
        }
        let load: (SchemaLoader) async throws(Exit) -> SchemaLoader.Loaded = { loader throws(Exit) in
            let loaded =
                if target == nil, let service = plan?.method?.service {
                    try await loader.load(service: service)
                } else {
                    try await loader.load(method: name)
                }
            let method = try chosen(plan, in: loaded)
            if plan == nil, given == nil { given = try wholeData(for: method) }
            let types = (plan?.typeNames(for: method) ?? []) + (given?.typeNames ?? [])
            return await loader.adding(types: types, to: loaded)
        }
        let loaded =
            wire == nil
            ? try await loadSchema(schema, setup, over: connection, in: surroundings, load)
            : try await loadSchema(schema, setup, in: surroundings, load)
        for note in loaded.notes { Exit.note(note) }
        let method = try chosen(plan, in: loaded)
        if let kind = target?.kind, kind != method.ref.kind {
            throw .usage(
                "\(method.ref.fullName) is a \(method.ref.kind.rawValue) call, and not \(kind.rawValue): leave the kind out"
            )
        }
        if let plan {
            return Requests(method, try plan.document(for: method))
        }
        guard let given else {
            var document = PlanDocument.standardInput
            document.method = method.ref.fullName
            return Requests(method, document)
        }
        var messages = try given.messages(method.input, allowsUnknown: allowUnknownFields)
        if !method.ref.kind.streamsRequests {
            // As grpcurl has it: no data are an empty message.
            if messages.isEmpty {
                messages = try MessageData("{}").messages(method.input, allowsUnknown: allowUnknownFields)
            }
            if messages.count > 1 {
                let count = (messages.count - 1).counted("other", "others")
                Exit.note(
                    "\(method.ref.fullName) takes one request: the first in \(given.place) is sent, and the \(count) not"
                )
                messages = [messages[0]]
            }
        }
        return Requests(method, PlanDocument(method: method.ref.fullName, steps: messages.map { .request($0) }))
    }

    private func chosen(_ plan: ReadPlan?, in loaded: SchemaLoader.Loaded) throws(Exit) -> MethodSchema {
        try loaded.method(named: target?.method, orBy: plan?.method, style.style())
    }

    /// The data, read before anything is sent; `nil` where requests are read as they come.
    private func wholeData(for method: MethodSchema) throws(Exit) -> MessageData? {
        let streams = method.ref.kind.streamsRequests
        let data = data ?? (streams && isatty(STDIN_FILENO) == 0 ? "-" : nil)
        if data == nil, streams {
            throw .usage("give the requests of \(method.ref.fullName) with -d, or with - from standard input")
        }
        // Of what has no definition it is not known where a line's JSON belongs: all of it is read first.
        if streams, method.input is DynamicMessageCodec, let data, MessageData.isStandardInput(data) { return nil }
        return try MessageData(data ?? "{}")
    }

    /// A request that is sent as it is. How many messages there are in each direction makes no difference on the wire.
    private static func raw(_ bytes: [UInt8], to name: String) throws(Exit) -> Requests {
        guard let service = MethodChoice.service(in: name), let method = MethodChoice.method(in: name) else {
            throw .usage("name the method in full to send it bytes, as in demo.v1.Library/GetBook")
        }
        guard let codec = RawMessageCodec.shared else { throw .usage("bytes cannot be sent") }
        let ref = MethodRef(service: service, name: method, kind: .bidirectional)
        return Requests(
            MethodSchema(ref, input: codec, output: codec),
            PlanDocument(steps: [.request(RawMessageCodec.value(of: bytes))]))
    }

    private func printing(of method: MethodSchema) -> CallPrinter.Style {
        if events { return .events }
        if wire == "-" { return .wire }
        if let format { return .replies(format) }
        switch output {
        case .json: return .replies(.json)
        case .text: return .text
        case nil where isConversation: return .conversation
        // What was called with bytes before answers with bytes again.
        case nil: return .replies(method.output is RawMessageCodec ? .raw : .json)
        }
    }

    private func converse(
        _ plan: SteeredPlan, _ prompt: Prompt, on terminal: LineTerminal?, with server: String
    ) -> Task<Void, Never> {
        let hint = "\(server): type a name, or 'Ana @es' with a language; ctrl-d ends, ctrl-c cancels"
        Exit.write(inert(hint), to: STDERR_FILENO)
        let conversation = Conversation(plan: plan, prompt: prompt, language: language ?? "en")
        return Task {
            if let terminal {
                await conversation.run(on: terminal)
            } else {
                await conversation.run(from: STDIN_FILENO)
            }
        }
    }
}

extension LineTerminal {
    /// The terminal of a conversation, where it is one on which lines can be edited: standard input, drawn on standard error
    /// or, where that leads elsewhere, on standard output.
    fileprivate static func ofConversation(in surroundings: Surroundings) -> LineTerminal? {
        let output = isatty(STDERR_FILENO) == 1 ? STDERR_FILENO : STDOUT_FILENO
        return LineTerminal(input: STDIN_FILENO, output: output, environment: surroundings.environment)
    }
}

extension CallKind: ExpressibleByArgument {}

/// How a call is printed.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case json
    case text
}
