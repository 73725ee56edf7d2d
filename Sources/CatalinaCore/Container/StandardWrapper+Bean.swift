package import Modeler
import ServletAPI

extension StandardWrapper: ManagedBean {
    package static let beanInfo = BeanInfo<StandardWrapper>(
        type: "Servlet",
        className: "org.apache.catalina.mbeans.ContainerMBean",
        attributes: StandardWrapper.ownAttributes + StandardWrapper.requestAttributes(),
        operations: [
            ManagedOperation("findMappings", "The patterns that lead to it") { wrapper, _ in wrapper.mappings },
            ManagedOperation("findInitParameters", "Names of its parameters") { wrapper, _ in
                wrapper.definition.initParameters.keys.sorted()
            },
            ManagedOperation("findInitParameter", takes: ["name"], "One of its parameters") { wrapper, arguments in
                wrapper.definition.initParameters[arguments[0]]
            },
        ]
    )

    private static let ownAttributes: [BeanAttribute<StandardWrapper>] = [
        .stateName,
        .value("objectName", "The bean's own name") { $0.objectName },
        .text("servletClass", "Class in the descriptor") { $0.definition.className },
        .list("mappings", "The patterns that lead to it") { $0.mappings },
        .value("loadOnStartup", "Its place among the servlets loaded at start; negative for none") {
            $0.definition.loadOnStartup ?? -1
        },
        .flag("asyncSupported", "Whether requests may go on after it") { $0.definition.isAsyncSupported },
        .flag("loaded", "Whether it has been made") { $0.loadedServlet != nil },
        .value("available", "0, or for how long it is unavailable") { wrapper in
            switch wrapper.unavailability {
            case nil: Int64(0)
            case .permanent: Int64.max
            case .seconds(let seconds): WallClock.milliseconds() + Int64(seconds) * 1000
            }
        },
        .gauge("loadTime", "Milliseconds that making it took") { $0.loadTime },
        .gauge("classLoadTime", "Always 0; classes are not loaded one by one") { _ in 0 },
        .value("backgroundProcessorDelay", "Seconds between rounds of background work") {
            $0.base.backgroundProcessorDelay
        },
    ]

    package var componentClassName: String { "org.apache.catalina.core.StandardWrapper" }

    var servletProperties: [(String, String)] {
        [("j2eeType", "Servlet"), ("WebModule", self.context?.webModuleName ?? ""), ("name", self.name)]
            + StandardContext.j2eeProperties
    }

    package func initInternal() async throws { self.beanDomain?.register(self, as: self.servletProperties) }
}
