import ArgumentParser
import Foundation
import Greeter
import History
import ProtobufSchema
import RPCCore
import UserConfiguration

/// A command that works on the history.
protocol HistoryCommandBody {
    var configuration: ConfigurationOptions { get }
}

extension HistoryCommandBody {
    /// Runs something with the history, and says what it has found.
    /// - Throws: ``Exit`` with status 2 and what is wrong.
    func withHistory(_ body: (HistoryStore) async throws -> Void) async throws(Exit) {
        let settings = try configuration.load(Layer()).settings
        let store = try HistoryAccess.open(limits: settings.historyLimits)
        var failure: Exit?
        do {
            try await store.check()
            try await body(store)
        } catch {
            failure = HistoryAccess.exit(error)
        }
        await store.close(within: HistoryStore.exitLimit)
        if let failure { throw failure }
    }
}

/// The history of this account.
enum HistoryAccess {
    /// - Throws: ``Exit`` where there is no home.
    static func open(limits: HistoryLimits = .standard) throws(Exit) -> HistoryStore {
        guard let folder = Surroundings().stateFolder else { throw .usage("there is no HOME to look for a history in") }
        return HistoryStore(folder: folder, of: Greeter.method, definitions: definitions, limits: limits) { report in
            // What goes wrong here is thrown, too.
            if case .finding = report { Exit.note(report.text) }
        }
    }

    /// Reads the definitions that are kept with calls.
    static let definitions: DefinitionReader = { bytes in
        guard !bytes.isEmpty else { return { UndefinedMessageCodec($0) } }
        if let raw = RawMessageCodec.defined(by: bytes) { return { _ in raw } }
        guard let files = try? DescriptorSet.files(in: bytes) else { return nil }
        let schema = Schema(files)
        return { name in schema.message(name).map { DynamicMessageCodec($0, in: schema) } }
    }

    /// What a failure of the history comes to.
    static func exit(_ error: any Error) -> Exit {
        if let error = error as? Exit { return error }
        return error is CancellationError ? .status(Exit.interruptedStatus) : .usage("\(error)")
    }
}
