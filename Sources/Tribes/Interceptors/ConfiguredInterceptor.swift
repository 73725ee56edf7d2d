package import Modeler
import Synchronization

/// An interceptor whose attributes are one value, which the management may change while the channel runs.
///
/// Isolation: attributes and statistics any thread, the rest as ``ChannelInterceptor``.
package protocol ConfiguredInterceptor: ChannelInterceptor, ConfigurableComponent
where Configuration: InterceptorConfiguration {
    var settings: InterceptorSettings<Configuration> { get }
}

extension ConfiguredInterceptor {
    package var configuration: Configuration { self.settings.value }
    package var optionFlag: SendOptions { self.settings.value.optionFlag }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.change(change)
    }
}

/// The attributes that every interceptor has.
package protocol InterceptorConfiguration: Sendable, Equatable {
    /// Bits that a message must have for the interceptor to work on it; 0 means every message.
    var optionFlag: SendOptions { get set }
}

extension Attribute where Configuration: InterceptorConfiguration {
    /// The attribute that every interceptor has.
    package static var optionFlag: Attribute {
        Attribute(
            "optionFlag",
            \.optionFlag,
            "Bits that a message must have for the interceptor to work on it; 0 means every message",
            type: .int,
            show: { $0.beanValue },
            convert: { text throws(ConversionError) in try SendOptions(attributeText: text) }
        )
    }
}

/// A configuration that several threads read and the management may change.
///
/// Isolation: any thread.
package final class InterceptorSettings<Configuration: Sendable>: Sendable {
    private let slot: Mutex<Configuration>

    package init(_ configuration: Configuration) {
        self.slot = Mutex(configuration)
    }

    package var value: Configuration { self.slot.withLock { $0 } }

    /// Changes the value; a change that throws changes nothing.
    package func change(_ change: (inout Configuration) throws -> Void) throws {
        try self.slot.withLock { configuration in
            var changed = configuration
            try change(&changed)
            configuration = changed
        }
    }
}
