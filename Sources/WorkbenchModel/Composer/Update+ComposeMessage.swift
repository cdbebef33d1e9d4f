import Plans
import RPCCore

/// A message that was sent or received, as a request to be changed and sent again.
extension State {
    mutating func composeMessage() -> [Effect] {
        let direction: Direction? =
            switch focus {
            case .sent: .sent
            case .received: .received
            case .attempts, .detail: detailDirection
            case .compose, .wire: nil
            }
        guard let direction, let number = selectedNumber(in: direction), let called = shownMethod else {
            return say(.warning, "choose a message in the sent or received pane first")
        }
        let (message, taken) = (called.schema.codec(of: direction).name, called.schema.input.name)
        guard message == taken else {
            return say(.warning, "\(called.ref.name) takes \(taken): a \(message) cannot be sent to it")
        }
        return [.readMessage(direction, number: number)]
    }

    /// Opens the form of a new request that has the content of a message, for the method that it was of.
    mutating func compose(_ value: MessageValue?) -> [Effect] {
        guard let value else { return say(.warning, "the message cannot be read by its definition") }
        var effects: [Effect] = []
        if let called = shownMethod, called != presentMethod { effects = methodChosen(called) }
        if focus != .compose { _ = focus(on: .compose) }
        // What a method's plan begins with is no request that anybody has asked for.
        if composer.isAsItBegan { return effects + open(form(of: .request(value), at: 0)) }
        return effects + open(form(ofNew: .request, like: RequestTemplate(value), isWhole: true))
    }
}
