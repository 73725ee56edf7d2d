import Modeler
package import ServletAPI
import Synchronization

/// One servlet declaration of an application and its instance.
///
/// Source: `org.apache.catalina.core.StandardWrapper`.
package final class StandardWrapper: Container {
    private struct Protected {
        var loading: Task<any Servlet, any Error>?
        var mappings: [String] = []
        var loadTime: Int64 = 0
        var isDestroyed = false
    }

    /// The servlet once it is initialised; a wrapper lives no longer than one run of its application.
    private final class Loaded: Sendable {
        let servlet: any Servlet

        init(_ servlet: any Servlet) { self.servlet = servlet }
    }

    package let base: ContainerBase
    package let definition: ServletDefinition
    let requests = RequestStatistics()
    package var statistics: RequestFigures { self.requests.figures }
    private let protected = Mutex(Protected())
    private let loaded = LazyReference<Loaded>()
    /// Monotonic nanoseconds until which the servlet is unavailable; `.max` for ever, 0 if available.
    private let unavailableUntil = Atomic<Int64>(0)

    package init(_ definition: ServletDefinition) {
        self.definition = definition
        self.base = ContainerBase(name: definition.name)
        self.pipeline.attach(to: self)
        self.pipeline.setBasic(StandardWrapperValve())
    }

    package var context: StandardContext? { self.parent as? StandardContext }
    package var multipartConfig: MultipartConfiguration? { self.definition.multipart }
    package var lifecycleName: String { "StandardWrapper[\(self.name)]" }

    package var mappings: [String] { self.protected.withLock { $0.mappings } }

    package func addMapping(_ pattern: String) {
        self.protected.withLock { $0.mappings.append(pattern) }
        self.base.treeDidChange()
    }

    /// Milliseconds that making and initialising the servlet took.
    package var loadTime: Int64 { self.protected.withLock { $0.loadTime } }

    /// What `TRACE` refusals list as allowed.
    package var allowedMethods: String? {
        (self.loadedServlet as? any HttpServlet)?.allowedMethods.joined(separator: ", ")
    }

    /// Why no request can be served now: seconds to wait, or `nil` within for ever.
    package var unavailability: Unavailability? {
        let until = self.unavailableUntil.load(ordering: .relaxed)
        if until == 0 { return nil }
        if until == .max { return .permanent }
        let left = until - MonotonicClock.now()
        guard left > 0 else {
            self.unavailableUntil.store(0, ordering: .relaxed)
            return nil
        }
        return .seconds(Int(left / 1_000_000_000) + 1)
    }

    package enum Unavailability: Sendable, Equatable {
        case permanent
        case seconds(Int)
    }

    package func markUnavailable(_ error: UnavailableError) {
        var until = Int64.max
        if let seconds = error.seconds {
            // What is not permanent comes back, however long that is; a time that is none is a minute, as in Tomcat.
            let wait = Int64(seconds <= 0 ? 60 : min(seconds, Int(Int32.max))) * 1_000_000_000
            until = MonotonicClock.now() + wait
        }
        self.unavailableUntil.store(until, ordering: .relaxed)
    }

    /// The servlet if it is loaded.
    package var loadedServlet: (any Servlet)? { self.loaded.load()?.servlet }

    /// The servlet, made and initialised by the first caller; others wait for it.
    ///
    /// - Throws: why there is none: it failed, or its application stops.
    package func load() async throws -> any Servlet {
        if let servlet = self.loadedServlet { return servlet }
        let task = try self.protected.withLock { protected in
            if protected.isDestroyed { throw self.unloading }
            if let task = protected.loading { return task }
            let task = Task { try await self.make() }
            protected.loading = task
            return task
        }
        do {
            let servlet = try await task.value
            return try self.protected.withLock { protected in
                // Whoever stops the wrapper waits for the task as well and destroys what came of it.
                if protected.isDestroyed { throw self.unloading }
                if protected.loading == task { protected.loading = nil }
                return self.loaded.storeIfNil(Loaded(servlet)).servlet
            }
        } catch {
            self.protected.withLock { protected in
                if protected.loading == task { protected.loading = nil }
            }
            if let unavailable = error as? UnavailableError { self.markUnavailable(unavailable) }
            throw error
        }
    }

    private var unloading: ServletError {
        ServletError("Cannot allocate servlet [\(self.name)] because it is being unloaded")
    }

    private func make() async throws -> any Servlet {
        guard let context = self.context else { throw ServletError("Servlet [\(self.name)] has no context") }
        guard !self.definition.className.isEmpty else {
            throw ServletError("No servlet class has been specified for servlet [\(self.name)]")
        }
        let start = MonotonicClock.now()
        let servlet: any Servlet
        do {
            servlet = try context.makeServlet(self.definition.className)
        } catch {
            throw ServletError("Error instantiating servlet class [\(self.definition.className)]", rootCause: error)
        }
        if let privileged = servlet as? any ContainerServlet { privileged.attach(to: self) }
        do {
            try await servlet.initialize(ServletConfiguration(self, context))
        } catch let error as any NamedException {
            throw error
        } catch {
            throw ServletError("Servlet.init() for servlet [\(self.name)] threw exception", rootCause: error)
        }
        let elapsed = (MonotonicClock.now() - start) / 1_000_000
        self.protected.withLock { $0.loadTime = elapsed }
        return servlet
    }

    package func stopInternal() async throws {
        try await self.enter(.stopping)
        let (isFirst, loading) = self.protected.withLock { protected in
            defer { protected.isDestroyed = true }
            return (!protected.isDestroyed, protected.loading)
        }
        guard isFirst else { return }
        guard let servlet = await self.finished(loading) ?? self.loadedServlet else { return }
        await self.drain()
        await servlet.destroy()
    }

    /// What comes of making the servlet, which is told to hurry.
    private func finished(_ loading: Task<any Servlet, any Error>?) async -> (any Servlet)? {
        guard let loading else { return nil }
        loading.cancel()
        switch await loading.result {
        case .success(let servlet): return servlet
        // Logged by the request that asked for it.
        case .failure: return nil
        }
    }

    /// Waits for requests in the servlet, at most the context's `unloadDelay`.
    private func drain() async {
        let step = 20
        var left = self.context?.configuration.unloadDelay ?? 2000
        while self.requests.underWay > 0, left > 0 {
            do { try await Task.sleep(for: .milliseconds(step)) } catch { return }
            left -= step
        }
    }
}

/// A servlet of the container itself, allowed in privileged applications: it sees the tree.
///
/// Source: `org.apache.catalina.ContainerServlet`.
package protocol ContainerServlet: Servlet {
    /// Called before ``Servlet/initialize(_:)``.
    func attach(to wrapper: StandardWrapper)
}

/// The declaration as the servlet sees it.
private struct ServletConfiguration: ServletConfig {
    let definition: ServletDefinition
    let servletContext: any ServletContext

    init(_ wrapper: StandardWrapper, _ context: StandardContext) {
        self.definition = wrapper.definition
        self.servletContext = context.servletContext
    }

    var servletName: String { self.definition.name }
    func initParameter(_ name: String) -> String? { self.definition.initParameters[name] }
    var initParameterNames: [String] { Array(self.definition.initParameters.keys) }
}
