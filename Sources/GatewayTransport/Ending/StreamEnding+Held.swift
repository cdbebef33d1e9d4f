import RPCCore
import TransportSupport

/// A reply that came when every request was answered: the answer to the end marker, or one more answer.
struct HeldReply: Hashable, Sendable {
    var payload: Payload
    var isEnveloped: Bool
    var time: Duration

    /// What it says.
    var text: String { payload.summary }
}

// A server that takes the end marker for a request greets whom it likes: what comes after the last answer is held back until
// something tells what it was. Silence tells that it answered the marker. Another reply tells that the server gives
// more answers to a request than was known, and the end of the call by the server that it knows the marker.
extension StreamEnding {
    /// Whether a reply is to be held back.
    func holdsBack(_ message: @autoclosure () -> String) -> Bool {
        guard let order, isHalfClosed, signal == .marker, completes == 0, echoes == 0, requests > 0,
            held.count < order.ratio, !isMarkerEcho(message())
        else { return false }
        return order.isTooMany(after: held.count, requests: requests)
    }

    /// Lets go of the replies that are held.
    /// - Parameter role: What each of them turns out to be.
    mutating func releaseHeld(
        number: inout Int, as role: (inout StreamEnding, _ reply: HeldReply, _ number: Int) -> Role
    ) -> [StreamMessage] {
        let held = held
        self.held = []
        return held.map { reply in
            number += 1
            return StreamMessage(reply, number: number, role: role(&self, reply, number))
        }
    }

    /// What is held when the call has ended, whatever ended it.
    mutating func takeHeld(number: inout Int) -> [StreamMessage] {
        let isAnswer = isHeldAnswer
        return releaseHeld(number: &number) { ending, reply, number in
            if ending.isHeldEcho { return .markerEcho }
            return isAnswer
                ? ending.replied(reply.text, number: number, isEnveloped: reply.isEnveloped)
                : ending.counted(number: number, isEnveloped: reply.isEnveloped)
        }
    }

    /// Whether what is held makes it the same number of replies for every request, which a farewell would not.
    private var isHeldAnswer: Bool {
        let (replies, open) = ((order?.replies ?? 0) + held.count, requests - refusals)
        return open > 0 && !held.isEmpty && replies.isMultiple(of: open)
    }

    /// The verdict when it has been quiet; `nil` where that ends nothing.
    /// - Parameter quiet: For how long nothing has come.
    mutating func endByQuiet(after quiet: Duration) -> CallEnding? {
        guard mayEndByQuiet, quiet >= quietNeeded else { return nil }
        echoes += held.count
        isHeldEcho = true
        isEndedByQuiet = true
        return endedByQuiet
    }
}

extension StreamMessage {
    init(_ reply: HeldReply, number: Int, role: StreamEnding.Role) {
        let (role, answering): (Role, StreamEnding.Answering) =
            switch role {
            case .reply(let answering): (.response, answering)
            case .markerEcho: (.noise(Role.endMarker), .nothing)
            }
        self.init(
            number: number, time: reply.time, form: .textFrame, role: role, payload: reply.payload,
            answers: answering.request, place: answering.place)
    }
}
