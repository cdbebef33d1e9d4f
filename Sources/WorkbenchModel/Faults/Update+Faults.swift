import RPCCore

extension State {
    /// The faults that the present server was told to have.
    public var orderedFaults: [FaultOrder] { server.isDemo ? faults.orders : [] }

    mutating func openFaults() -> [Effect] {
        guard server.isDemo else {
            return say(.warning, "only the demo server can be made to fail: choose the server demo: first")
        }
        guard !isCallLive else {
            return say(.warning, "a call is running: half-close it or cancel it before the server is made to fail")
        }
        return open(Menu.faults(faults))
    }

    /// Takes an ordered fault back, and orders another: at once, or with a value that is asked for.
    mutating func chooseFault(_ name: String) -> [Effect] {
        guard let kind = faults.kind(name) else { return [] }
        if faults.order(of: name) != nil { return changeFaults { $0.takeBack(name) } }
        guard let expectation = kind.expectation else { return changeFaults { $0.place(FaultOrder(name: name)) } }
        return open(Form(FaultForm(kind, expectation: expectation)))
    }

    mutating func takeFaultsBack() -> [Effect] {
        changeFaults { $0.takeAllBack() }
    }

    /// Orders what was typed, or says in the form what is wrong with it.
    mutating func faultChecked(_ order: FaultOrder, problem: String?) -> [Effect] {
        guard case .form(var form) = overlay, var fault = form.content as? FaultForm, fault.kind.name == order.name
        else { return [] }
        guard problem == nil else {
            fault.value.input.problem = problem
            form.content = fault
            replaceOverlay(form)
            return []
        }
        overlays.removeLast()
        return changeFaults { $0.place(order) }
    }

    /// Changes the orders, in the menu too where it is open, and starts the server anew: all faults begin from the first
    /// connection and the first message again.
    private mutating func changeFaults(_ change: (inout FaultBoard) -> Void) -> [Effect] {
        change(&faults)
        alter(Menu.self) { [faults] in $0.show(faults) }
        let orders = faults.orders.map(\.text).joined(separator: " ")
        notice = Notice(
            .info, orders.isEmpty ? "the demo server fails no more" : "the demo server fails from now on: \(orders)")
        return connect(to: server.name)
    }
}

/// A form for the value of a fault. It stays until who knows the demo server has agreed to the value.
private struct FaultForm: FormContent {
    let kind: FaultKind
    var value: Field<String>

    var title: String { "Order \(kind.form)" }
    var order: [WritableKeyPath<Self, FieldInput>] { [\.value.input] }

    init(_ kind: FaultKind, expectation: String) {
        self.kind = kind
        value = Field(kind.name, "", .verbatim, hint: expectation)
    }

    mutating func accept(in state: inout State) -> FormOutcome {
        .stays([.checkFault(FaultOrder(name: kind.name, value: value.input.text.trimmingSpaces()))])
    }
}
