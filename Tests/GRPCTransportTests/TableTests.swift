import RPCCore
import Testing

@testable import GRPCTransport

@Suite("Tables of the gRPC transport")
struct TableTests {
    @Test(
        "a deadline is written with eight digits at most, and never as zero",
        arguments: [
            (Duration.zero, "1u"), (.nanoseconds(1), "1u"), (.microseconds(1), "1u"), (.milliseconds(300), "300000u"),
            (.seconds(30), "30000000u"), (.seconds(100), "100000m"), (.seconds(86_400), "86400000m"),
            (.seconds(200_000), "200000S"), (.seconds(1_000_000_000), "99999999S"), (.seconds(-5), "1u"),
        ])
    func timeout(duration: Duration, text: String) {
        #expect(TimeoutText.text(of: duration) == text)
    }

    @Test(
        "a method is named with its service or without",
        arguments: [
            ("SayHello", "helloworld.Greeter/SayHello"), ("a.B/C", "a.B/C"), ("/a.B/C", "a.B/C"), ("B/C", "B/C"),
            ("", nil), ("/SayHello", nil), ("a/b/c", nil), ("a b", nil), ("/", nil), ("a/", nil), ("é", nil),
        ] as [(String, String?)])
    func method(text: String, name: String?) {
        #expect(MethodRef.fullName(of: text, in: "helloworld.Greeter") == name)
    }
}
