import Glibc
import Logging
import Synchronization

/// Says once per application that a symbolic link was not followed, and at debug level from then on.
final class LinkReporter: Sendable {
    private let docBase: String
    private let hasReported = Atomic(false)
    private let logger = Logger(label: "org.apache.catalina.webresources.DirResourceSet")

    init(docBase: String) { self.docBase = docBase }

    func report(_ path: String) {
        let isFirst = !self.hasReported.exchange(true, ordering: .relaxed)
        self.logger.log(
            level: isFirst ? .warning : .debug,
            "A file was not served because a symbolic link leads to it; allowLinking of Resources would permit it",
            metadata: ["path": "\(path)", "docBase": "\(self.docBase)"]
        )
    }
}

/// A clock that never jumps, cheap enough to be read for every request.
package enum MonotonicMilliseconds {
    /// Milliseconds since the machine started, to within a few.
    package static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
