import RPCCore

/// A form for the address of the server that calls go to.
struct ServerForm: FormContent {
    var address: Field<String>

    static var order: [WritableKeyPath<Self, FieldInput>] { [\.address.input] }

    init(_ address: String) {
        self.address = Field(
            "address", address, .address, hint: "HOST:PORT or http(s):// gateway, grpc(s)://, unix://, demo:, demo:grpc"
        )
    }

    var title: String { "Server" }

    mutating func accept(in state: inout State) -> FormOutcome {
        address.read().map { .done(state.connect(to: $0)) } ?? .refused
    }
}

/// A form for the address of the server to compare the present one with.
struct ComparisonForm: FormContent {
    var address: Field<String>

    static var order: [WritableKeyPath<Self, FieldInput>] { [\.address.input] }

    init(_ address: String) {
        self.address = Field(
            "other server", address, .address, hint: "HOST:PORT, http(s)://, grpc(s)://, unix://, demo:")
    }

    var title: String { "Run the plan here and there" }

    mutating func accept(in state: inout State) -> FormOutcome {
        address.read().map { .done(state.compare(with: $0)) } ?? .refused
    }
}

/// A form for the value of a fault of the demo server. It stays until who knows that server has agreed to the value.
struct FaultForm: FormContent {
    let kind: FaultKind
    var value: Field<String>

    static var order: [WritableKeyPath<Self, FieldInput>] { [\.value.input] }

    init(_ kind: FaultKind, expectation: String) {
        self.kind = kind
        value = Field(kind.name, "", .verbatim, hint: expectation)
    }

    var title: String { "Order \(kind.form)" }

    mutating func accept(in state: inout State) -> FormOutcome {
        .stays([.checkFault(FaultOrder(name: kind.name, value: value.input.text.trimmingSpaces()))])
    }
}
