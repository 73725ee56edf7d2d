import ServletAPI

/// The module's one exported symbol: the container calls it once, after loading the library.
///
/// Names are those of the Cordra deployment descriptor, so that a descriptor written for it works here.
@c(servlet_module_entry)
public func servletModuleEntry() -> UnsafeMutableRawPointer {
    RepositoryModule.make().retainedForHost()
}

enum RepositoryModule {
    static func make() -> ServletModule {
        let application = RepositoryApplication()
        return ServletModule(
            name: "repository",
            servlets: [
                "net.cnri.cordra.web.ObjectServlet": { ObjectServlet(application: application) },
                "net.cnri.cordra.web.SearchServlet": { SearchServlet(application: application) },
                "net.cnri.cordra.web.AclServlet": { AclServlet(application: application) },
                "net.cnri.cordra.web.AuthTokenServlet": { AuthTokenServlet(application: application) },
                "net.cnri.cordra.web.CheckCredentialsServlet": { CheckCredentialsServlet(application: application) },
                "net.cnri.cordra.web.UserPasswordServlet": { UserPasswordServlet(application: application) },
                "net.cnri.cordra.web.AdminPasswordServlet": { AdminPasswordServlet(application: application) },
                "net.cnri.cordra.web.SchemasServlet": { SchemasServlet(application: application) },
                "net.cnri.cordra.web.DesignServlet": { DesignServlet(application: application) },
                "net.cnri.cordra.web.InitDataServlet": { InitDataServlet(application: application) },
                "net.cnri.cordra.web.UploadObjectsServlet": { UploadObjectsServlet(application: application) },
                "net.cnri.cordra.web.BatchUploadServlet": { BatchUploadServlet(application: application) },
                "net.cnri.cordra.web.StartupStatusServlet": { StartupStatusServlet(application: application) },
            ],
            filters: [
                "net.cnri.cordra.web.CorsFilter": { CorsFilter() },
                "net.cnri.cordra.web.AccessTokenFilter": { AccessTokenFilter() },
                "net.cnri.cordra.web.RequestContextFilter": { RequestContextFilter() },
                "net.cnri.cordra.web.AuthorizationFilter": { AuthorizationFilter(application: application) },
            ],
            listeners: ["net.cnri.cordra.web.CordraStartupListener": { StartupListener(application: application) }]
        )
    }
}
