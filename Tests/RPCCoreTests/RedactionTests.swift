import TestSupport
import Testing

@testable import RPCCore

@Suite("What is kept out of what is written")
struct RedactionTests {
    @Test(
        "Which values of set headers are looked for in texts",
        arguments: [
            (MetadataEntry("X-Api-Key", "k1"), "the key k1 is wrong", "the key [redacted] is wrong"),
            (MetadataEntry("X-Tenant", "blue-4711"), "no tenant blue-4711!", "no tenant [redacted]!"),
            (MetadataEntry("X-Mode", "on"), "the light is on", "the light is on"),
            (MetadataEntry("Accept", "application/json"), "not application/json", "not application/json"),
            (MetadataEntry("X-Request-Id", "request-4711"), "request-4711 failed", "request-4711 failed"),
            (
                MetadataEntry("Authorization", "Basic dXNlcjpwYXNz"), "dXNlcjpwYXNz is wrong, Basic dXNlcjpwYXNz",
                "[redacted] is wrong, [redacted]"
            ),
            (MetadataEntry("Cookie", "session=abcdefgh1; a=1"), "session abcdefgh1, a=1", "session [redacted], a=1"),
        ])
    func headers(header: MetadataEntry, text: String, masked: String) {
        #expect(Redaction(headers: [header]).redacted(text) == masked)
    }

    @Test(
        "Credentials in a query are masked by the name of their parameter",
        arguments: [
            ("/v1/x?access_token=abc", "/v1/x?access_token=[redacted]"),
            ("/v1/x?a=1&token=abc&b=2", "/v1/x?a=1&token=[redacted]&b=2"),
            ("http://h/?API_KEY=a%2Fb#c and more", "http://h/?API_KEY=[redacted]#c and more"),
            ("check '/x?apikey=abc', then", "check '/x?apikey=[redacted]', then"),
            ("/x?key=abc&sig=def&X-Amz-Signature=1", "/x?key=[redacted]&sig=[redacted]&X-Amz-Signature=1"),
            ("/x?client_secret=a&password=b", "/x?client_secret=[redacted]&password=[redacted]"),
            ("/x?token=&monkey=abc&page=2", "/x?token=&monkey=abc&page=2"),
            ("why? token=abc", "why? token=abc"), ("/x?token", "/x?token"), ("???&&&=", "???&&&="),
        ])
    func query(text: String, masked: String) {
        #expect(Credentials.maskingQuery(text) == masked)
        #expect(Redaction().redactedAddress(text) == masked)
    }

    @Test("What a query carries is not said elsewhere either, as it stands or decoded")
    func queryValue() {
        let redaction = Redaction(routes: ["/x?token=abc%2Fdefgh"])
        #expect(redaction.redacted("abc%2Fdefgh or abc/defgh") == "[redacted] or [redacted]")
        #expect(Redaction().hiding(route: "/x?token=abcdefgh").redacted("abcdefgh") == "[redacted]")
        #expect(!Redaction(routes: ["/x?token=abc", "/x"]).hasSecrets)
    }

    @Test("A secret is found byte by byte, and the longer of two first")
    func bytes() {
        let redaction = Redaction(secrets: [Secret("abc"), Secret("abcdef"), Secret("")])
        #expect(redaction.redacted("abcdefabc") == "[redacted][redacted]")
        // A combining character behind it makes another character of the last one, and hides nothing.
        #expect(redaction.redacted("xabc\u{301}") == "x[redacted]\u{301}")
        #expect(redaction.redacted([0xFF] + Array("abc".utf8)) == [0xFF] + Array("[redacted]".utf8))
    }
}
