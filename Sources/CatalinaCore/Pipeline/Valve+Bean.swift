package import Modeler

extension Valve {
    /// What every valve shows; one with more to show has a table of its own.
    package static var beanInfo: BeanInfo<Self> { BeanInfo(type: "Valve", attributes: Self.commonBeanAttributes) }

    /// The attributes that every valve has, for tables that go on with others.
    package static var commonBeanAttributes: [BeanAttribute<Self>] {
        [
            .text("className", "The class that was chosen") { $0.componentClassName },
            .text("stateName", "Lifecycle state") { valve in
                // A valve without a life of its own is in the tables of beans while its container runs.
                ((valve as? any Lifecycle)?.state ?? .started).description
            },
            .flag("asyncSupported", "Whether requests that pass may go on after their servlet") {
                $0.isAsyncSupported
            },
        ]
    }

    package var beanDescription: String { "\(Self.self)" }
    package var componentClassName: String { "org.apache.catalina.core.\(Self.self)" }

    /// The last part of the class name.
    var beanName: String {
        let className = self.componentClassName
        return String(className.split(separator: ".").last ?? "")
    }
}

extension Valve where Self: ConfigurableComponent {
    package var componentClassName: String { Self.descriptor.className }
}

extension Valve where Self: Lifecycle {
    package var beanDescription: String { self.lifecycleName }
}
