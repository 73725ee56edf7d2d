package import Logging
import ServletAPI
import Synchronization

/// A component that is initialised, started, stopped and destroyed, in this order and by its owner alone.
///
/// A conforming type implements the four `…Internal` methods; ``initialize()``, ``start()``, ``stop()`` and
/// ``destroy()`` move it through ``LifecycleState``, fire the events and turn failures into `FAILED`.
/// `startInternal` and `stopInternal` must call ``enter(_:)`` with `.starting` or `.stopping` when that point is reached.
/// Source: `org.apache.catalina.Lifecycle`, `LifecycleBase`.
package protocol Lifecycle: AnyObject, Sendable {
    /// State and listeners.
    var lifecycle: LifecycleSupport { get }
    /// How log lines and errors name the component: `StandardServer[8005]`.
    var lifecycleName: String { get }
    func initInternal() async throws
    func startInternal() async throws
    func stopInternal() async throws
    func destroyInternal() async throws
}

/// A component could not be moved to another state.
///
/// Source: `org.apache.catalina.LifecycleException`.
package struct LifecycleError: NamedException, CustomStringConvertible {
    /// What was tried.
    package let message: String
    /// Why it failed.
    package let rootCause: (any Error)?
    package var exceptionTypes: [String] {
        ["org.apache.catalina.LifecycleException", "java.lang.Exception", "java.lang.Throwable"]
    }

    package init(_ message: String, cause: (any Error)? = nil) {
        self.message = message
        self.rootCause = cause
    }

    package var description: String { ExceptionNames.reason(of: self) }
}

/// The state of one component and those who are told of its changes.
///
/// Isolation: any thread.
package final class LifecycleSupport: Sendable {
    private struct Protected {
        var state = LifecycleState.new
        var listeners: [any LifecycleListener] = []
    }

    private let protected = Mutex(Protected())

    package init() {}

    /// Where the component stands.
    package var state: LifecycleState { self.protected.withLock { $0.state } }

    /// Who is told, in order.
    package var listeners: [any LifecycleListener] { self.protected.withLock { $0.listeners } }

    /// Adds a listener behind those there are.
    package func add(_ listener: any LifecycleListener) {
        self.protected.withLock { $0.listeners.append(listener) }
    }

    /// Removes a listener.
    package func remove(_ listener: any LifecycleListener) {
        self.protected.withLock { $0.listeners.removeAll { $0 === listener } }
    }

    fileprivate func set(_ state: LifecycleState) {
        self.protected.withLock { $0.state = state }
    }
}

extension Lifecycle {
    package func initInternal() async throws {}
    package func startInternal() async throws { try await self.enter(.starting) }
    package func stopInternal() async throws { try await self.enter(.stopping) }
    package func destroyInternal() async throws {}

    /// Where the component stands.
    package var state: LifecycleState { self.lifecycle.state }

    /// Prepares the component: objects are registered, sockets bound.
    package func initialize() async throws {
        try await self.perform(.initialize) {
            try await self.enter(.initializing)
            try await self.initInternal()
            try await self.enter(.initialized)
        }
    }

    /// Puts the component to work, after initialising it if need be.
    package func start() async throws {
        try await self.perform(.start) {
            try await self.enter(.startingPrep)
            try await self.startInternal()
            switch self.state {
            case .failed: try await self.stop()
            case .starting: try await self.enter(.started)
            default: throw self.invalid(.afterStart)
            }
        }
    }

    /// Ends the component's work.
    package func stop() async throws {
        try await self.perform(.stop) {
            if self.state == .failed {
                try await self.fire(.beforeStop)
            } else {
                try await self.enter(.stoppingPrep)
            }
            try await self.stopInternal()
            guard self.state == .stopping || self.state == .failed else { throw self.invalid(.afterStop) }
            try await self.enter(.stopped)
        }
    }

    /// Gives up what ``initialize()`` took.
    package func destroy() async throws {
        try await self.perform(.destroy) {
            try await self.enter(.destroying)
            try await self.destroyInternal()
            try await self.enter(.destroyed)
        }
    }

    /// Enters a state and tells the listeners.
    package func enter(_ state: LifecycleState) async throws {
        self.lifecycle.set(state)
        if let event = state.event { try await self.fire(event) }
    }

    /// Marks the component as failed; an owner that goes on regardless calls this instead of throwing.
    package func markFailed() { self.lifecycle.set(.failed) }

    /// Tells the listeners of an event that belongs to no state, or of a state's own.
    package func fire(_ kind: LifecycleEvent.Kind) async throws {
        for listener in self.lifecycle.listeners {
            try await listener.lifecycleEvent(LifecycleEvent(lifecycle: self, kind: kind))
        }
    }

    private func perform(_ command: LifecycleMachine.Command, _ body: () async throws -> Void) async throws {
        switch LifecycleMachine.action(for: command, in: self.state) {
        case .ignore: return
        case .skipToStopped:
            self.lifecycle.set(.stopped)
            return
        case .invalid(let event): throw self.invalid(event)
        case .first(let other): try await self.carryOut(other)
        case .run: break
        }
        do {
            try await body()
        } catch {
            self.lifecycle.set(.failed)
            throw LifecycleError("Failed to \(command.verb) component [\(self.lifecycleName)]", cause: error)
        }
    }

    private func carryOut(_ command: LifecycleMachine.Command) async throws {
        switch command {
        case .initialize: try await self.initialize()
        case .start: try await self.start()
        case .stop: try await self.stop()
        case .destroy: try await self.destroy()
        }
    }

    private func invalid(_ event: LifecycleEvent.Kind) -> LifecycleError {
        LifecycleError(
            "An invalid Lifecycle transition was attempted ([\(event.rawValue)]) for component [\(self.lifecycleName)] "
                + "in state [\(self.state)]"
        )
    }
}

extension LifecycleMachine.Command {
    fileprivate var verb: String {
        switch self {
        case .initialize: "initialize"
        case .start: "start"
        case .stop: "stop"
        case .destroy: "destroy"
        }
    }
}

/// Logs under a Tomcat category, with the method that Tomcat would name.
package struct CategoryLogger: Sendable {
    private let logger: Logger
    private let category: String

    /// A logger for a class name such as `org.apache.catalina.core.StandardService`.
    package init(_ category: String) {
        self.logger = Logger(label: category)
        self.category = category
    }

    package func debug(_ method: String, _ message: @autoclosure () -> String) {
        self.logger.debug("\(message())", metadata: ["method": "\(method)"])
    }

    package func info(_ method: String, _ message: String, _ metadata: Logger.Metadata = [:]) {
        self.logger.info("\(message)", metadata: metadata.merging(["method": "\(method)"]) { $1 })
    }

    package func warning(_ method: String, _ message: String, _ metadata: Logger.Metadata = [:]) {
        self.logger.warning("\(message)", metadata: metadata.merging(["method": "\(method)"]) { $1 })
    }

    package func error(_ method: String, _ message: String, _ error: (any Error)? = nil) {
        self.log(.error, method, message, error)
    }

    package func log(_ level: Logger.Level, _ method: String, _ message: String, _ error: (any Error)?) {
        self.logger.log(
            level: level,
            "\(message)",
            error: error.map(LoggedError.init),
            metadata: ["method": "\(method)"]
        )
    }
}

/// An error as the log tells it: a line for itself, and one for each cause.
private struct LoggedError: Error, CustomStringConvertible {
    let error: any Error

    var description: String { ExceptionNames.lines(of: self.error).joined(separator: "\nCaused by: ") }
}
