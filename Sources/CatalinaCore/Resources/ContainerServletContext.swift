package import ServletAPI

/// An application's context as the container's own servlets see it.
package protocol ContainerServletContext: ServletContext {
    /// The files of the application; `nil` once it has stopped.
    var resources: WebResourceRoot? { get }
}
