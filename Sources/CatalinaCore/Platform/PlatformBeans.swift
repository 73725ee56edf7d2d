package import Modeler
import Synchronization

/// The beans that tools watch in every Java program, about this process.
///
/// Source: the platform MBeans of `java.lang.management`, as far as a process without a virtual machine has them.
package enum PlatformBeans {
    private static let domain = "java.lang"

    /// Registers all of them.
    package static func register(in registry: BeanRegistry) {
        registry.register(MemoryBean(), as: self.name("Memory"))
        registry.register(RuntimeBean(), as: self.name("Runtime"))
        registry.register(ThreadingBean(), as: self.name("Threading"))
        registry.register(OperatingSystemBean(), as: self.name("OperatingSystem"))
        for pool in [MemoryPoolBean("heap", \.heap), MemoryPoolBean("rss", \.resident)] {
            let properties = [("name", pool.poolName), ("type", "MemoryPool")]
            registry.register(pool, as: ObjectName(safeDomain: self.domain, properties))
        }
    }

    fileprivate static func name(_ type: String) -> ObjectName {
        ObjectName(safeDomain: self.domain, [("type", type)])
    }
}

extension ProcessFacts.Pool {
    /// `{committed=…, init=…, max=…, used=…}`, sorted as Java sorts.
    var usage: BeanValue { self.usage(of: self.used) }
    var peakUsage: BeanValue { self.usage(of: self.peak) }

    private func usage(of used: Int64) -> BeanValue {
        .composite([
            .init("committed", .long(max(self.committed, used))), .init("init", .long(self.initial)),
            .init("max", .long(self.maximum)), .init("used", .long(used)),
        ])
    }
}

/// Memory of the process.
struct MemoryBean: ManagedBean {
    static let beanInfo = BeanInfo<MemoryBean>(
        type: "Memory",
        className: "sun.management.MemoryImpl",
        attributes: [
            .gauge("HeapMemoryUsage", "Bytes of private memory") { _ in ProcessFacts.current().heap.usage },
            .gauge("NonHeapMemoryUsage", "Bytes of mapped files in memory") { _ in
                let size = ProcessFacts.current().fileSize
                return BeanValue.composite([
                    .init("committed", .long(size)), .init("init", .long(0)), .init("max", .long(-1)),
                    .init("used", .long(size)),
                ])
            },
            .value("ObjectPendingFinalizationCount", "Always 0; nothing is finalised") { _ in 0 },
            .value("Verbose", "Always false") { _ in false },
            .value("ObjectName", "The bean's own name") { _ in PlatformBeans.name("Memory") },
        ]
    )
}

/// One kind of memory of the process.
final class MemoryPoolBean: ManagedBean {
    let poolName: String
    private let pool: @Sendable (ProcessFacts) -> ProcessFacts.Pool

    init(_ name: String, _ pool: @escaping @Sendable (ProcessFacts) -> ProcessFacts.Pool) {
        self.poolName = name
        self.pool = pool
    }

    static let beanInfo = BeanInfo<MemoryPoolBean>(
        type: "MemoryPool",
        className: "sun.management.MemoryPoolImpl",
        attributes: [
            .text("Name", "Name of the pool") { $0.poolName },
            .text("Type", "Heap or not") { $0.poolName == "heap" ? "HEAP" : "NON_HEAP" },
            .gauge("Usage", "Bytes now") { $0.pool(.current()).usage },
            .gauge("PeakUsage", "Most bytes so far") { $0.pool(.current()).peakUsage },
            .value("Valid", "Always true") { _ in true },
        ]
    )
}

/// What runs, since when, and with which arguments.
struct RuntimeBean: ManagedBean {
    static let beanInfo = BeanInfo<RuntimeBean>(
        type: "Runtime",
        className: "sun.management.RuntimeImpl",
        attributes: [
            .text("Name", "Process and machine") { _ in
                "\(ProcessFacts.processID)@\(SystemFacts.current.hostName)"
            },
            .value("Pid", "Process") { _ in Int64(ProcessFacts.processID) },
            .gauge("StartTime", "Milliseconds since 1970 at which the process began") { _ in ProcessFacts.startTime },
            .gauge("Uptime", "Milliseconds since then") { _ in WallClock.milliseconds() - ProcessFacts.startTime },
            .list("InputArguments", "Words of the command line") { _ in ProcessFacts.arguments },
            .text("VmName", "What runs the code") { _ in "Swift" },
            .text("VmVersion", "Its version") { _ in SystemFacts.runtime },
            .text("VmVendor", "Who made it") { _ in SystemFacts.vendor },
            .text("SpecName", "The specification that applications are written to") { _ in
                "Jakarta Servlet Specification"
            },
            .text("SpecVersion", "Its version") { _ in "6.0" },
            .text("SpecVendor", "Who published it") { _ in "Eclipse Foundation" },
            .text("LibraryPath", "Where libraries are looked for") { _ in Environment["LD_LIBRARY_PATH"] ?? "" },
            .value("SystemProperties", "System properties; likely secrets are masked") { _ in
                let rows = SystemProperties.shared.shown.map { name, value in
                    BeanValue.composite([.init("key", .string(name)), .init("value", .string(value))])
                }
                return BeanValue.table(type: "java.util.Map<java.lang.String, java.lang.String>", rows)
            },
            .value("ObjectName", "The bean's own name") { _ in PlatformBeans.name("Runtime") },
        ]
    )
}

/// Threads of the process.
final class ThreadingBean: ManagedBean {
    private let peak = Atomic<Int>(0)

    static let beanInfo = BeanInfo<ThreadingBean>(
        type: "Threading",
        className: "com.sun.management.internal.HotSpotThreadImpl",
        attributes: [
            .gauge("ThreadCount", "Threads now") { $0.count },
            .gauge("PeakThreadCount", "Most threads that were seen") { bean in
                _ = bean.count
                return bean.peak.load(ordering: .relaxed)
            },
            .gauge("DaemonThreadCount", "Threads that do not keep the process alive") { max(0, $0.count - 1) },
            .value("AllThreadIds", "Ids of the threads") { _ in
                BeanValue.array(type: "long", ProcessThread.all().map { .long(Int64($0.id)) })
            },
            .value("ThreadCpuTimeSupported", "Always true") { _ in true },
            .value("ObjectName", "The bean's own name") { _ in PlatformBeans.name("Threading") },
        ]
    )

    private var count: Int {
        let count = ProcessFacts.current().threadCount
        self.peak.max(count, ordering: .relaxed)
        return count
    }
}

/// Processor, files and memory of process and machine.
final class OperatingSystemBean: ManagedBean {
    /// Processor time and clock at the last look, both in nanoseconds.
    private let last = Mutex<(processor: Int64, clock: Int64, load: Double)>((0, 0, 0))
    /// Looks closer together than this get the same load.
    private static let loadInterval: Int64 = 100_000_000

    static let beanInfo = BeanInfo<OperatingSystemBean>(
        type: "OperatingSystem",
        className: "com.sun.management.internal.OperatingSystemImpl",
        attributes: [
            .gauge("OpenFileDescriptorCount", "Open files") { _ in Int64(ProcessFacts.openFileCount) },
            .gauge("MaxFileDescriptorCount", "Files that may be open") { _ in ProcessFacts.openFileMaximum },
            .gauge("CommittedVirtualMemorySize", "Bytes of address space in use") { _ in
                ProcessFacts.current().virtualSize
            },
            .counter("ProcessCpuTime", "Nanoseconds of processor time used") { _ in ProcessFacts.processorTime },
            .gauge("ProcessCpuLoad", "Share of the machine used since the last look") { $0.load },
            .gauge("SystemLoadAverage", "Processes that wanted to run in the last minute") { _ in
                ProcessFacts.loadAverage
            },
            .gauge("AvailableProcessors", "Processors") { _ in SystemFacts.processorCount },
            .gauge("TotalMemorySize", "Bytes of memory of the machine") { _ in ProcessFacts.current().totalMemory },
            .gauge("FreeMemorySize", "Bytes of it that are available") { _ in ProcessFacts.current().freeMemory },
            .value("TotalPhysicalMemorySize", "The same under its older name") { _ in
                ProcessFacts.current().totalMemory
            },
            .value("FreePhysicalMemorySize", "The same under its older name") { _ in
                ProcessFacts.current().freeMemory
            },
            .gauge("TotalSwapSpaceSize", "Bytes of swap space") { _ in ProcessFacts.current().totalSwap },
            .gauge("FreeSwapSpaceSize", "Bytes of it that are free") { _ in ProcessFacts.current().freeSwap },
            .text("Name", "Name of the system") { _ in SystemFacts.current.name },
            .text("Version", "Its version") { _ in SystemFacts.current.version },
            .text("Arch", "Architecture") { _ in SystemFacts.current.architecture },
            .value("ObjectName", "The bean's own name") { _ in PlatformBeans.name("OperatingSystem") },
        ]
    )

    private var load: Double {
        let (processor, clock) = (ProcessFacts.processorTime, MonotonicClock.now())
        return self.last.withLock { last in
            let elapsed = clock - last.clock
            guard elapsed >= Self.loadInterval else { return last.load }
            let used = Double(processor - last.processor) / Double(elapsed)
            let load = last.clock == 0 ? 0 : min(1, used / Double(SystemFacts.processorCount))
            last = (processor, clock, load)
            return load
        }
    }
}
