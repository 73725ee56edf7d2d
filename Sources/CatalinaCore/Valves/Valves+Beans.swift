package import Modeler
import Synchronization

extension StuckThreadDetectionValve {
    package static let beanInfo = BeanInfo<StuckThreadDetectionValve>(
        type: "Valve",
        attributes: commonBeanAttributes + [
            .gauge("stuckThreadCount", "Requests that take too long at present") { $0.stuckThreadCount },
            .list("stuckThreadNames", "Their ids") { $0.stuckThreadNames },
            .counter("interruptedThreadsCount", "Requests cancelled so far") { $0.interruptedThreadsCount },
        ]
    )
}

extension SemaphoreValve {
    package static let beanInfo = BeanInfo<SemaphoreValve>(
        type: "Valve",
        attributes: commonBeanAttributes + [
            .gauge("waiting", "Requests that wait at present") { $0.waiting }
        ]
    )
}

extension AccessLogValve {
    package static let beanInfo = BeanInfo<AccessLogValve>(
        type: "Valve",
        attributes: commonBeanAttributes + [
            .text("conditionUnless", "Another name of condition") { $0.configuration.condition }
                .writable { (valve: AccessLogValve, name: String) in
                    try valve.reconfigure { $0.condition = name.isEmpty ? nil : name }
                }
        ],
        operations: [
            ManagedOperation("rotate", takes: ["newFileName"], "Sets the file aside under a name and begins another") {
                BeanValue.bool(try await $0.rotate(to: $1[0]))
            }
        ]
    )

    /// Sets the file aside under a name, relative to CATALINA_BASE, and begins another.
    ///
    /// - Returns: whether there was a file to be set aside.
    package func rotate(to name: String) async throws -> Bool {
        guard let file = self.writer.latest?.file else { return false }
        return try await file.rotate(to: BaseDirectory.absolute(name))
    }
}
