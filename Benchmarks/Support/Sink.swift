package import RPCCore

/// Takes events and forgets them.
package struct Sink: CallObserver {
    package init() {}

    package func observe(_ event: CallEvent) async {}
}
