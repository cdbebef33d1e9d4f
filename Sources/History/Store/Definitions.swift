import Foundation
import GRDB
public import RPCCore
import Synchronization

/// Finds a kind of message by its full name.
public typealias MessageLookup = @Sendable (String) -> (any MessageCodec)?

/// Reads a ``MessageCodec/definition``; `nil` where the bytes are none.
public typealias DefinitionReader = @Sendable ([UInt8]) -> MessageLookup?

/// What recorded calls were made of, as far as it has been read: definitions are read once, and not for each look at a call.
final class ReadDefinitions: Sendable {
    /// Definitions in memory; where there are more, all are read anew as they are asked for.
    static let limit = 16
    /// Methods of calls in memory, which share those.
    private static let methodLimit = 256

    private let state = Mutex<(lookups: [Int64: MessageLookup], methods: [Int64: MethodSchema])>(([:], [:]))

    func lookup(_ definition: Int64) -> MessageLookup? { state.withLock { $0.lookups[definition] } }
    func method(of call: Int64) -> MethodSchema? { state.withLock { $0.methods[call] } }

    func keep(_ lookup: @escaping MessageLookup, of definition: Int64) {
        state.withLock { state in
            // A method keeps its definition, too.
            if state.lookups.count >= Self.limit { state = ([:], [:]) }
            state.lookups[definition] = lookup
        }
    }

    func keep(_ method: MethodSchema, of call: Int64) {
        state.withLock { state in
            if state.methods.count >= Self.methodLimit { state.methods = [:] }
            state.methods[call] = method
        }
    }
}

extension HistoryStore {
    /// The method of a call, and what reads its messages, by the definitions that are kept with it.
    /// - Throws: ``HistoryError`` where those cannot be read; `CancellationError` when the task is cancelled.
    public func method(of call: RecordedCall) async throws -> MethodSchema { try await method(of: call.id) }

    func method(of call: Int64) async throws -> MethodSchema {
        if let known = definitions.method(of: call) { return known }
        let row = try await reading { db, _ in try CallRow.fetchOne(db, key: call) }
        let kind = row.flatMap { CallKind(rawValue: $0.kind) } ?? .unary
        var method = usual(kind)
        if let row, let name = row.method {
            let input = try await codec(row.input, row.input_definition, of: call)
            let output = try await codec(row.output, row.output_definition, of: call)
            method = MethodSchema(
                MethodRef(fullName: name, kind: kind), input: input ?? method.input, output: output ?? method.output)
            if let routes = row.routes.flatMap(RoutesText.init(json:)) { routes.set(in: &method) }
        }
        // One that goes on may be known better later.
        if row?.state != .running { definitions.keep(method, of: call) }
        return method
    }

    /// - Returns: `nil` where the message is one that the program knows by itself.
    private func codec(_ name: String?, _ definition: Int64?, of call: Int64) async throws -> (any MessageCodec)? {
        guard let name, let definition else { return nil }
        var lookup = definitions.lookup(definition)
        if lookup == nil {
            let bytes = try await reading { db, _ in
                try Data.fetchOne(db, sql: "SELECT data FROM definition WHERE id = ?", arguments: [definition])
            }
            lookup = bytes.flatMap { readDefinition([UInt8]($0)) }
            if let lookup { definitions.keep(lookup, of: definition) }
        }
        guard let codec = lookup?(name) else { throw HistoryError(BlockDamage(), at: "call \(call)") }
        return codec
    }
}

extension CallRow {
    /// Notes the method of a call where its messages have definitions, and puts those that are not there yet beside the calls.
    mutating func set(_ method: MethodSchema, in db: Database) throws {
        let definitions = (input: method.input.definition, output: method.output.definition)
        guard definitions.input != nil || definitions.output != nil else { return }
        self.method = method.ref.fullName
        (input, output) = (method.input.name, method.output.name)
        routes = RoutesText(method)?.json
        input_definition = try definitions.input.map { try Self.number(ofDefinition: $0, in: db) }
        output_definition = try definitions.output.map { try Self.number(ofDefinition: $0, in: db) }
    }

    private static func number(ofDefinition bytes: [UInt8], in db: Database) throws -> Int64 {
        let data = Data(bytes)
        // Of the others only the length is read.
        let known = try Int64.fetchOne(
            db, sql: "SELECT id FROM definition WHERE length(data) = ? AND data = ?", arguments: [data.count, data])
        if let known { return known }
        try db.execute(sql: "INSERT INTO definition (data) VALUES (?)", arguments: [data])
        return db.lastInsertedRowID
    }

    /// Deletes the definitions of a call that is not there any more, unless others have them.
    func deleteUnusedDefinitions(in db: Database) throws {
        for definition in Set([input_definition, output_definition].compactMap { $0 }) {
            try db.execute(
                sql: """
                    DELETE FROM definition WHERE id = ?1 AND NOT EXISTS
                      (SELECT 1 FROM call WHERE input_definition = ?1 OR output_definition = ?1)
                    """, arguments: [definition])
        }
    }
}

extension MethodRef {
    /// - Parameter fullName: `helloworld.Greeter/SayHello`.
    init(fullName: String, kind: CallKind) {
        let parts = fullName.split(separator: "/", maxSplits: 1).map(String.init)
        self.init(service: parts.first ?? "", name: parts.dropFirst().last ?? "", kind: kind)
    }
}
