package import Modeler

/// What an element says that is nothing but its attributes.
package protocol PlainSettings: Sendable {
    static var descriptor: ComponentDescriptor<PlainElement<Self>> { get }
}

/// An element that does nothing by itself: what contains it reads its attributes.
package final class PlainElement<Configuration: PlainSettings>: ConfigurableComponent, Sendable {
    package static var descriptor: ComponentDescriptor<PlainElement<Configuration>> { Configuration.descriptor }

    package let configuration: Configuration
    package init(configuration: Configuration) { self.configuration = configuration }
}
