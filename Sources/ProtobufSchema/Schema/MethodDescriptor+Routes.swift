public import RPCCore

extension MethodDescriptor {
    /// The number of the option `(google.api.http)`.
    private static let httpOption = 72_295_728

    /// The routes that the method is annotated with, the first one first.
    public var routes: [HTTPRoute] {
        var routes: [HTTPRoute] = []
        // An annotation that cannot be read is none.
        try? options.readFields { option throws(WireFault) in
            guard option.number == Self.httpOption else { return }
            try Self.read(option, into: &routes, isAdditional: false)
        }
        return routes
    }

    private static func read(
        _ rule: RawField, into routes: inout [HTTPRoute], isAdditional: Bool
    ) throws(WireFault) {
        var route = HTTPRoute("", "")
        var more: [HTTPRoute] = []
        try rule.readFields { field throws(WireFault) in
            switch field.number {
            case 2: (route.method, route.path) = ("GET", field.text)
            case 3: (route.method, route.path) = ("PUT", field.text)
            case 4: (route.method, route.path) = ("POST", field.text)
            case 5: (route.method, route.path) = ("DELETE", field.text)
            case 6: (route.method, route.path) = ("PATCH", field.text)
            case 7: route.body = field.text.isEmpty ? nil : field.text
            case 8:
                try field.readFields { part in
                    if part.number == 1 { route.method = part.text }
                    if part.number == 2 { route.path = part.text }
                }
            case 11 where !isAdditional: try read(field, into: &more, isAdditional: true)
            case 12: route.responseBody = field.text.isEmpty ? nil : field.text
            default: break
            }
        }
        if !route.path.isEmpty { routes.append(route) }
        routes += more
    }
}
