/// What a shared library in `WEB-INF/lib` offers: factories by the class names that `web.xml` uses.
///
/// A module exports exactly one symbol, a C function that makes one of these and hands it over:
///
/// ```swift
/// @c(servlet_module_entry)
/// public func servletModuleEntry() -> UnsafeMutableRawPointer {
///     ServletModule(name: "hello", servlets: ["example.HelloServlet": { HelloServlet() }]).retainedForHost()
/// }
/// ```
///
/// The container calls it once after loading the library. A module built against another version of this API is
/// refused while it is loaded, before any of its code runs: ``init(name:servlets:filters:listeners:)`` refers to a
/// symbol that carries the version.
public final class ServletModule: Sendable {
    /// Name shown in the log and in the manager.
    public let name: String
    /// Makes servlets, by `<servlet-class>`.
    public let servlets: [String: @Sendable () throws -> any Servlet]
    /// Makes filters, by `<filter-class>`.
    public let filters: [String: @Sendable () throws -> any Filter]
    /// Makes listeners, by `<listener-class>`.
    public let listeners: [String: @Sendable () throws -> any EventListener]

    /// A module and what it offers.
    @inlinable
    public init(
        name: String,
        servlets: [String: @Sendable () throws -> any Servlet] = [:],
        filters: [String: @Sendable () throws -> any Filter] = [:],
        listeners: [String: @Sendable () throws -> any EventListener] = [:]
    ) {
        servletAPIStamp()
        self.name = name
        self.servlets = servlets
        self.filters = filters
        self.listeners = listeners
    }

    /// Hands the module to the container, which keeps it for the life of the process.
    public func retainedForHost() -> UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }

    /// The container's side of ``retainedForHost()``.
    public static func adopted(_ pointer: UnsafeMutableRawPointer) -> ServletModule {
        Unmanaged<ServletModule>.fromOpaque(pointer).takeRetainedValue()
    }

    /// Version of the binary interface; changes with every change that a built module would notice.
    public static let apiVersion = 1
    /// The exported name of ``servletAPIStamp()`` without its version.
    public static let stampPrefix = "caracal_servlet_api_"
}

/// Exists so that a module can only be loaded into a container with the same ``ServletModule/apiVersion``.
///
/// Not optimised: a call of it that is seen to do nothing would be left out of the module, and the reference with it.
@c(caracal_servlet_api_1)
@inline(never)
@_optimize(none)
public func servletAPIStamp() {}
