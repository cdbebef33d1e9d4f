import HTTP2Session

extension DemoFaults {
    /// Metadata of the ordered size, in fields that are not too long for anybody.
    var paddingFields: [HTTP2Field] {
        guard let size = metadataSize else { return [] }
        let length = 8000
        return stride(from: 0, to: size, by: length).map { start in
            HTTP2Field("x-padding-\(start / length + 1)", String(repeating: "x", count: min(length, size - start)))
        }
    }

    /// Trailers as they are ordered to be.
    func altered(_ trailers: [HTTP2Field]) -> [HTTP2Field] {
        guard spoilsTrailers else { return trailers }
        return trailers.map { $0.name == "grpc-status" ? HTTP2Field("grpc-status", "as ordered") : $0 }
    }
}
