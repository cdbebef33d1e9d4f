import Foundation
import TestSupport
import Testing

/// Types in `google.protobuf.Any` that the files of a method do not have, and the server does.
@Suite("Messages of any type", .timeLimit(.minutes(10)))
struct AnyTypeTests {
    private static func text(_ number: UInt8, _ text: String) -> [UInt8] {
        ScriptedGRPCServer.part(number, Array(text.utf8))
    }

    private static func field(_ name: String, _ number: UInt8, kind: UInt8, type: String? = nil) -> [UInt8] {
        ScriptedGRPCServer.part(
            2, text(1, name) + [3 << 3, number, 4 << 3, 1, 5 << 3, kind] + (type.map { text(6, $0) } ?? []))
    }

    /// shop.proto, with the message Order: what only the server knows.
    private static let order =
        text(1, "shop.proto") + text(2, "shop")
        + ScriptedGRPCServer.part(4, text(1, "Order") + field("id", 1, kind: 9) + field("note", 2, kind: 9))
        + text(12, "proto3")

    /// post.proto: `Post/Send` takes what travels as an `Any`, and gives one back; `Post/Echo` takes an `Any`.
    private static let post: [UInt8] = {
        let letter = text(1, "Letter") + field("url", 1, kind: 9) + field("content", 2, kind: 12)
        func method(_ name: String, _ input: String) -> [UInt8] {
            ScriptedGRPCServer.part(2, text(1, name) + text(2, input) + text(3, ".google.protobuf.Any"))
        }
        return text(1, "post.proto") + text(2, "post") + text(3, "google/protobuf/any.proto")
            + ScriptedGRPCServer.part(4, letter)
            + ScriptedGRPCServer.part(
                6, text(1, "Post") + method("Send", ".post.Letter") + method("Echo", ".google.protobuf.Any"))
            + text(12, "proto3")
    }()

    private static let url = "type.googleapis.com/shop.Order"

    /// A `google.rpc.Status` with an Order, in base64.
    private static var details: String {
        let order = text(1, "no order 7")
        return Data([0x08, 3] + ScriptedGRPCServer.part(3, text(1, url) + ScriptedGRPCServer.part(2, order)))
            .base64EncodedString()
    }

    private struct Home {
        let folder: TemporaryFolder
        let server: ScriptedGRPCServer
        let options: [String]

        init() throws {
            folder = try TemporaryFolder([:])
            server = try ScriptedGRPCServer(
                .describes(type: "shop.Order", file: AnyTypeTests.order, details: AnyTypeTests.details))
            let path = "\(folder.path)/post.protoset"
            try Data(ScriptedGRPCServer.part(1, AnyTypeTests.post)).write(to: URL(filePath: path))
            options = ["--protoset", path, "--server", "\(server.address)", "--retry", "off"]
        }

        func run(_ arguments: [String], input: String = "") async throws -> Executable.Result {
            try await Executable.run(arguments, input: input, environment: ["HOME": folder.path, "TZ": "UTC"])
        }

        func write(_ text: String, to name: String) throws -> String {
            let path = "\(folder.path)/\(name)"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }
    }

    private static let letter = #"{"@type":"type.googleapis.com/shop.Order","id":"7"}"#

    @Test("the server is asked for what data name, wherever they are from")
    func requests() async throws {
        let home = try Home()
        let file = try home.write(Self.letter, to: "letter.json")
        let lines = try home.write(Self.letter + "\n", to: "letters.jsonl")
        let plan = try home.write("requests:\n  - {value: \(Self.letter)}\n", to: "plan.yaml")
        let nested = #"{"@type":"type.googleapis.com/google.protobuf.Any","value":\#(Self.letter)}"#
        for (arguments, input) in [
            (["-d", Self.letter], ""), (["-d", "@\(file)"], ""), (["-d", "-"], Self.letter), (["--plan", lines], ""),
            (["--plan", plan], ""), (["-d", nested], ""),
        ] {
            let result = try await home.run(["call", "Post/Echo"] + arguments + home.options, input: input)
            #expect(result.status == 0, "\(arguments): \(result.errors)")
            #expect(result.output.contains(Self.letter), "\(arguments): \(result.output)")
        }
    }

    @Test("a type that the server does not know either is refused with its place, and with what to try")
    func unknown() async throws {
        let home = try Home()
        let data = #"{"@type":"type.googleapis.com/shop.Parcel"}"#
        let result = try await home.run(["call", "Post/Echo", "-d", data] + home.options)
        #expect(result.status == 2)
        #expect(result.errors.contains("-d:1:1: the type shop.Parcel is not in the schema: name its file with --proto"))
        let off = try await home.run(["call", "Post/Echo", "-d", Self.letter, "--reflection", "off"] + home.options)
        #expect(off.status == 2, "\(off.errors)")
    }

    @Test("what a reply names is read, and can be read when the server is gone")
    func replies() async throws {
        let home = try Home()
        let content = Data(Self.text(1, "7") + Self.text(2, "soon")).base64EncodedString()
        let result = try await home.run(
            ["call", "Post/Send", "-d", #"{"url":"\#(Self.url)","content":"\#(content)"}"#] + home.options)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == #"{"@type":"type.googleapis.com/shop.Order","id":"7","note":"soon"}"# + "\n")
        let show = try await home.run(["history", "show", "1"])
        #expect(show.output.contains("received     1  {Order id=7 …}"), "\(show.output)")
        let export = try await home.run(["history", "export", "1"])
        #expect(export.output.contains(#""id":"7","note":"soon""#), "\(export.output)")
    }

    @Test("details of an error of a type that only the server knows are told, and kept with the call")
    func details() async throws {
        let home = try Home()
        let result = try await home.run(["call", "Post/Send", "-d", #"{"content":"AA=="}"#] + home.options)
        #expect(result.status == 64 + 3, "\(result.errors)")
        #expect(result.errors.contains("greeter-tui: the server says: shop.Order: id: no order 7"), "\(result.errors)")
        let show = try await home.run(["history", "show", "1"])
        #expect(show.output.contains("shop.Order: id: no order 7"), "\(show.output)")
    }
}
