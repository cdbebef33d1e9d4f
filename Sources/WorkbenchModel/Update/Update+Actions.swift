import RPCCore

extension State {
    mutating func perform(_ action: Action) -> [Effect] {
        if action != .redraw { notice = nil }
        return switch action {
        case .run: runPlan()
        case .runAgain: runAgain()
        case .halfClose: halfClose()
        case .cancel: cancel()
        case .send: openSend()
        case .pause: togglePause()
        case .step: step()
        case .addRequest, .addStep, .editStep, .editExternally, .deleteStep, .duplicateStep, .moveStepUp, .moveStepDown,
            .undo, .redo,
            .planSettings:
            performOnComposer(action)
        case .preview: openPreview()
        case .history: openHistory()
        case .composeCall: composeCall()
        case .composeMessage: composeMessage()
        case .openPlan: browse(.openPlan)
        case .writePlan: writePlan()
        case .writePlanAs: writePlanAs()
        case .newPlan: depart(.newPlan)
        case .chooseKind: method == nil && catalogue.isEmpty ? open(Menu.kinds(settings.kind)) : chooseMethod()
        case .chooseMethod: chooseMethod()
        case .chooseServer: chooseServer()
        case .switchTransport: switchTransport()
        case .compare: openComparison()
        case .settings: open(Form(SettingsForm(self)))
        case .toggleHold: toggleHold()
        case .checkHealth: askHealthByHand()
        case .faults: openFaults()
        case .nextPane: focusPane(by: 1)
        case .previousPane: focusPane(by: -1)
        case .focusCompose: focus(on: .compose)
        case .focusSent: focus(on: .sent)
        case .focusReceived: focus(on: .received)
        case .focusAttempts: focus(on: .attempts)
        case .focusDetail, .showDetail: focus(on: .detail)
        case .focusWire: focusWire()
        case .wire: toggleWire()
        case .holdWire: holdWire()
        case .up, .down, .pageUp, .pageDown, .first, .last, .follow: move(action)
        case .zoomIn, .zoomOut: zoom(action)
        case .taller, .shorter, .wider, .narrower: moveBorder(action)
        case .fold: foldDetail()
        case .describe: describe()
        case .view: cycleView()
        case .columns: openColumns()
        case .find: openFind()
        case .findNext: findAgain(forward: true)
        case .findPrevious: findAgain(forward: false)
        case .filter: openFilter()
        case .jump: openJump()
        case .counterpart: goToCounterpart()
        case .copy: copySelection()
        case .copyAs: openCopies()
        case .pipe: openPipe()
        case .openMessages: openInEditor()
        case .export: openExport()
        case .palette: open(Menu.palette(recent: recentActions))
        case .help: open(Help())
        case .capture: [.terminal(.capture)]
        case .redraw: [.terminal(.redraw)]
        case .suspend: [.terminal(.suspend)]
        case .quit: depart(.quit)
        case .leave: leaveAtOnce()
        }
    }

    private mutating func cycleView() -> [Effect] {
        messageView = messageView.next(of: encoding)
        detail = ListPosition()
        return say(.info, "messages are shown as \(messageView.title(of: encoding))")
    }

    /// How the messages of the call on screen travel, or those of the next one.
    private var encoding: Payload.Encoding {
        let recorded = call?.recorded.flatMap { try? ServerAddress(parsing: $0.server) }
        let address = recorded ?? server.address ?? (try? ServerAddress(parsing: server.name))
        return address?.scheme.dialect == .grpc ? .protobuf : .json
    }

    private mutating func toggleHold() -> [Effect] {
        guard settings.kind.streamsRequests else {
            return say(.warning, "a \(settings.kind.title) call sends no stream that could be held open")
        }
        settings.holdsOpen.toggle()
        return say(
            .info,
            settings.holdsOpen
                ? "the next \(settings.kind.title) call stays open until it is half-closed"
                : "the next \(settings.kind.title) call is half-closed after its plan")
    }
}
