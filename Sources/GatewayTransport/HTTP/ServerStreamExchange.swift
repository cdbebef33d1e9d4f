import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import RPCCore
import TransportSupport

/// One request and the stream of server-sent events that answers it.
struct ServerStreamExchange: Sendable {
    let exchange: HTTPExchange

    /// - Parameter replies: How many there have been in the call.
    func run(_ request: Payload, number: Int, after replies: Int) async throws {
        let response = try await exchange.send(request, number: number)
        guard Self.isEventStream(response.headers.first(name: "Content-Type")) else {
            throw try await notAStream(response)
        }
        var stream = ReplyStream(
            limit: exchange.context.configuration.maximumMessageSize, request: number, replies: replies,
            reader: exchange.context.reader, clock: exchange.context.clock, wire: exchange.context.wire)
        do {
            for try await part in response.body {
                let (messages, failure) = stream.take(part)
                await exchange.context.recorder.received(messages)
                if let notice = stream.takeNotice() { await exchange.context.recorder.notice(notice) }
                if let failure { throw failure }
            }
        } catch {
            var failure = try await exchange.failure(error, after: .answered)
            failure.pushback = failure.pushback ?? stream.retry.map { .wait($0) }
            failure.lastEventID = stream.lastEventID
            throw failure
        }
        if stream.replies == replies { await exchange.context.recorder.notice("no replies to request \(number)") }
    }

    /// Whether a content type is that of an event stream; parameters, right or wrong, do not count (WHATWG HTML, 9.2.5).
    static func isEventStream(_ type: String?) -> Bool {
        let type = type?.split(separator: ";", omittingEmptySubsequences: false).first ?? ""
        return type.trimming(while: \.isWhitespace).lowercased() == "text/event-stream"
    }

    private func notAStream(_ response: HTTPClientResponse) async throws -> CallError {
        let body = try await HTTPRefusal(reading: response).body
        if let error = ErrorFields.read(Data(buffer: body))?.reported { return error.callError }
        let beginning = body.readableBytesView
        let type = response.headers.first(name: "Content-Type") ?? "none"
        return CallError(
            .internal,
            "the response is no event stream but of the content type \(Quote.beginning(of: type)): "
                + Quote.beginning(of: beginning),
            at: .decode, advice: "check the route \(exchange.context.route)")
    }
}

extension StringProtocol {
    fileprivate func trimming(while isDropped: (Character) -> Bool) -> SubSequence {
        let front = drop(while: isDropped)
        return front[..<(front.lastIndex { !isDropped($0) }.map { front.index(after: $0) } ?? front.startIndex)]
    }
}
