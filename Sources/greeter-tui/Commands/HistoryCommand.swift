public import ArgumentParser
import Foundation
import History
import RPCCore
import UserConfiguration
public import WorkbenchModel

/// The calls that were made.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List, show, export, delete and import the calls that were made.",
        discussion: """
            Every call is kept, with every message, in greeter-tui/history.sqlite below XDG_STATE_HOME or ~/.local/state, \
            unless --no-history, the variable GREETER_TUI_HISTORY or the setting history.enabled says otherwise. \
            'call --again NUMBER' makes one again.
            """,
        subcommands: [
            ListCommand.self, ShowCommand.self, ExportCommand.self, DeleteCommand.self, ImportCommand.self,
        ], defaultSubcommand: ListCommand.self)

    struct ListCommand: AsyncParsableCommand, HistoryCommandBody {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the calls, the newest first.",
            discussion: """
                --output json prints a JSON object for each call: call, started, server, kind, method (where it is \
                none of the Greeter service that the program knows by itself), state (running, ended, interrupted or \
                incomplete), code, status, cause, attempts, sent, answered, refused, received, events, \
                elapsed, bytes, imported. Keys without a value are left out.
                """)

        @Argument(
            help: ArgumentHelp(
                "Only calls with this text in their server, method, kind, status, cause or plan, or with this number.",
                valueName: "text"))
        var text: String?

        @Option(
            help: ArgumentHelp(
                "Only calls in which a message has this text, whatever the case of its letters.", valueName: "text"))
        var message: String?

        @Option(help: ArgumentHelp("At most so many calls.", valueName: "number"))
        var limit = 50

        @Option(help: ArgumentHelp("Only calls before this one.", valueName: "call"))
        var before: Int64?

        @Option(help: "How the calls are printed.")
        var output = OutputFormat.text

        @OptionGroup(title: "Configuration Options")
        var configuration: ConfigurationOptions

        func run() async throws {
            try await withHistory { history in
                var query = CallQuery(text: text, before: before)
                var left = limit
                while left > 0 {
                    let page = try await history.calls(query)
                    let width = RecordedCall.nameWidth(of: page.prefix(left))
                    for call in page where left > 0 {
                        guard try await hasMessage(call, history) else { continue }
                        write(call, width)
                        left -= 1
                    }
                    guard page.count == query.limit, let last = page.last else { return }
                    query.before = last.id
                }
            }
        }

        /// Whether a message of the call has the text that is looked for.
        private func hasMessage(_ call: RecordedCall, _ history: HistoryStore) async throws -> Bool {
            guard let message else { return true }
            let transcript = history.transcript(of: call)
            for direction in Direction.allCases
            where try await TranscriptSearch(direction, of: transcript).first([.text(message)], from: 1) != nil {
                return true
            }
            return false
        }

        private func write(_ call: RecordedCall, _ width: Int) {
            var json = JSONText(isTerminalSafe: true)
            call.appendJSON(to: &json)
            let line = call.line(in: .current, nameWidth: width)
            Exit.write(output == .json ? json.string : line, to: STDOUT_FILENO)
        }
    }

    struct ShowCommand: AsyncParsableCommand, HistoryCommandBody {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a call: what it was, its plan, and everything sent and received.")

        @Argument(help: ArgumentHelp("The number of the call, or last.", valueName: "call"))
        var call: CallNumber

        @OptionGroup(title: "Configuration Options")
        var configuration: ConfigurationOptions

        func run() async throws {
            try await withHistory { history in
                let call = try await history.call(call.resolved(in: history))
                for line in call.description(in: .current) { Exit.write(inert(line), to: STDOUT_FILENO) }
                Exit.write("", to: STDOUT_FILENO)
                let sink = OutputSink(descriptor: STDOUT_FILENO)
                try await history.write(call, as: .text) { bytes in try await sink.writeOrThrow(bytes) }
            }
        }
    }

    struct ExportCommand: AsyncParsableCommand, HistoryCommandBody {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Write a call to a file.",
            discussion: """
                jsonl has everything: a line with what is known of the call, and then the lines of call --events with the \
                payloads besides; 'history import' reads it. csv has the messages, one a row. text is what 'show' prints.
                """)

        @Argument(help: ArgumentHelp("The number of the call, or last.", valueName: "call"))
        var call: CallNumber

        @Option(help: "The form of the file.")
        var format = ExportFormat.jsonl

        @Option(
            help: ArgumentHelp(
                "The file to write instead of standard output. One that is there is not replaced.", valueName: "file"),
            completion: .file())
        var to: String?

        @OptionGroup(title: "Configuration Options")
        var configuration: ConfigurationOptions

        func run() async throws {
            try await withHistory { history in
                let call = try await history.call(call.resolved(in: history))
                let sink = OutputSink(descriptor: try descriptor())
                try await history.write(call, as: format) { bytes in try await sink.writeOrThrow(bytes) }
            }
        }

        private func descriptor() throws(Exit) -> Int32 {
            guard let to else { return STDOUT_FILENO }
            let descriptor = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .usage("\(to): cannot be written: \(String(cString: strerror(errno)))") }
            return descriptor
        }
    }

    struct DeleteCommand: AsyncParsableCommand, HistoryCommandBody {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete calls. One that goes on stays.")

        @Argument(help: ArgumentHelp("The numbers of the calls, or last.", valueName: "call"))
        var calls: [CallNumber]

        @OptionGroup(title: "Configuration Options")
        var configuration: ConfigurationOptions

        func run() async throws {
            try await withHistory { history in
                var numbers: [Int64] = []
                for call in calls { numbers.append(try await call.resolved(in: history)) }
                let count = try await history.delete(numbers)
                Exit.write("greeter-tui: \(count) of \(calls.count) deleted", to: STDERR_FILENO)
                guard count == Set(numbers).count else {
                    throw Exit.usage("the others are not in the history, or go on")
                }
            }
        }
    }

    struct ImportCommand: AsyncParsableCommand, HistoryCommandBody {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Read a call that 'history export' has written, somebody else's perhaps.",
            discussion: "Prints the number that the call has here.")

        @Argument(
            help: ArgumentHelp("The file, or - for standard input.", valueName: "file"),
            completion: .file(extensions: ["jsonl"]))
        var file: String

        @OptionGroup(title: "Configuration Options")
        var configuration: ConfigurationOptions

        func run() async throws {
            let reader = DescriptorReader(descriptor: try descriptor(), closesDescriptor: file != "-")
            try await withHistory { history in
                let place = file == "-" ? "standard input" : file
                let call = try await history.importTranscript(place) { try await reader.read() }
                Exit.write("\(call)", to: STDOUT_FILENO)
            }
        }

        private func descriptor() throws(Exit) -> Int32 {
            guard file != "-" else { return STDIN_FILENO }
            do throws(FileReadingError) {
                return try FileReading.open(file, as: .stream)
            } catch {
                throw .usage("\(error)")
            }
        }
    }
}

extension ExportFormat: ExpressibleByArgument {}

extension OutputSink {
    /// Writes, and returns when everything is taken.
    /// - Throws: ``Exit`` where nothing more can be written.
    fileprivate func writeOrThrow(_ bytes: [UInt8]) async throws(Exit) {
        await write(bytes)
        guard isClosed else { return }
        throw problem.map { .usage("the file cannot be written: \($0)") } ?? .status(Exit.brokenPipeStatus)
    }
}
