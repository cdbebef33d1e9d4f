public import ArgumentParser
public import GatewayTransport
public import GreeterCore
public import GreeterDemoServer

// Choices that are written on the command line as they are named in the library.

extension CallKind: ExpressibleByArgument {}
extension EndOfStreamSignal: ExpressibleByArgument {}
extension DemoServerConfiguration.Behaviour: ExpressibleByArgument {}
