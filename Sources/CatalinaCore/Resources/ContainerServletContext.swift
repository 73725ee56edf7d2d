package import ServletAPI

/// An application's context as the container's own servlets see it.
package protocol ContainerServletContext: ServletContext {
    /// The files of the application.
    var resources: WebResourceRoot { get }
}
