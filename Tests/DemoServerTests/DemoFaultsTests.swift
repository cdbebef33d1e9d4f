import DemoServer
import Testing

@Suite("Orders of faults")
struct DemoFaultsTests {
    struct Order: Sendable, CustomTestStringConvertible {
        var text: String
        var means: @Sendable (inout DemoFaults) -> Void

        var testDescription: String { text }
    }

    static let orders = [
        Order(text: "refuse=1") { $0.refuse = 1 },
        Order(text: "refuse=1000000000") { $0.refuse = 1_000_000_000 },
        Order(text: "drop-after=500") { $0.dropAfter = 500 },
        Order(text: "close=1000") { $0.close = 1000 },
        Order(text: "close=1012") { $0.close = 1012 },
        Order(text: "close=4999") { $0.close = 4999 },
        Order(text: "status=400") { $0.status = DemoFaults.Status(code: 400) },
        Order(text: "status=599") { $0.status = DemoFaults.Status(code: 599) },
        Order(text: "status=503,retry-after=2") { $0.status = DemoFaults.Status(code: 503, retryAfter: 2) },
        Order(text: "status=429,retry-after=0") { $0.status = DemoFaults.Status(code: 429, retryAfter: 0) },
        Order(text: "stall") { $0.stalls = true },
        Order(text: "delay=100ms") { $0.delay = DemoFaults.Delay(time: .milliseconds(100)) },
        Order(text: "delay=1.5s~50ms") {
            $0.delay = DemoFaults.Delay(time: .milliseconds(1500), jitter: .milliseconds(50))
        },
        Order(text: "delay=2ms~2ms") { $0.delay = DemoFaults.Delay(time: .milliseconds(2), jitter: .milliseconds(2)) },
        Order(text: "malformed=3") { $0.malformed = 3 },
        Order(text: "no-close") { $0.neverCloses = true },
        Order(text: "error=7") { $0.error = 7 },
        Order(text: "rst=0") { $0.reset = 0 },
        Order(text: "rst=13") { $0.reset = 13 },
        Order(text: "reset=7") { $0.reset = 7 },
        Order(text: "goaway=0") { $0.goAway = DemoFaults.GoAway(code: 0) },
        Order(text: "goaway=11,call=3") { $0.goAway = DemoFaults.GoAway(code: 11, call: 3) },
        Order(text: "window=0") { $0.window = 0 },
        Order(text: "window=2147483647") { $0.window = 0x7FFF_FFFF },
        Order(text: "ping-flood") { $0.floodsWithPings = true },
        Order(text: "late-headers") { $0.sendsHeadersLate = true },
        Order(text: "bad-trailers") { $0.spoilsTrailers = true },
        Order(text: "big-metadata=16000000") { $0.metadataSize = 16_000_000 },
    ]

    @Test("each is read for what it says, and for no more", arguments: orders)
    func reads(_ order: Order) throws {
        var expected = DemoFaults()
        order.means(&expected)
        #expect(try DemoFaults(parsing: [order.text]) == expected)
    }

    @Test("different ones add up")
    func addsUp() throws {
        var expected = DemoFaults()
        expected.refuse = 2
        expected.dropAfter = 500
        expected.neverCloses = true
        #expect(try DemoFaults(parsing: ["refuse=2", "no-close", "drop-after=500"]) == expected)
        #expect(try DemoFaults(parsing: []) == DemoFaults())
    }

    static let refusals: [(String, DemoFaultError.Problem)] = [
        ("refuse", .value(nil, of: .refuse)),
        ("refuse=", .value("", of: .refuse)),
        ("refuse=0", .value("0", of: .refuse)),
        ("refuse=-1", .value("-1", of: .refuse)),
        ("refuse=+1", .value("+1", of: .refuse)),
        ("refuse= 1", .value(" 1", of: .refuse)),
        ("refuse=1=1", .value("1=1", of: .refuse)),
        ("refuse=1000000001", .value("1000000001", of: .refuse)),
        ("refuse=99999999999999999999", .value("99999999999999999999", of: .refuse)),
        ("drop-after=x", .value("x", of: .dropAfter)),
        ("close=999", .value("999", of: .close)),
        ("close=1004", .value("1004", of: .close)),
        ("close=1005", .value("1005", of: .close)),
        ("close=1006", .value("1006", of: .close)),
        ("close=1015", .value("1015", of: .close)),
        ("close=2999", .value("2999", of: .close)),
        ("close=5000", .value("5000", of: .close)),
        ("status=200", .value("200", of: .status)),
        ("status=399", .value("399", of: .status)),
        ("status=600", .value("600", of: .status)),
        ("status=503,", .value("503,", of: .status)),
        ("status=503,2", .value("503,2", of: .status)),
        ("status=503,retry-after=", .value("503,retry-after=", of: .status)),
        ("status=503,retry-after=2s", .value("503,retry-after=2s", of: .status)),
        ("stall=1", .value("1", of: .stall)),
        ("stall=", .value("", of: .stall)),
        ("delay", .value(nil, of: .delay)),
        ("delay=100", .value("100", of: .delay)),
        ("delay=1s~", .value("1s~", of: .delay)),
        ("delay=1s~2s", .value("1s~2s", of: .delay)),
        ("delay=-1s", .value("-1s", of: .delay)),
        ("malformed=0", .value("0", of: .malformed)),
        ("no-close=yes", .value("yes", of: .noClose)),
        ("error=", .value("", of: .error)),
        ("rst=14", .value("14", of: .reset)),
        ("rst", .value(nil, of: .reset)),
        ("goaway=14", .value("14", of: .goAway)),
        ("goaway=0,call=0", .value("0,call=0", of: .goAway)),
        ("goaway=0,3", .value("0,3", of: .goAway)),
        ("window=-1", .value("-1", of: .window)),
        ("window=2147483648", .value("2147483648", of: .window)),
        ("ping-flood=1", .value("1", of: .pingFlood)),
        ("late-headers=", .value("", of: .lateHeaders)),
        ("bad-trailers=no", .value("no", of: .badTrailers)),
        ("big-metadata=0", .value("0", of: .bigMetadata)),
        ("big-metadata=16000001", .value("16000001", of: .bigMetadata)),
        ("goway=1", .unknown(name: "goway", nearest: .goAway)),
        ("", .unknown(name: "", nearest: .reset)),
        ("refus=1", .unknown(name: "refus", nearest: .refuse)),
        ("drop_after=1", .unknown(name: "drop_after", nearest: .dropAfter)),
        ("noclose", .unknown(name: "noclose", nearest: .noClose)),
        ("Stall", .unknown(name: "Stall", nearest: .stall)),
        ("malform=2", .unknown(name: "malform", nearest: .malformed)),
        ("errors=2", .unknown(name: "errors", nearest: .error)),
    ]

    @Test("what is none is refused, and all that there are are listed", arguments: refusals)
    func refuses(_ text: String, _ problem: DemoFaultError.Problem) {
        let error = #expect(throws: DemoFaultError.self) { try DemoFaults(parsing: [text]) }
        #expect(error?.problem == problem)
        for fault in DemoFault.allCases { #expect(error?.description.contains(fault.form) == true) }
    }

    @Test("the same one twice is refused")
    func refusesRepetition() {
        let error = #expect(throws: DemoFaultError.self) { try DemoFaults(parsing: ["error=1", "stall", "error=1"]) }
        #expect(error?.problem == .repeated(.error))
        #expect(error?.description.hasPrefix("error is ordered twice; the faults are ") == true)
    }

    @Test("a name without end is cut in the message")
    func cutsLongNames() {
        let name = String(repeating: "x", count: 1_000_000)
        let error = #expect(throws: DemoFaultError.self) { try DemoFaults(parsing: [name]) }
        #expect((error?.description.count ?? .max) < 500)
    }
}
