/// Changes the state according to what has happened, and says what is to be done outside.
///
/// Pure: no clock, no randomness, no input or output. What needs them is an effect, whose outcome comes back as a message.
public func update(_ state: inout State, _ message: Message) -> [Effect] {
    switch message {
    case .started: state.connect(to: state.server.name) + [.plan(.findKept)]
    case .pressed(let action): state.perform(action)
    case .clicked(let pane, let row): state.click(pane, row: row)
    case .scrolled(let pane, let distance): state.scroll(pane, by: distance)
    case .edited(let text): state.edit(text)
    case .pasteRefused(let limit):
        state.say(.warning, "not pasted: a field takes \(limit) characters; a file of records takes any number")
    case .steppedInOverlay(let distance): state.stepInOverlay(by: distance)
    case .itemClicked(let index): state.chooseItem(index)
    case .overlayAccepted: state.acceptOverlay()
    case .overlayDismissed: state.dismissOverlay()
    case .kindChosen(let kind): state.chooseKind(kind)
    case .faultChosen(let name): state.chooseFault(name)
    case .faultsTakenBack: state.takeFaultsBack()
    case .serverConnected(let status): state.serverConnected(status)
    case .healthChecked(let health): state.healthChecked(health)
    case .faultChecked(let order, let problem): state.faultChecked(order, problem: problem)
    case .callProgressed(let id, let progress, let oldestSent, let oldestReceived):
        state.callProgressed(id: id, progress, oldestSent: oldestSent, oldestReceived: oldestReceived)
    case .messageRefused: state.say(.warning, "not sent: the stream takes no more messages now")
    case .search(let message): state.handle(message)
    case .compared(let id, let result): state.compared(id: id, result)
    case .copied(let isDone):
        isDone
            ? state.say(.info, "copied to the clipboard")
            : state.say(.warning, "nothing to copy here: choose a message in the sent or received pane")
    case .captured(let result): state.captured(result)
    case .plan(let message): state.handle(message)
    case .history(let message): state.handle(message)
    case .told(let notice): state.say(notice.level, notice.text)
    case .laidOut(let metrics, let helpLimit): state.layOut(metrics, helpLimit: helpLimit)
    case .ticked(let now): state.tick(now)
    case .terminated: state.leaveAtOnce()
    }
}

extension State {
    /// Shows a line to the person.
    mutating func say(_ level: Notice.Level, _ text: String) -> [Effect] {
        notice = Notice(level, text)
        return []
    }

    mutating func captured(_ result: Result<String, CaptureFailure>) -> [Effect] {
        switch result {
        case .success(let place): say(.success, "captured: \(place)")
        case .failure(let failure): say(.failure, "not captured: \(failure.reason)")
        }
    }

    mutating func tick(_ now: Duration) -> [Effect] {
        self.now = now
        return []
    }

    /// Ends the program; a call that goes on is ended first.
    mutating func leave() -> [Effect] {
        overlays = []
        return cancelLiveCall() + [.quit]
    }
}
