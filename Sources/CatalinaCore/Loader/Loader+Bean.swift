package import Modeler

extension Loader {
    /// What every loader shows.
    package static var beanInfo: BeanInfo<Self> {
        BeanInfo(
            type: "Loader",
            attributes: [
                .text("className", "The class that was chosen") { $0.componentClassName },
                .text("stateName", "Always started: a stopped application has no loader") { _ in
                    LifecycleState.started.description
                },
                .flag("delegate", "Always false: a module brings its own libraries") { _ in false },
                .list("loaderRepositories", "Names of the modules loaded") { $0.moduleNames },
                .value("modified", "Whether a library changed since the application started") { $0.isModified() },
            ]
        )
    }

    package var componentClassName: String { WebappLoader.descriptor.className }
    package var beanDescription: String { "WebappLoader" }
}
