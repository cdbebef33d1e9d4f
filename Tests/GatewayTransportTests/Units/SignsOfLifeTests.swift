import NIOCore
import RPCCore
import Testing

@testable import GatewayTransport

@Suite("What counts as a sign of life")
struct SignsOfLifeTests {
    private let clock = ManualClock()

    private func pong(_ number: UInt64) -> ByteBuffer {
        ByteBuffer(integer: number)
    }

    @Test("Silence begins with the last sign, and while nothing is listened to there is none")
    func silence() {
        let signs = SignsOfLife(clock: clock)
        clock.advance(by: .seconds(1))
        #expect(signs.silentSince == .zero)
        signs.heard()
        #expect(signs.silentSince == .seconds(1))
        signs.listens(false)
        clock.advance(by: .seconds(1))
        #expect(signs.silentSince == nil)
        signs.listens(true)
        signs.listens(true)
        #expect(signs.silentSince == .seconds(2))
    }

    @Test("A ping's time is told once, and only for the answer to the newest")
    func roundTrip() {
        let signs = SignsOfLife(clock: clock)
        #expect(signs.nextPing() == 1)
        #expect(signs.nextPing() == 2)
        clock.advance(by: .milliseconds(5))
        signs.ponged(pong(1))
        signs.ponged(ByteBuffer())
        signs.ponged(ByteBuffer(string: "unasked for"))
        #expect(signs.takeRoundTrip() == nil)
        signs.ponged(pong(2))
        clock.advance(by: .seconds(1))
        signs.ponged(pong(2))
        #expect(signs.takeRoundTrip() == .milliseconds(5))
        #expect(signs.takeRoundTrip() == nil)
    }

    @Test("An answer that has waited for us says nothing of the server")
    func heldUp() {
        let signs = SignsOfLife(clock: clock)
        _ = signs.nextPing()
        signs.listens(false)
        clock.advance(by: .seconds(60))
        signs.listens(true)
        signs.ponged(pong(1))
        #expect(signs.takeRoundTrip() == nil)
    }
}
