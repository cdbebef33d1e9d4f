/// Changes the state according to what has happened, and says what is to be done outside.
///
/// Pure: no clock, no randomness, no input or output. What needs them is an effect, whose outcome comes back as a message.
public func update(_ state: inout State, _ message: Message) -> [Effect] {
    let listened = state.wire.isOpen
    let effects = state.handle(message)
    state.showInForm(message)
    // Whatever has opened or closed the pane.
    guard listened != state.wire.isOpen else { return effects }
    return effects + [.wire(state.wire.isOpen ? .listen : .stop)]
}

extension State {
    fileprivate mutating func handle(_ message: Message) -> [Effect] {
        switch message {
        case .started: connect(to: server.name) + [.plan(.findKept)]
        case .pressed(let action): perform(action)
        case .clicked(let pane, let row): click(pane, row: row)
        case .scrolled(let pane, let distance): scroll(pane, by: distance)
        case .edited(let text): edit(text)
        case .pasteRefused(let limit):
            say(.warning, "not pasted: a field takes \(limit) characters; a file of records takes any number")
        case .pasted(let text): pasted(text)
        case .pastedIntoField(let text, let lineEnds, let tabs): pastedIntoField(text, lineEnds: lineEnds, tabs: tabs)
        case .pasteConfirmed(let requests): pasteConfirmed(requests)
        case .steppedInOverlay(let distance): stepInOverlay(by: distance)
        case .itemClicked(let index): chooseItem(index)
        case .overlayAccepted: acceptOverlay()
        case .overlayDismissed: leaveOverlay()
        case .formGivenUp: dismissOverlay()
        case .formKept: keepOverlay()
        case .configured(let result): configured(result)
        case .choiceStepped(let distance): chooseInField(by: distance)
        case .runConfirmed: runPlan(isConfirmed: true)
        case .form(let command): perform(command)
        case .kindChosen(let kind): chooseKind(kind)
        case .methodChosen(let entry): methodChosen(entry)
        case .methodRefused(let unusable): methodRefused(unusable)
        case .commonServicesToggled: toggleCommonServices()
        case .methodsReloaded: reloadMethods()
        case .methodsLoaded(let result): methodsLoaded(result)
        case .servicesRead(let names, let result): servicesRead(names, result)
        case .foldToggled(let line, let direction, let number):
            toggleFold(line: line, direction: direction, number: number)
        case .columnToggled(let path): toggleColumn(path)
        case .faultChosen(let name): chooseFault(name)
        case .faultsTakenBack: takeFaultsBack()
        case .serverConnected(let status): serverConnected(status)
        case .healthChecked(let health): healthChecked(health)
        case .faultChecked(let order, let problem): faultChecked(order, problem: problem)
        case .callProgressed(let id, let progress, let oldestSent, let oldestReceived):
            callProgressed(id: id, progress, oldestSent: oldestSent, oldestReceived: oldestReceived)
        case .messageRead(let value): compose(value)
        case .messageRefused: say(.warning, "not sent: the stream takes no more messages now")
        case .search(let message): handle(message)
        case .wire(let message): handle(message)
        case .compared(let id, let result): compared(id: id, result)
        case .copyChosen(let form): copy(form)
        case .commandLineWritten(let tool, let result): commandLineWritten(tool, result)
        case .copied(let outcome): copied(outcome)
        case .programEnded(let end): programEnded(end)
        case .captured(let result): captured(result)
        case .plan(let message): handle(message)
        case .history(let message): handle(message)
        case .description(let message): handle(message)
        case .told(let notice): say(notice.level, notice.text)
        case .ticked(let now): tick(now)
        case .terminated: leaveAtOnce()
        }
    }
}

extension State {
    /// Shows a line to the user.
    mutating func say(_ level: Notice.Level, _ text: String) -> [Effect] {
        notice = Notice(level, text)
        return []
    }

    /// Shows what has been heard of the server in the form that tells of it.
    fileprivate mutating func showInForm(_ message: Message) {
        switch message {
        case .serverConnected, .healthChecked, .methodsLoaded, .servicesRead:
            guard isOpen(Form.self) else { return }
            let known = self
            alter(Form.self) { $0.follow(known) }
        default: break
        }
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

    /// Ends the program; a call that goes on is ended first, and unsaved plans of methods that are not on screen, of which nobody was
    /// asked, are kept for the next run.
    mutating func leave() -> [Effect] {
        overlays = []
        return cancelLiveCall() + keepPlansElsewhere() + [.terminal(.quit)]
    }
}
