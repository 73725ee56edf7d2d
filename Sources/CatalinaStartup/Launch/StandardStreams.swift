import Glibc

/// The process's standard output and error, for commands that answer on them.
package enum StandardStreams {
    /// Writes a line to standard output.
    package static func output(_ text: String) { self.write(text, to: STDOUT_FILENO) }
    /// Writes a line to standard error.
    package static func error(_ text: String) { self.write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array((text + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
            }
            guard count > 0 else { return }
            written += count
        }
    }
}

/// A thread that runs one blocking function and is not waited for.
enum DetachedThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func run(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(body)).toOpaque()
        var thread = pthread_t()
        let result = pthread_create(
            &thread,
            nil,
            { pointer in
                if let pointer { Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run() }
                return nil
            },
            box
        )
        precondition(result == 0, "A thread could not be made: \(result)")
        pthread_detach(thread)
    }
}
