import Foundation
import RPCCore
import Testing

@testable import DemoServer

@Suite("What the service says")
struct GreetingTests {
    @Test(
        "every language has its greeting, and an unknown one is English",
        arguments: [
            (nil, "Hello, Ana!", "en"), ("en", "Hello, Ana!", "en"), ("zh", "你好，Ana！", "zh"),
            ("es", "¡Hola, Ana!", "es"), ("fr", "Bonjour, Ana!", "fr"), ("de", "Hallo, Ana!", "de"),
            ("ja", "こんにちは、Anaさん！", "ja"), ("tlh", "Hello, Ana!", "tlh"),
        ])
    func greets(_ language: String?, _ message: String, _ answered: String) {
        let reply = Greeting.reply(to: HelloRequest(name: "Ana", language: language))
        #expect(reply == HelloReply(message: message, language: answered))
    }

    @Test(
        "a stream is summed up with its count and the first names",
        arguments: [
            ([], "Hello, nobody! (0 requests)"), (["A"], "Hello, A! (1 request)"),
            (["A", "B"], "Hello, A and B! (2 requests)"), (["A", "B", "C"], "Hello, A, B and C! (3 requests)"),
            (["A", "B", "C", "D"], "Hello, A, B, C and 1 more! (4 requests)"),
            ((1...1000).map { "User \($0)" }, "Hello, User 1, User 2, User 3 and 997 more! (1000 requests)"),
            ([String(repeating: "é", count: 65)], "Hello, \(String(repeating: "é", count: 64))…! (1 request)"),
        ])
    func sumsUp(_ names: [String], _ message: String) {
        var greeted = GreetedNames()
        for name in names { greeted.add(HelloRequest(name: name, language: "en")) }
        #expect(greeted.reply == HelloReply(message: message, language: "en"))
    }

    @Test("the time of a ping is written to the microsecond")
    func writesTime() {
        #expect(
            Timestamp.text(of: Date(timeIntervalSince1970: 1_795_344_361.25)) == "2026-11-22 10:46:01.250000+00:00")
    }
}
