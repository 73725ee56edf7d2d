import Glibc

/// Names the thread that asks, as a log line shows it.
///
/// Swift sees neither `gettid` nor `pthread_getname_np`, so /proc is asked: some microseconds per record, which
/// a log that is silent per request can spend.
enum CurrentThread {
    /// `main`, the name that the thread was given, or `thread-ID` for one that only inherited the process's name.
    ///
    /// The threads of Swift's own pool, where the server is started and stopped, play the part of Tomcat's main thread
    /// and bear its name: they have none that says anything, and what reads logs knows `main`.
    static var name: String {
        guard let link = self.link else { return "unknown" }
        let parts = link.split(separator: "/")  // PROCESS/task/THREAD
        guard parts.count == 3, parts[0] != parts[2] else { return "main" }
        let name = self.command(at: "/proc/thread-self/comm")
        if self.isOfPool(name) { return "main" }
        return name.isEmpty || name == self.processName ? "thread-\(parts[2])" : name
    }

    /// Whether a name is the end of a pool's label, such as `com.apple.root.default-qos`, cut to the kernel's 15 bytes.
    static func isOfPool(_ name: String) -> Bool {
        name.hasSuffix("-qos") || name.hasSuffix(".overcommit")
    }

    /// Gives this thread a name that `ps` and the log show; the kernel keeps 15 bytes of it.
    static func setName(_ name: String) {
        do throws(LogError) {
            try AppendingFile(path: "/proc/thread-self/comm").write(Array(name.utf8))
        } catch {
            return  // A thread without a name works as well.
        }
    }

    private static let processName = command(at: "/proc/self/comm")

    private static var link: String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let length = readlink("/proc/thread-self", start, buffer.count - 1)
            guard length > 0 else { return nil }
            buffer[length] = 0
            return String(cString: start)
        }
    }

    private static func command(at path: String) -> String {
        do throws(LogError) {
            return String(decoding: try readFile(path).dropLast(), as: UTF8.self)
        } catch {
            return ""  // Without /proc no thread has a name.
        }
    }
}
