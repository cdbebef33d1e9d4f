import DequeModule
import ProtobufSchema
import RPCCore

/// One question of the user's: the requests that it takes, on one stream or, where that ends early, on several.
///
/// What is to be asked waits in a list, to which answers add what they import. Up to ``ReflectionLimits/window`` requests are
/// unanswered at once; one, after a stream has ended too early.
struct ReflectionRun: Sendable {
    /// Why a request has brought nothing.
    struct Failure: Sendable {
        var code: StatusCode
        /// With what was asked: `the server answered NOT_FOUND to file_by_filename a.proto`.
        var text: String
        /// What there is to say of a file: `which the server does not have (NOT_FOUND)`.
        var ofFile: String
    }

    /// A request, and what it is for.
    struct Item: Sendable {
        var question: ReflectionQuestion
        /// The file that is wanted, by the name by which it is imported.
        var wanted: String?
    }

    let transport: any Transport
    let metadata: [MetadataEntry]
    let limits: ReflectionLimits
    let clock: any CallClock
    var version: ReflectionVersion
    /// Whether it was chosen, or the server has answered by it.
    var isVersionKnown: Bool
    var collection: FileCollection

    var services: [String] = []
    /// The files that came for a question.
    var roots: [ReflectionQuestion: [String]] = [:]
    var failures: [ReflectionQuestion: Failure] = [:]
    /// Why files that are imported are not there.
    var missing: [String: String] = [:]
    /// Files that were asked for, or went through.
    var visited: Set<String> = []
    /// Questions that were answered.
    var answered: Set<ReflectionQuestion> = []
    var pending: Deque<Item> = []
    var open: [Item] = []

    var stream: ReflectionStream?
    var window = 0
    private var requests = 0
    private var received = 0
    var answersOnStream = 0
    var answers = 0
    private var isSent = false
    private var isLate = false
    /// When a request of this stream was handed to the socket.
    private var firstDue: Duration = .zero
    /// When everything must be over.
    var end: Duration = .zero
    /// Requests for which a stream has failed, one after another.
    var failedStreams = 0
    /// Why v1 was given up.
    var fallback: CallError?

    init(
        transport: any Transport, metadata: [MetadataEntry], limits: ReflectionLimits, clock: any CallClock,
        version: ReflectionVersion, isVersionKnown: Bool, collection: FileCollection
    ) {
        (self.transport, self.metadata, self.limits, self.clock) = (transport, metadata, limits, clock)
        (self.version, self.isVersionKnown, self.collection) = (version, isVersionKnown, collection)
    }

    /// Asks, and asks for what the answers import.
    /// - Throws: ``CallError`` where there was no answer at all, or the services were asked for and are not told.
    mutating func ask(_ questions: [ReflectionQuestion]) async throws(CallError) {
        end = clock.now + limits.time
        window = limits.window
        for question in questions {
            if case .symbol(let name) = question, let file = collection.file(declaring: name) {
                visit(file)
            } else {
                pending.append(Item(question: question))
            }
        }
        do throws(CallError) {
            try await work()
        } catch {
            await close(within: .zero)
            throw error
        }
        await close(within: isLate ? .zero : limits.closing)
    }

    private mutating func close(within limit: Duration) async {
        await stream?.close(within: limit)
        stream = nil
    }

    private mutating func work() async throws(CallError) {
        while true {
            fill()
            guard !open.isEmpty, let stream else { return }
            let limit = answersOnStream == 0 && isSent ? min(end, firstDue) : end
            if received > limits.totalSize {
                try stop(CallError(.resourceExhausted, tooMuch, at: .receive, advice: Self.otherSources))
                continue
            }
            // Time is up for a server, too, that always has something to say.
            switch clock.now >= limit ? .late : await stream.next(until: limit) {
            case .sent:
                isSent = true
                firstDue = clock.now + limits.firstAnswer
            case .answer(let bytes):
                try take(bytes)
            case .ended(let outcome):
                await close(within: .zero)
                try goOn(after: outcome)
            case .late:
                isLate = true
                try stop(lateness)
            case .cancelled:
                throw CallError(.cancelled, "reflection was cancelled", at: .cancellation)
            }
        }
    }

    /// Sends what may be sent.
    private mutating func fill() {
        while open.count < window, let item = pending.popFirst() {
            if let wanted = item.wanted, collection.file(named: wanted) != nil {
                descend(from: wanted)
                continue
            }
            if let reason = exhaustion {
                fail(item, .resourceExhausted, reason, ofFile: "which was not asked for: \(reason)")
                continue
            }
            if stream == nil { begin() }
            requests += 1
            stream?.send(item.question.bytes)
            open.append(item)
        }
    }

    private mutating func begin() {
        // A little later than here, so that it is here that the time is up, with the words for it.
        let options = CallOptions(deadline: max(.seconds(1), end - clock.now + .seconds(1)), metadata: metadata)
        stream = ReflectionStream(version, over: transport, options: options, clock: clock)
        (answersOnStream, isSent) = (0, false)
    }

    /// Why nothing more is asked for; `nil` where it may be.
    private var exhaustion: String? {
        if requests >= limits.requests { return "\(limits.requests) requests were made, and no more are" }
        if collection.own.count >= limits.files {
            return "the server has given \(limits.files) files, and no more are taken"
        }
        return nil
    }

    private var tooMuch: String {
        "the server's answers have more than \(limits.totalSize) bytes, and no more are taken"
    }

    // MARK: Answers

    private mutating func take(_ bytes: ArraySlice<UInt8>) throws(CallError) {
        received += bytes.count
        guard let first = open.first else { return }
        guard let answer = ReflectionAnswer(bytes) else {
            answersOnStream += 1
            open.removeFirst()
            return try refuse(
                first, .internal, "the answer is no message of reflection",
                ofFile: "for which the server gave no message of reflection")
        }
        guard let item = item(answeredBy: answer) else { return }
        answersOnStream += 1
        answers += 1
        failedStreams = 0
        isVersionKnown = true
        answered.insert(item.question)
        guard bytes.count <= limits.answerSize else {
            let size = "\(bytes.count) bytes, and \(limits.answerSize) are accepted"
            return try refuse(item, .resourceExhausted, "the answer has \(size)", ofFile: "whose answer has \(size)")
        }
        try take(answer.content, for: item)
    }

    /// Takes what is answered from the open requests: what the server says, or else the first of them. An answer to what was
    /// answered before is one too many.
    private mutating func item(answeredBy answer: ReflectionAnswer) -> Item? {
        if let question = answer.question {
            if let index = open.firstIndex(where: { $0.question == question }) { return open.remove(at: index) }
            if answered.contains(question) { return nil }
        }
        return open.removeFirst()
    }

    /// Notes that a request has brought nothing.
    /// - Throws: ``CallError`` where the services were asked for: nothing goes on without them.
    mutating func refuse(
        _ item: Item, _ code: StatusCode, _ reason: String, ofFile: String, origin: CallError.Origin = .server
    ) throws(CallError) {
        if item.question == .services {
            throw CallError(code, "the server does not list its services: \(reason)", at: origin)
        }
        fail(item, code, reason, ofFile: ofFile)
    }

    mutating func fail(_ item: Item, _ code: StatusCode, _ reason: String, ofFile: String) {
        failures[item.question] = Failure(code: code, text: "\("\(item.question)".bounded): \(reason)", ofFile: ofFile)
        if let wanted = item.wanted, missing[wanted] == nil { missing[wanted] = ofFile }
    }

    private mutating func take(_ content: ReflectionAnswer.Content, for item: Item) throws(CallError) {
        switch (content, item.question) {
        case (.error(let code, let text), _):
            let status = StatusCode(rawValue: code) ?? .unknown
            let name = status.rawValue == code ? status.name : "the status \(code)"
            let said = text.isEmpty ? "" : ": \(text.bounded)"
            if status == .notFound, tryOtherName(of: item) { return }
            try refuse(
                item, status, "the server answered \(name)\(said)",
                ofFile: status == .notFound
                    ? "which the server does not have (NOT_FOUND)" : "for which the server answered \(name)\(said)")
        case (.services(let names), .services):
            services = names
        case (.numbers(let numbers), .extensionNumbers(let type)):
            for number in Set(numbers).sorted().prefix(limits.requests) {
                pending.append(Item(question: .fileOfExtension(of: type, number: number)))
            }
        case (.files(let files), .file), (.files(let files), .symbol), (.files(let files), .fileOfExtension):
            take(files, for: item)
        default:
            try refuse(
                item, .internal, "the server answered another question (\(content.name))",
                ofFile: "for which the server answered another question (\(content.name))")
        }
    }
}
