package import NIOCore

/// Runs tasks on the thread of an event loop.
///
/// A task that writes a little, waits for the answer and writes again is woken, and wakes the loop, for every message; on the
/// loop's own thread neither is needed. What such a task does holds up everything else on the loop, so nothing that blocks may be in it.
package final class EventLoopExecutor: TaskExecutor {
    package let loop: any EventLoop

    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
