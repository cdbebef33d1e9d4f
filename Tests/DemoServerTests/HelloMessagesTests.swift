import RPCCore
import Testing

@testable import DemoServer

@Suite("Greetings as JSON", .timeLimit(.minutes(10)))
struct HelloMessagesTests {
    @Test("a reply has its keys in order, and no language where there is none")
    func writesReplies() {
        var text = JSONText()
        text.append(HelloReply(message: "Hello, Ana!", language: "en"))
        text.append(HelloReply(message: "Hello"))
        #expect(text.string == #"{"message":"Hello, Ana!","language":"en"}{"message":"Hello"}"#)
    }

    @Test(
        "the plain form of a request is read",
        arguments: [
            (#"{"name":"Ana"}"#, "Ana", nil), (#"{"name":"Ana","language":"en"}"#, "Ana", "en"),
            (#"{"language":"zh","name":"你好"}"#, "你好", "zh"), (#"{"name":"","language":null}"#, "", nil),
            (#"{"name":"\u0041\n\/\""}"#, "A\n/\"", nil),
            (" \t\r\n{ \"name\" : \"A b\" , \"language\" : \"x\" } \n", "A b", "x"),
        ])
    func readsPlainForm(_ json: String, _ name: String, _ language: String?) {
        var json = json
        #expect(json.withUTF8 { HelloRequest(plainJSON: .init($0)) } == HelloRequest(name: name, language: language))
    }

    @Test(
        "everything else is left to a general parser",
        arguments: [
            "", "{", "{}", "[]", #""name""#, #"{"name"}"#, #"{"name":}"#, #"{"name":5}"#, #"{"name":null}"#,
            #"{"name":"A""#,
            #"{"name":"A"}}"#, #"{"name":"A"} x"#, #"{"name":"A",}"#, #"{,"name":"A"}"#, #"{"name":"A","name":"B"}"#,
            #"{"name":"A","age":5}"#, #"{"name":"\ud83d\ude00"}"#, #"{"name":"A\"#, "{\"name\":\"\u{1}\"}",
            #"{"Name":"A"}"#,
            #"{"language":"en"}"#,
            #"{"name":"A","language":nul}"#, #"{"name":"A","language":nullx}"#, #"{"name":"A" "language":"B"}"#,
            #"{"name":"A","language":null,"language":"B"}"#,
        ])
    func leavesTheRest(_ json: String) {
        var json = json
        #expect(json.withUTF8 { HelloRequest(plainJSON: .init($0)) } == nil)
    }

    @Test("no prefix of a request is one, and no bad UTF-8", arguments: [#"{"name":"Ana","language":"en"}"#])
    func refusesPieces(_ json: String) {
        let bytes = Array(json.utf8)
        for length in 0..<bytes.count {
            #expect(bytes.prefix(length).withUnsafeBytes { HelloRequest(plainJSON: $0) } == nil)
        }
        let bad = Array(#"{"name":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(bad.withUnsafeBytes { HelloRequest(plainJSON: $0) } == nil)
    }
}
