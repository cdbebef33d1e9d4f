import NIOCore
import RPCCore
import Testing
import WebSocketClient

@Suite("When a WebSocket server was last heard")
struct PeerActivityTests {
    private let clock = ManualClock()

    private func pong(_ number: UInt64) -> ByteBuffer {
        ByteBuffer(integer: number)
    }

    @Test("Silence begins with what was heard last, and while nothing is listened to there is none")
    func silence() {
        let activity = PeerActivity(clock: clock)
        clock.advance(by: .seconds(1))
        #expect(activity.silentSince == .zero)
        activity.heard()
        #expect(activity.silentSince == .seconds(1))
        activity.listens(false)
        clock.advance(by: .seconds(1))
        #expect(activity.silentSince == nil)
        activity.listens(true)
        activity.listens(true)
        #expect(activity.silentSince == .seconds(2))
    }

    @Test("A ping's time is told once, and only for the answer to the newest")
    func roundTrip() {
        let activity = PeerActivity(clock: clock)
        #expect(activity.nextPing() == 1)
        #expect(activity.nextPing() == 2)
        clock.advance(by: .milliseconds(5))
        activity.ponged(pong(1))
        activity.ponged(ByteBuffer())
        activity.ponged(ByteBuffer(string: "unasked for"))
        #expect(activity.takeRoundTrip() == nil)
        activity.ponged(pong(2))
        clock.advance(by: .seconds(1))
        activity.ponged(pong(2))
        #expect(activity.takeRoundTrip() == .milliseconds(5))
        #expect(activity.takeRoundTrip() == nil)
    }

    @Test("An answer that has waited for us says nothing of the server")
    func heldUp() {
        let activity = PeerActivity(clock: clock)
        _ = activity.nextPing()
        activity.listens(false)
        clock.advance(by: .seconds(60))
        activity.listens(true)
        activity.ponged(pong(1))
        #expect(activity.takeRoundTrip() == nil)
    }
}
