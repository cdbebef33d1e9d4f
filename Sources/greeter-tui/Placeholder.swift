import ArgumentParser
import GatewayTransport

@main struct Main: ParsableCommand { func run() {} }
