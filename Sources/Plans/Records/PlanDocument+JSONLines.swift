package import RPCCore

extension PlanDocument {
    /// A plan with a step for each request of JSON Lines.
    /// - Throws: ``PlanError`` that names the first line that is no request.
    package init(
        jsonLines bytes: [UInt8], of message: any MessageCodec, place: String
    ) throws(PlanError) {
        var decoder = JSONLinesDecoder(place: place, of: message)
        decoder.feed(bytes)
        decoder.feed(nil)
        self.init()
        while let record = try decoder.next() {
            switch record {
            case .request(let request): steps.append(.request(request))
            case .encoded(let bytes):
                let value = bytes.withUnsafeBytes { message.value(of: $0, as: .json) }
                steps.append(.request(value ?? MessageValue()))
            case .fields: break
            }
        }
    }
}
