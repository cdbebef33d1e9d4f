import HTTP2Session
import NIOCore
import RPCCore
import TransportSupport

/// Serves the streams of a connection as calls, each in a task of its own.
///
/// Memory of a call: the window of its stream, one message of at most ``RequestReader/messageLimit``, and of replies what a client
/// does not take, at most ``HTTP2Configuration/outboundLimit`` and a batch.
struct GRPCRouter: Sendable {
    /// By their paths: `/helloworld.Greeter/SayHello`.
    let methods: [String: GRPCMethod]
    let faults: FaultRun
    let clock: any CallClock

    /// Serves a stream to its end.
    func serve(_ stream: HTTP2Stream) async {
        guard let (headers, rest) = await Self.head(of: stream) else { return }
        do throws(CallHead.Refusal) {
            let head = try CallHead(headers)
            guard let method = methods[head.path] else {
                throw .status(GRPCStatus(.unimplemented, "There is no method '\(Quote.bounded(head.path))'"))
            }
            await serve(stream, head, rest, method)
        } catch {
            refuse(stream, error)
        }
    }

    private static func head(of stream: HTTP2Stream) async -> (HTTP2Headers, ArraySlice<HTTP2StreamEvent>)? {
        guard let events = try? await stream.next(), case .head(let block)? = events.first else { return nil }
        return (block.headers, events.dropFirst())
    }

    private func refuse(_ stream: HTTP2Stream, _ refusal: CallHead.Refusal) {
        switch refusal {
        case .http(let status, let field):
            var head: HTTP2Headers = [":status": String(status)]
            if let field { head.fields.append(field) }
            stream.respond(head, ends: true)
        case .status(let status):
            ReplyWriter(stream, isCompressing: false, faults: faults.ordered).conclude(status)
        }
    }

    /// Serves a call until it has ended, or its time is over.
    private func serve(
        _ stream: HTTP2Stream, _ head: CallHead, _ rest: ArraySlice<HTTP2StreamEvent>, _ method: GRPCMethod
    ) async {
        guard let due = head.timeout.map({ clock.now + $0 }) else {
            return await serve(stream, head, rest, method, due: nil)
        }
        await withTaskGroup { group in
            group.addTask { await serve(stream, head, rest, method, due: due) }
            group.addTask { try? await clock.sleep(until: due) }
            await group.next()
            group.cancelAll()
        }
    }

    private func serve(
        _ stream: HTTP2Stream, _ head: CallHead, _ rest: ArraySlice<HTTP2StreamEvent>, _ method: GRPCMethod,
        due: Duration?
    ) async {
        let replies = ReplyWriter(stream, isCompressing: head.wantsCompression, faults: faults.ordered)
        let call = ServedCall(stream, RequestReader(stream, rest, encoding: head.encoding), replies, clock: clock)
        do {
            replies.conclude(try await method.serve(call))
        } catch let status as GRPCStatus {
            replies.conclude(status)
        } catch let error as CallError {
            replies.conclude(GRPCStatus(error))
        } catch {
            // The client has left, or a fault has ended the stream: there is nobody to tell.
            guard let due, clock.now >= due else { return }
            replies.conclude(GRPCStatus(.deadlineExceeded, "The time that the client gives is over"))
        }
    }
}
