import RPCCore

/// Writes requests as compact JSON.
enum RequestEncoder {
    /// The message that tells a server of the dialect that no more requests will come.
    static let endMarker = #"{"__end_stream__": true}"#

    /// The request as a JSON object: the name, and the language where there is one.
    static func encode(_ request: HelloRequest) -> String {
        var json = JSONText()
        json.append(request)
        return json.string
    }
}
