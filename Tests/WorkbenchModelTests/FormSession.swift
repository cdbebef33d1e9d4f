import Foundation
import Plans
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@testable import WorkbenchModel

/// A workbench on which the form of a message is used.
struct FormSession {
    var state: State
    let codec: DynamicMessageCodec

    static let schema: Schema? = (try? MessageSchemas.bytes()).flatMap { try? DescriptorSet.files(in: $0) }.map {
        Schema($0)
    }

    static func codec(_ name: String) throws -> DynamicMessageCodec {
        let schema = try #require(schema)
        let message = try #require(schema.message(name))
        return DynamicMessageCodec(message, in: schema)
    }

    /// - Parameter json: What the one request of the plan is.
    init(_ name: String, _ json: String = "{}", kind: CallKind = .clientStream) throws {
        let codec = try Self.codec(name)
        let value = try #require(Array(json.utf8).withUnsafeBytes { codec.value(of: $0, as: .json) })
        self.codec = codec
        state = State.connected(kind: kind)
        state.server.address = ServerAddress(scheme: .grpc, host: "127.0.0.1", port: 50051)
        let ref = MethodRef(service: "test.Echo", name: "Call", kind: kind)
        _ = update(&state, .methodChosen(MethodEntry(MethodSchema(ref, input: codec, output: codec))))
        state.composer = Composer(PlanDocument(steps: [.request(value)]))
        _ = update(&state, .pressed(.editStep))
    }

    var form: MessageEditor {
        get throws { try #require(state.form) }
    }

    /// The rows: name, mark, value.
    var rows: [String] {
        get throws {
            let form = try form
            return (0..<form.count).map { index in
                let line = form.line(index)
                let mark =
                    switch line.mark {
                    case .none: ""
                    case .unset: "·"
                    case .set: "="
                    case .required: "!"
                    }
                return [String(repeating: "  ", count: line.depth) + line.label, mark, line.value]
                    .filter { !$0.isEmpty }.joined(separator: " ")
            }
        }
    }

    @discardableResult
    mutating func press(_ commands: FormCommand...) -> [Effect] {
        commands.flatMap { update(&state, .form($0)) }
    }

    mutating func type(_ text: String) { _ = update(&state, .edited(text)) }

    /// Chooses the row of a field, wherever the cursor is.
    mutating func go(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        press(.first)
        for _ in 0..<(try form.count) {
            let form = try form
            if form.line(form.selected).label == name { return }
            press(.move(1))
        }
        Issue.record("no row \(name) in \(try rows)", sourceLocation: sourceLocation)
    }

    /// Sets a field by typing.
    mutating func set(_ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try go(name, sourceLocation: sourceLocation)
        press(.edit)
        type(text)
        press(.activate)
    }

    /// What the plan has after the form was kept, as JSON.
    mutating func kept() throws -> String {
        press(.keep)
        #expect(state.overlays.isEmpty, "still open: \(try? form.remark ?? "")")
        guard case .request(let value)? = state.composer.rows.first else { return "no request" }
        var bytes: [UInt8] = []
        try codec.write(value, as: .json, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
