package import Modeler

/// One step that a request passes inside a container.
///
/// May look at and change request and response before and after the rest of the pipeline, or answer by itself and
/// not call `next`. Must not keep either object, change what has been committed, nor call `next` twice.
///
/// A valve needs ``invoke(_:_:next:)`` only. The others say what can be told without suspending, since each call that may
/// suspend costs more than most valves do: ``passes(_:)`` and ``isTransparent(in:)`` leave a valve out,
/// ``leads(_:)`` and ``returned(_:_:_:)`` take the place of `invoke` where a basic valve sends the request on.
/// Source: `org.apache.catalina.Valve`.
package protocol Valve: AnyObject, ManagedBean {
    /// Handles a request; `next` is the rest of the pipeline.
    ///
    /// - Throws: whatever the rest throws; the host's error report turns it into an answer.
    /// Isolation: the request's task.
    func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws
    /// Whether a request is passed on as it is, where that can be told at once; ``invoke(_:_:next:)`` is then left out.
    func passes(_ request: Request) -> Bool
    /// Where requests like this one go on, for the last valve of a container that has nothing to do before; nil to be
    /// asked by ``invoke(_:_:next:)``.
    ///
    /// Looks at nothing but the path and what it was mapped to; asked of requests that are not refused and have
    /// nothing special (``Request/isOrdinary``).
    func leads(_ request: Request) -> Pipeline.Chain?
    /// Whether the valve has something to do when a request comes back from where ``leads(_:)`` sent it.
    var needsReturn: Bool { get }
    /// What it has to do then; `error` is what was thrown there.
    ///
    /// - Throws: what of it goes on to the valves before.
    func returned(_ request: Request, _ response: Response, _ error: (any Error)?) async throws
    /// As ``returned(_:_:_:)`` without an error, where that need not wait.
    ///
    /// - Returns: false if it has to.
    func returnedAtOnce(_ request: Request, _ response: Response) -> Bool
    /// Called when the valve is put into a container's pipeline, before it is started.
    func attach(to container: any Container)
    /// Work to be done every ``ContainerBase/backgroundProcessorDelay`` seconds.
    func backgroundProcess() async
    /// Whether requests that pass may use `startAsync`.
    var isAsyncSupported: Bool { get }
    /// Whether every request is passed on as it is, so that the pipeline of this container may leave the valve out.
    func isTransparent(in container: (any Container)?) -> Bool
}

extension Valve {
    package func passes(_ request: Request) -> Bool { false }
    package func leads(_ request: Request) -> Pipeline.Chain? { nil }
    package func returned(_ request: Request, _ response: Response, _ error: (any Error)?) async throws {
        if let error { throw error }
    }
    package func returnedAtOnce(_ request: Request, _ response: Response) -> Bool { false }
    package var needsReturn: Bool { false }
    package func attach(to container: any Container) {}
    package func backgroundProcess() async {}
    package var isAsyncSupported: Bool { true }
    package func isTransparent(in container: (any Container)?) -> Bool { false }
}
