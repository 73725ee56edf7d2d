package import Modeler

/// One step that a request passes inside a container.
///
/// May look at and change request and response before and after the rest of the pipeline, or answer by itself and
/// not call `next`. Must not keep either object, change what has been committed, nor call `next` twice.
/// Source: `org.apache.catalina.Valve`.
package protocol Valve: AnyObject, ManagedBean {
    /// Handles a request; `next` is the rest of the pipeline.
    ///
    /// - Throws: whatever the rest throws; the host's error report turns it into an answer.
    /// Isolation: the request's task.
    func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws
    /// Whether a request is passed on as it is, where that can be told at once; ``invoke(_:_:next:)`` is then left out.
    func passes(_ request: Request) -> Bool
    /// Where a request goes on, for the last valve of a container that has nothing to do when it comes back; nil to be
    /// asked by ``invoke(_:_:next:)``.
    func descends(_ request: Request) -> Pipeline.Chain?
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
    package func descends(_ request: Request) -> Pipeline.Chain? { nil }
    package func attach(to container: any Container) {}
    package func backgroundProcess() async {}
    package var isAsyncSupported: Bool { true }
    package func isTransparent(in container: (any Container)?) -> Bool { false }
}
