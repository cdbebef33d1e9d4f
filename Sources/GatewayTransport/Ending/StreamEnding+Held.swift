import GreeterCore

/// A reply that came when every request was answered: the answer to the end marker, or one more answer.
struct HeldReply: Hashable, Sendable {
    var reply: HelloReply
    var isEnveloped: Bool
    var wire: String
    var time: Duration
}

// A server that takes the end marker for a request greets whom it likes: what comes after the last answer is held back until
// something tells what it was. Silence tells that it answered the marker. Another reply tells that the server gives
// more answers to a request than was known, and the end of the call by the server that it knows the marker.
extension StreamEnding {
    /// As many replies are held at most. Servers that answer a request more often just go on talking.
    static let heldLimit = 4

    /// Whether a reply is to be held back.
    func holdsBack(_ message: String) -> Bool {
        guard kind == .bidirectional, isHalfClosed, signal == .marker, completes == 0, echoes == 0, requests > 0,
            repliesPerRequest <= Self.heldLimit, held.count < repliesPerRequest, !isMarkerEcho(message)
        else { return false }
        let answered = (replies + held.count + repliesPerRequest) / repliesPerRequest + refusals
        return answered > requests
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
        releaseHeld(number: &number) { ending, reply, number in
            ending.isHeldEcho ? .markerEcho : ending.counted(number: number, isEnveloped: reply.isEnveloped)
        }
    }

    /// The verdict when it has been quiet; `nil` where that ends nothing.
    mutating func endByQuiet() -> Verdict? {
        guard mayEndByQuiet else { return nil }
        echoes += held.count
        isHeldEcho = true
        return endedByQuiet
    }
}

extension StreamMessage {
    init(_ reply: HeldReply, number: Int, role: StreamEnding.Role) {
        let (body, answers): (Body, Int?) =
            switch role {
            case .reply(let request): (.reply(reply.reply), request)
            case .markerEcho: (.markerEcho(reply.reply), nil)
            }
        self.init(
            number: number, time: reply.time, size: reply.wire.utf8.count, form: .textFrame, body: body,
            wire: reply.wire, answers: answers)
    }
}
