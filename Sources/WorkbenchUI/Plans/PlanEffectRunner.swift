import Plans
import RPCCore
import WorkbenchModel

/// Does what the view-model asks for about plans, and posts what came of it.
@MainActor
final class PlanEffectRunner {
    private let requests: any MessageCodec
    private let files: any PlanFiles
    private let clock: any CallClock
    private let previewDeadline: Duration
    private let post: @Sendable (PlanMessage) -> Void
    /// What goes on now and is of no use once another takes its place.
    private var tasks = NamedTasks<Name>()
    /// What must not be broken off, by number.
    private var changes: [Int: Task<Void, Never>] = [:]
    private var changeCount = 0
    /// What is to be said when the program has ended, one line each.
    private(set) var farewell: [String] = []

    private enum Name: Hashable {
        case preview, deadline, list, open
    }

    init(
        files: any PlanFiles, requests: any MessageCodec, clock: any CallClock, previewDeadline: Duration,
        post: @escaping @Sendable (PlanMessage) -> Void
    ) {
        self.files = files
        self.requests = requests
        self.clock = clock
        self.previewDeadline = previewDeadline
        self.post = post
    }

    func run(_ effect: PlanEffect) {
        switch effect {
        case .preview(let plan, let method, let id): preview(plan, of: method?.schema.input ?? requests, id: id)
        case .list(let query):
            replace(.list) { files, post in
                post(.listed(query, await outcome { () async throws(FileProblem) in try await files.list(query) }))
            }
        case .open(let path, let method):
            replace(.open) { files, post in
                let opened = await outcome { () async throws(FileProblem) in
                    try await files.open(path, of: method?.schema)
                }
                post(.opened(path: path, opened))
            }
        case .openKept(let kept):
            replace(.open) { files, post in
                post(.keptOpened(kept, await outcome { () async throws(FileProblem) in try await files.open(kept) }))
            }
        case .write(let write): change { files, post in post(.written(write, await files.write(write))) }
        case .findKept: change { files, post in post(.keptFound(await files.kept())) }
        case .forgetKept(let path): change { files, _ in await files.forget(keptAt: path) }
        case .keep(let plan): keep(plan)
        }
    }

    /// Ends what can be broken off. Returns when the rest is done, or the file system has had ``closingLimit`` for it.
    func finish() async {
        tasks.cancel()
        let rest = Array(changes.values)
        await EffectRunner.first(
            of: Task { for change in rest { await change.value } },
            or: Task { try? await SystemClock().sleep(for: Self.closingLimit) })
    }

    /// By the machine's clock, whose file system it is.
    private static let closingLimit = Duration.seconds(5)

    private func replace(_ name: Name, _ body: @escaping @Sendable (any PlanFiles, (PlanMessage) -> Void) async -> Void)
    {
        tasks.replace(name) { @Sendable [files, post] in
            await body(files) { if !Task.isCancelled { post($0) } }
        }
    }

    private func change(_ body: @escaping @Sendable (any PlanFiles, (PlanMessage) -> Void) async -> Void) {
        lasting { [files, post] in await Task.detached { await body(files, post) }.value }
    }

    private func lasting(_ body: @escaping @MainActor () async -> Void) {
        changeCount += 1
        let number = changeCount
        changes[number] = Task {
            await body()
            changes[number] = nil
        }
    }

    private func keep(_ plan: UnsavedPlan) {
        lasting { [self] in
            do throws(FileProblem) {
                farewell.append("the unsaved plan is kept in \(try await files.keep(plan)); the next start offers it")
            } catch {
                farewell.append("the unsaved plan could not be kept: \(error.text)")
            }
        }
    }

    /// How many requests a preview has at most.
    static let previewLimit = 20

    /// Makes the first requests. What has been made when the time is up is all there is.
    private func preview(_ plan: PlanDocument, of message: any MessageCodec, id: Int) {
        let preview = PlanPreviewer(PlanRun(plan), of: message, limit: Self.previewLimit)
        replace(.preview) { _, post in
            if let made = await preview.preview() { post(.previewed(id: id, made)) }
        }
        let making = tasks[.preview]
        replace(.deadline) { [clock, previewDeadline] _, post in
            guard (try? await clock.sleep(for: previewDeadline)) != nil else { return }
            making?.cancel()
            post(.previewed(id: id, preview.late))
        }
    }
}
