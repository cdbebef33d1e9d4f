package import FuzzedWire

extension Fuzzer {
    /// What needs the transports to be built, and TLS with them.
    package static let transports: [Fuzzer] = [answers, webSocket, eventStream, dialect]
}
