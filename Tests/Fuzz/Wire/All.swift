extension Fuzzer {
    /// What can be built without the transports, and so in a minute.
    package static let wire: [Fuzzer] = [
        http2Client, http2Server, headers, messages, statusDetails, json, descriptors, protobuf, protobufJSON,
    ]
}
