package import Modeler

extension ServiceExecutor {
    /// What every executor shows besides its attributes.
    package static var beanInfo: BeanInfo<Self> {
        BeanInfo(
            type: "Executor",
            attributes: [
                .stateName,
                .gauge("activeCount", "Servlets that run on the threads") { $0.workers.activeCount },
                .gauge("poolSize", "Threads that exist") { $0.workers.poolSize },
                .value("corePoolSize", "Threads that are kept") { $0.workers.limits.spare },
                .value("largestPoolSize", "Most threads there have been") { $0.workers.largestPoolSize },
                .value("queueSize", "Servlets that wait for a thread") { $0.workers.queueSize },
                .counter("completedTaskCount", "Pieces of work done") { $0.workers.completedTaskCount },
            ],
            operations: .lifecycle()
        )
    }
}
