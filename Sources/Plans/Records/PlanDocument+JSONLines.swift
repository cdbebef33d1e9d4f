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
        while case .request(let request)? = try decoder.next() { steps.append(.request(request)) }
    }
}
