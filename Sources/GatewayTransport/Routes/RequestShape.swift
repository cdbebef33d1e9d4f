import RPCCore

/// What is known of a request by its definition, where there is one, for those who take its JSON apart.
struct RequestShape {
    /// `nil` where nothing is known.
    private let shape: (any MessageShape)?

    init(_ shape: (any MessageShape)?) {
        self.shape = shape
    }

    private func field(_ name: String) -> FieldShape? {
        shape.flatMap { shape in shape.index(of: name).map { shape.field($0) } }
    }

    /// The names under which a field may stand in JSON.
    /// - Parameter name: Its original name.
    func names(of name: String) -> [String] {
        guard shape != nil else { return [name, name.camelCased] }
        return field(name).map { [$0.jsonName, $0.name] } ?? [name]
    }

    /// What is known of the message that a field holds.
    /// - Parameter name: Either of its names.
    func inner(_ name: String) -> RequestShape {
        guard case .message(let inner)? = field(name)?.value else { return RequestShape(nil) }
        return RequestShape(inner)
    }

    /// Why a field cannot be written as texts in a query; `nil` where it can, or nobody knows.
    /// - Parameter name: Either of its names.
    func obstacle(_ name: String) -> String? {
        guard let field = field(name) else { return nil }
        if field.presence == .map { return "is a map" }
        guard case .message(let inner) = field.value else { return nil }
        switch inner.wellKnown {
        // Their JSON has other members than their fields.
        case .any, .struct, .value, .listValue: return "is a \(inner.name)"
        // Their JSON is a text, or a number.
        case .duration, .fieldMask, .timestamp, .wrapper: return nil
        case nil: return field.presence == .repeated ? "is a list of messages" : nil
        }
    }
}

extension String {
    /// The name in JSON that is derived from an original one: `_` is left out, and the letter after it is a capital.
    fileprivate var camelCased: String {
        var (text, isCapital) = ("", false)
        for character in self {
            if character == "_" {
                isCapital = true
            } else {
                text += isCapital ? character.uppercased() : String(character)
                isCapital = false
            }
        }
        return text
    }
}
