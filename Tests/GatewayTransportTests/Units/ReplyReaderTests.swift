import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@testable import GatewayTransport

@Suite("Replies of any kind of message")
struct ReplyReaderTests {
    /// What a text means: the reply, `complete`, `error: …`, `refusal: …`, or `no reply`.
    private func meaning(_ text: String, _ codec: any MessageCodec, part: String? = nil) -> String {
        let (bytes, reader) = (Array(text.utf8), ReplyReader(codec, part: part))
        switch try? reader.decode(bytes) {
        case .reply(let place, _): return reader.payload(bytes, place).json ?? "does not fit"
        case .complete: return "complete"
        case .refusal(let reason): return "refusal: \(reason)"
        case .failure(let error): return "error: \(error.callError.code.name) \(error.text)"
        case .unknown(let type): return "unknown: \(type)"
        case nil: return "no reply"
        }
    }

    private static let shelf = #"{"name":"shelves/1","theme":"sea"}"#

    @Test(
        "a reply is found in each envelope, and bare",
        arguments: [
            shelf, #"{"code":0,"message":"success","data":\#(shelf)}"#, #"{"type":"response","data":\#(shelf)}"#,
            #"{"data":\#(shelf)}"#, #" { "data" : \#(shelf) , "type" : "response" } "#,
        ])
    func envelopes(text: String) throws {
        #expect(meaning(text, try Library.method("GetShelf").output) == Self.shelf)
    }

    @Test(
        "an error is found in each form, and nothing else is taken for one",
        arguments: [
            (#"{"type":"complete"}"#, "complete"),
            (#"{"type":"error","error":"no such shelf"}"#, "error: UNKNOWN no such shelf"),
            (#"{"type":"error","error":"Invalid request: x"}"#, "refusal: Invalid request: x"),
            (#"{"type":"error"}"#, "error: UNKNOWN no reason given"),
            (#"{"code":5,"message":"no such shelf"}"#, "error: NOT_FOUND no such shelf"),
            (#"{"code":5,"message":"no such shelf","data":null}"#, "error: NOT_FOUND no such shelf"),
            (#"{"error":"broken"}"#, "error: UNKNOWN broken"),
            (#"{"type":"progress"}"#, "unknown: progress"),
            (#"{"code":0,"message":"success","data":null}"#, "{}"),
            (#"{"code":0,"message":"success"}"#, "{}"),
            (#"{"theme":"sea","error":"a field of tomorrow"}"#, #"{"theme":"sea"}"#),
            ("{", "no reply"), ("", "no reply"), ("[1]", "does not fit"),
        ])
    func errors(text: String, expected: String) throws {
        #expect(meaning(text, try Library.method("GetShelf").output) == expected)
    }

    @Test("a reply whose fields are named as those of an envelope is told by its definition")
    func ambiguousNames() throws {
        // int32 code = 1; string message = 2, and of demo.v1.Failing: what a call is asked to fail with.
        let codec = try Library.method("Unary", of: "demo.v1.Failing").input
        let fields = codec.fields.map(\.name)
        try #require(fields.contains("code") && fields.contains("message"), "\(fields)")
        #expect(meaning(#"{"code":5,"message":"asked for"}"#, codec) == #"{"code":5,"message":"asked for"}"#)
        #expect(meaning(#"{"code":0,"message":"success","data":{"code":5}}"#, codec) == #"{"code":5}"#)
    }

    @Test("of a part of a reply a whole one is made")
    func parts() throws {
        let codec = try Library.method("ListBooks").output
        #expect(
            meaning(#"{"code":0,"message":"success","data":[{"title":"T"}]}"#, codec, part: "books")
                == #"{"books":[{"title":"T"}]}"#)
        #expect(meaning(#"[{"title":"T"}]"#, codec, part: "books") == #"{"books":[{"title":"T"}]}"#)
        #expect(meaning(#"{"code":0,"message":"success","data":null}"#, codec, part: "books") == "{}")
    }

    @Test(
        "the JSON of a gateway is read: original names, numbers for enums, whole numbers beyond 2^53, null for what is absent"
    )
    func gatewayJSON() throws {
        let codec = try Library.method("GetBook").output
        let reply =
            #"{"name":"","genre":2,"isbn":9007199254740993,"lent_to":"ana","published":null,"labels":{},"cover":"AQI="}"#
        #expect(
            meaning(#"{"code":0,"message":"success","data":\#(reply)}"#, codec)
                == #"{"genre":"GENRE_POEMS","isbn":"9007199254740993","cover":"AQI=","lentTo":"ana"}"#)
    }

    @Test("a message without a definition is what stands there")
    func undefined() {
        let codec = UndefinedMessageCodec("demo.v1.Page")
        #expect(
            meaning(#"{"code":0,"message":"success","data":{"n":9007199254740993}}"#, codec)
                == #"{"n":9007199254740993}"#)
        #expect(meaning(#"{"code":5,"message":"no"}"#, codec) == "error: NOT_FOUND no")
        #expect(meaning("{\"a\":\n1}", codec) == #"{"a": 1}"#)
    }
}
