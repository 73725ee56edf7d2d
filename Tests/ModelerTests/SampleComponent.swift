import Modeler
import Synchronization

/// A component with one attribute of each kind.
final class SampleValve: ConfigurableComponent, ManagedBean, CustomStringConvertible {
    enum Mode: String, CaseIterable, AttributeConvertible {
        case strict
        case lax
    }

    struct Common: Sendable, Equatable {
        var asyncSupported = false
    }

    struct Configuration: Sendable, Equatable {
        var common = Common()
        var enabled = true
        var maxThreads = 200
        var timeout: Int64 = 60_000
        var factor = 1.5
        var path = "/health"
        var allow: String?
        var hosts: [String] = []
        var mode = Mode.strict
        var level = 0
        var extras: [String: String] = [:]
    }

    static let descriptor = ComponentDescriptor<SampleValve>(
        className: "org.example.SampleValve",
        aliases: ["org.example.OldSampleValve"],
        kind: .valve,
        "A valve for tests",
        defaults: Configuration(),
        attributes: [
            Attribute("asyncSupported", \.asyncSupported, "May run asynchronously")
        ].nested(in: \.common) + [
            Attribute("enabled", \.enabled, "Whether it does anything"),
            Attribute("maxThreads", \.maxThreads, "Most threads", aliases: ["threads"]),
            Attribute("timeout", \.timeout, "Milliseconds to wait"),
            Attribute("factor", \.factor, "A factor"),
            Attribute("path", \.path, "A path"),
            Attribute("allow", \.allow, "Who may pass"),
            Attribute("hosts", \.hosts, "Which hosts"),
            Attribute("mode", \.mode, "How strict"),
            Attribute(
                "level",
                \.level,
                "A level by name",
                show: { .string("level\($0)") },
                convert: { (text) throws(ConversionError) in
                    guard text.hasPrefix("level"), let number = Int(text.dropFirst(5)) else {
                        throw ConversionError(text: text, expected: .string)
                    }
                    return number
                }
            ),
            .ignored("clearReferences", "A Java matter", type: .bool),
        ],
        open: OpenAttributes("extra.NAME") { configuration, name, text in
            guard name.hasPrefix("extra.") else { return false }
            configuration.extras[String(name.dropFirst(6))] = text
            return true
        }
    )

    static let beanInfo = BeanInfo<SampleValve>(
        type: "Valve",
        attributes: [
            .gauge("active", "Requests in hand") { _ in 3 },
            .counter("requests", "Requests ever") { $0.requests.load(ordering: .relaxed) },
            .counter("writable", "A counter that can be set") { $0.requests.load(ordering: .relaxed) }
                .writable { (valve, value: Int64) in valve.requests.store(value, ordering: .relaxed) },
            .flag("up", "Whether it is up") { _ in true },
            .text("stateName", "Its state") { _ in "STARTED" },
            .text("nothing", "Nothing") { _ in nil },
            .list("names", "Some names") { _ in ["a", "b"] },
        ],
        operations: [
            ManagedOperation("reset", "Forgets") { valve, _ in valve.requests.store(0, ordering: .relaxed) },
            ManagedOperation("twice", takes: ["number"], "Doubles") { _, arguments in
                try arguments.value(0, as: Int.self) * 2
            },
            ManagedOperation("fail", "Fails") { _, _ in throw SampleError() },
        ]
    )

    struct SampleError: Error, CustomStringConvertible {
        let description = "as asked"
    }

    private let settings: Mutex<Configuration>
    let requests = Atomic<Int64>(7)

    init(configuration: Configuration) {
        self.settings = Mutex(configuration)
    }

    var configuration: Configuration { self.settings.withLock { $0 } }

    func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { try change(&$0) }
    }

    var description: String { "SampleValve[1]" }
}

/// A component that is fixed once made.
final class FixedListener: ConfigurableComponent, ManagedBean, CustomStringConvertible {
    struct Configuration: Sendable {
        var logArgs = true
    }

    static let descriptor = ComponentDescriptor<FixedListener>(
        className: "org.example.FixedListener",
        kind: .listener,
        defaults: Configuration(),
        attributes: [Attribute("logArgs", \.logArgs, "Logs arguments")]
    )
    static let beanInfo = BeanInfo<FixedListener>(type: "Listener")

    let configuration: Configuration

    init(configuration: Configuration) {
        self.configuration = configuration
    }

    var description: String { "FixedListener" }
}
