/// The message that tells a server of the dialect that no more requests will come.
enum EndMarker {
    static let text = #"{"__end_stream__": true}"#
}
