import Glibc
import NIOPosix

/// Signals that end the server or ask it what it is doing.
///
/// They are blocked in every thread and taken by one that waits for them, so that no handler interrupts anything.
enum Signals {
    /// What ends the server.
    enum Ending: Int32, Sendable {
        case interrupt = 2
        case terminate = 15

        /// What the process exits with.
        var exitCode: Int32 { 128 + self.rawValue }
    }

    /// Blocks the signals; called before any thread is made.
    static func block() {
        signal(SIGPIPE, SIG_IGN)
        var set = Self.awaited
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for a signal that ends the server; `onQuit` is called for each SIGQUIT before it.
    ///
    /// Blocks its thread.
    static func wait(onQuit: @Sendable () -> Void) -> Ending {
        var set = Self.awaited
        while true {
            var number: Int32 = 0
            guard sigwait(&set, &number) == 0 else { continue }
            if let ending = Ending(rawValue: number) { return ending }
            if number == SIGQUIT { onQuit() }
        }
    }

    private static var awaited: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGQUIT] { sigaddset(&set, number) }
        return set
    }
}
