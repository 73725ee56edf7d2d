import Glibc
import Modeler

/// What the kernel says of this process at one moment; sizes in bytes.
///
/// Source: proc(5): `status`, `stat`, `fd`, `/proc/meminfo`, `/proc/loadavg`.
package struct ProcessFacts: Sendable {
    /// Memory in use, as the status page calls its parts.
    package struct Pool: Sendable, Equatable {
        package let name: String
        package let type: String
        package let initial: Int64
        package let committed: Int64
        /// -1 if nothing bounds it.
        package let maximum: Int64
        package let used: Int64
        package let peak: Int64
    }

    private let status: [String: Int64]
    private let memory: [String: Int64]

    /// Reads them; takes some 50 µs.
    package static func current() -> ProcessFacts {
        ProcessFacts(
            status: ProcText("/proc/self/status").sizes,
            memory: ProcText("/proc/meminfo").sizes
        )
    }

    init(status: [String: Int64], memory: [String: Int64]) {
        self.status = status
        self.memory = memory
    }

    package var residentSize: Int64 { self.status["VmRSS"] ?? 0 }
    package var residentPeak: Int64 { self.status["VmHWM"] ?? 0 }
    package var virtualSize: Int64 { self.status["VmSize"] ?? 0 }
    /// Private memory that the process has written to: its heap and stacks.
    package var anonymousSize: Int64 { self.status["RssAnon"] ?? 0 }
    /// Files mapped, such as the program and its libraries.
    package var fileSize: Int64 { (self.status["RssFile"] ?? 0) + (self.status["RssShmem"] ?? 0) }
    package var threadCount: Int { Int(self.status["Threads"] ?? 1) }
    package var totalMemory: Int64 { self.memory["MemTotal"] ?? 0 }
    package var freeMemory: Int64 { self.memory["MemAvailable"] ?? self.memory["MemFree"] ?? 0 }
    package var totalSwap: Int64 { self.memory["SwapTotal"] ?? 0 }
    package var freeSwap: Int64 { self.memory["SwapFree"] ?? 0 }

    /// What the heap may grow to: the machine's memory, or the control group's limit below it.
    package var memoryMaximum: Int64 {
        let limit = Int64(ProcText("/sys/fs/cgroup/memory.max").text.trimmedNumber) ?? .max
        return min(limit, self.totalMemory)
    }

    package var heap: Pool {
        let maximum = self.memoryMaximum
        let used = self.anonymousSize
        return Pool(
            name: "heap",
            type: "Heap memory",
            initial: 0,
            committed: max(used, min(self.status["VmData"] ?? used, maximum)),
            maximum: maximum,
            used: used,
            peak: max(used, self.residentPeak - self.fileSize)
        )
    }

    package var resident: Pool {
        Pool(
            name: "rss",
            type: "Non-heap memory",
            initial: 0,
            committed: self.residentSize,
            maximum: -1,
            used: self.residentSize,
            peak: self.residentPeak
        )
    }

    /// Both pools, as the status page lists them.
    package var pools: [Pool] { [self.heap, self.resident] }
}

extension ProcessFacts {
    /// Nanoseconds of processor time used so far.
    package static var processorTime: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Milliseconds since 1970 at which the process began.
    package static let startTime: Int64 = {
        let fields = ProcessStatFields(ProcText("/proc/self/stat").text)
        let ticks = Int64(fields[21]) ?? 0
        let uptime = ProcText("/proc/uptime").text.split(separator: " ").first.flatMap { Double($0) } ?? 0
        let age = uptime - Double(ticks) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        return WallClock.milliseconds() - Int64(age * 1000)
    }()

    package static var openFileCount: Int { FileIO.names(in: "/proc/self/fd")?.count ?? 0 }

    package static var openFileMaximum: Int64 {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return -1 }
        return Int64(clamping: limit.rlim_cur)
    }

    /// Processes that wanted to run in the last minute, on average.
    package static var loadAverage: Double {
        ProcText("/proc/loadavg").text.split(separator: " ").first.flatMap { Double($0) } ?? -1
    }

    /// The words of the command line after the program; likely secrets are masked.
    package static var arguments: [String] {
        ProcText("/proc/self/cmdline").text.split(separator: "\0").dropFirst()
            .map { SecretMask.shown(argument: String($0)) }
    }

    /// The environment that the process was started with, by name; likely secrets are masked.
    package static var environment: [(name: String, value: String)] {
        ProcText("/proc/self/environ").text.split(separator: "\0").sorted().compactMap { entry in
            guard let equals = entry.firstIndex(of: "=") else { return nil }
            let name = String(entry[..<equals])
            return (name, SecretMask.shown(String(entry[entry.index(after: equals)...]), of: name))
        }
    }

    /// The number of this process.
    package static var processID: Int32 { getpid() }
}

/// One thread of the process.
package struct ProcessThread: Sendable, Equatable {
    package let id: Int
    package let name: String
    /// The kernel's letter: `R` runs, `S` sleeps, `D` waits for a disk.
    package let state: Character
    /// Milliseconds of processor time.
    package let processorTime: Int64
    package let userTime: Int64

    /// Every thread at this moment, by id; blocks.
    package static func all() -> [ProcessThread] {
        let ids = (FileIO.names(in: "/proc/self/task") ?? []).compactMap { Int($0) }.sorted()
        return ids.compactMap { id in
            ProcessThread(id: id, stat: ProcText("/proc/self/task/\(id)/stat").text)
        }
    }

    /// A thread from its `stat` line; `nil` if it is none, because the thread has ended.
    init?(id: Int, stat: String, ticksPerSecond: Int64 = Int64(sysconf(Int32(_SC_CLK_TCK)))) {
        let fields = ProcessStatFields(stat)
        guard let state = fields[2].first, let user = Int64(fields[13]), let system = Int64(fields[14]) else {
            return nil
        }
        let unit = 1000 / max(1, ticksPerSecond)
        self.id = id
        self.name = fields.name
        self.state = state
        self.userTime = user * unit
        self.processorTime = (user + system) * unit
    }

    /// The state in the words of Java's thread dumps.
    package var stateText: String {
        switch self.state {
        case "R": "RUNNABLE"
        case "D": "BLOCKED"
        case "Z", "X": "TERMINATED"
        case "T", "t": "SUSPENDED"
        default: "WAITING"
        }
    }
}

/// The fields of a `stat` file of proc(5), by their index from 0; the name may hold blanks and parentheses.
struct ProcessStatFields {
    let name: String
    private let rest: [Substring]

    init(_ line: String) {
        guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else {
            self.name = ""
            self.rest = []
            return
        }
        self.name = String(line[line.index(after: open)..<close])
        self.rest = line[line.index(after: close)...].split(whereSeparator: { $0 == " " || $0 == "\n" })
    }

    /// Field 2 is the state.
    subscript(_ index: Int) -> Substring {
        let position = index - 2
        return self.rest.indices.contains(position) ? self.rest[position] : ""
    }
}

/// A file of the kernel's; empty if it cannot be read.
struct ProcText {
    let text: String

    init(_ path: String) { self.text = (try? FileIO.kernelText(path)) ?? "" }

    init(text: String) { self.text = text }

    /// `Name: 12 kB` lines as bytes, and numbers without a unit as they are.
    var sizes: [String: Int64] {
        var sizes: [String: Int64] = [:]
        for line in self.text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let words = parts[1].split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let first = words.first, let number = Int64(first) else { continue }
            sizes[String(parts[0])] = words.count > 1 && words[1] == "kB" ? number * 1024 : number
        }
        return sizes
    }
}

extension String {
    fileprivate var trimmedNumber: Substring { self.prefix { $0.isNumber } }
}
