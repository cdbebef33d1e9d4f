import Foundation
import RPCCore
import TerminalUI
import WorkbenchModel

/// Lets another program have the terminal, and messages on its standard input or in a file.
@MainActor
struct TerminalHandover {
    /// What is run.
    enum Reader {
        /// A command for the shell. What it writes stays on the terminal until a key goes back.
        case command(String)
        /// The user's own editor, with a file of the messages.
        case editor
    }

    let reader: Reader
    private let folder: PrivateFolder
    private let feed: MessageFeed

    /// - Throws: what keeps it from having a folder of its own.
    init(_ reader: Reader) throws {
        self.reader = reader
        folder = try PrivateFolder()
        let pipe = folder.path(of: "messages")
        guard mkfifo(pipe, 0o600) == 0 else {
            folder.remove()
            throw CocoaError(.fileWriteUnknown)
        }
        if case .command(let command) = reader {
            try Data((command + "\n").utf8).write(to: URL(filePath: folder.path(of: "command")))
        }
        feed = MessageFeed(into: pipe)
    }

    /// Runs it, and comes back when it has ended. Messages are read and written beside this thread.
    /// - Parameter tell: Called on some thread when everything has ended.
    func run(
        _ messages: ExcerptReader, on backend: any TerminalBackend, tell: @escaping @Sendable (ProgramEnd) -> Void
    ) {
        let writing = Task.detached { [feed] in await feed.write(messages) }
        let status = backend.run(script, on: folder.path)
        feed.stop()
        Task.detached { [folder, name] in
            let problem = await writing.value
            folder.remove()
            tell(ProgramEnd(name, status: status, problem: problem))
        }
    }

    /// What it is called.
    private var name: String {
        switch reader {
        case .command(let command): command
        case .editor: ExternalEditor.command
        }
    }

    /// A function for the shell that gets the folder. The command stands in a file of its own: nothing in it can end the function.
    private var script: String {
        switch reader {
        case .command:
            """
            pipe() {
                sh "$1/command" < "$1/messages"
                status=$?
                printf '\\n[ended with %s; enter goes back] ' "$status"
                read -r line
                return $status
            }
            pipe
            """
        case .editor:
            """
            edit() {
                cat < "$1/messages" > "$1/messages.jsonl" && \(ExternalEditor.command) "$1/messages.jsonl"
            }
            edit
            """
        }
    }
}
