public import RPCCore
import Synchronization

/// Keeps retries from adding to the load of a server that fails most calls: a bucket of tokens for each server, after
/// gRPC proposal A6, "Throttling Retry Attempts and Hedged RPCs".
///
/// It begins full. A failure that could be retried takes a token, a success gives a part of one back. Retries are
/// made only while more than half of the tokens are there.
public final class RetryThrottle: Sendable {
    /// The size of the bucket and what a success is worth.
    public struct Configuration: Hashable, Sendable {
        /// Tokens in a full bucket, more than 0 and at most 1000.
        public let maximumTokens: Double
        /// Tokens that a success gives back; more than 0. Kept to three decimals.
        public let tokenRatio: Double

        /// - Throws: ``RetryPolicyError`` that names the value that is out of its range.
        public init(maximumTokens: Int = 10, tokenRatio: Double = 0.1) throws(RetryPolicyError) {
            guard (1...1000).contains(maximumTokens) else {
                throw RetryPolicyError(.throttle, "the throttle has from 1 to 1000 tokens")
            }
            let rounded = (tokenRatio * 1000).rounded() / 1000
            guard rounded > 0, tokenRatio <= 1000 else {
                throw RetryPolicyError(.throttle, "the throttle's token ratio is from 0.001 to 1000")
            }
            self.init(tokens: Double(maximumTokens), ratio: rounded)
        }

        private init(tokens: Double, ratio: Double) {
            maximumTokens = tokens
            tokenRatio = ratio
        }

        /// Ten tokens, and a tenth of one for a success.
        public static let standard = Configuration(tokens: 10, ratio: 0.1)
    }

    private let configuration: Configuration
    /// Thousandths of a token, so that sums are exact.
    private let millitokens: Mutex<Int>

    public init(_ configuration: Configuration = .standard) {
        self.configuration = configuration
        millitokens = Mutex(Int(configuration.maximumTokens * 1000))
    }

    /// What is in the bucket.
    public var level: ThrottleLevel {
        ThrottleLevel(
            tokens: Double(millitokens.withLock { $0 }) / 1000, maximum: configuration.maximumTokens)
    }

    /// Counts an attempt that succeeded.
    public func recordSuccess() {
        let full = Int(configuration.maximumTokens * 1000)
        let part = Int((configuration.tokenRatio * 1000).rounded())
        millitokens.withLock { $0 = min(full, $0 + part) }
    }

    /// Counts an attempt that failed in a way that is retried, or whose server asked for no retry.
    /// - Returns: whether a retry is allowed.
    public func recordFailure() -> Bool {
        let half = Int(configuration.maximumTokens * 1000) / 2
        return millitokens.withLock { tokens in
            tokens = max(0, tokens - 1000)
            return tokens > half
        }
    }
}
