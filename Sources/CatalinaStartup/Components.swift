package import CatalinaCore
import CatalinaHA
import CatalinaManager
import CatalinaSession
import Coyote
package import Modeler
import ServletAPI
import Tribes

/// The one list of components: what the class names of configuration files and descriptors stand for.
package enum Components {
    /// Components of `server.xml` and `context.xml`.
    package static let registry: ComponentRegistry = {
        var all = Components.containers
        all += Components.realms
        all += Components.sessions
        all += Components.resources
        all += Components.valves
        all += AuthenticatorSettings.descriptors
        all += Components.listeners
        all += Components.cluster
        return ComponentRegistry(all)
    }()

    private static let containers: [AnyComponentDescriptor] = [
        AnyComponentDescriptor(StandardServer.descriptor),
        AnyComponentDescriptor(StandardService.descriptor),
        AnyComponentDescriptor(StandardThreadExecutor.descriptor),
        AnyComponentDescriptor(Connector.descriptor),
        AnyComponentDescriptor(StandardEngine.descriptor),
        AnyComponentDescriptor(StandardHost.descriptor),
        AnyComponentDescriptor(StandardContext.descriptor),
    ]

    private static let realms: [AnyComponentDescriptor] = [
        AnyComponentDescriptor(UserDatabaseRealm.descriptor),
        AnyComponentDescriptor(MemoryRealm.descriptor),
        AnyComponentDescriptor(CombinedRealm.descriptor),
        AnyComponentDescriptor(LockOutRealm.descriptor),
        AnyComponentDescriptor(NullRealm.descriptor),
        AnyComponentDescriptor(MessageDigestCredentialHandler.descriptor),
        AnyComponentDescriptor(SecretKeyCredentialHandler.descriptor),
        AnyComponentDescriptor(NestedCredentialHandler.descriptor),
    ]

    private static let sessions: [AnyComponentDescriptor] = [
        AnyComponentDescriptor(StandardManager.descriptor),
        AnyComponentDescriptor(StandardSessionIDGenerator.descriptor),
        AnyComponentDescriptor(CookieProcessor.descriptor),
    ]

    private static let resources: [AnyComponentDescriptor] = [
        AnyComponentDescriptor(StandardRoot.descriptor),
        AnyComponentDescriptor(ResourceOverlay.descriptor),
        AnyComponentDescriptor(ResourceOverlay.fileDescriptor),
        AnyComponentDescriptor(ResourceOverlay.emptyDescriptor),
        AnyComponentDescriptor(ResourceOverlay.archiveDescriptor),
        AnyComponentDescriptor(NamingResources.descriptor),
        AnyComponentDescriptor(ContextResource.descriptor),
        AnyComponentDescriptor(ContextEnvironment.descriptor),
        AnyComponentDescriptor(ApplicationParameter.descriptor),
        AnyComponentDescriptor(WebappLoader.descriptor),
        AnyComponentDescriptor(SSLHostConfigElement.descriptor),
        AnyComponentDescriptor(SSLHostConfigCertificate.descriptor),
    ]

    private static let valves: [AnyComponentDescriptor] = [
        AnyComponentDescriptor(ErrorReportValve.descriptor),
        AnyComponentDescriptor(JsonErrorReportValve.descriptor),
        AnyComponentDescriptor(AccessLogValve.descriptor),
        AnyComponentDescriptor(JsonAccessLogValve.descriptor),
        AnyComponentDescriptor(ExtendedAccessLogValve.descriptor),
        AnyComponentDescriptor(RemoteIpValve.descriptor),
        AnyComponentDescriptor(RemoteAddrValve.descriptor),
        AnyComponentDescriptor(RemoteHostValve.descriptor),
        AnyComponentDescriptor(RemoteCIDRValve.descriptor),
        AnyComponentDescriptor(HealthCheckValve.descriptor),
        AnyComponentDescriptor(SemaphoreValve.descriptor),
        AnyComponentDescriptor(StuckThreadDetectionValve.descriptor),
        AnyComponentDescriptor(SingleSignOn.descriptor),
    ]

    private static let listeners: [AnyComponentDescriptor] = [
        AnyComponentDescriptor(VersionLoggerListener.descriptor),
        AnyComponentDescriptor(GlobalResourcesLifecycleListener.descriptor),
    ]

    private static let cluster: [AnyComponentDescriptor] =
        [
            AnyComponentDescriptor(SimpleTcpCluster.descriptor),
            AnyComponentDescriptor(DeltaManager.descriptor),
            AnyComponentDescriptor(BackupManager.descriptor),
            AnyComponentDescriptor(ReplicationValve.descriptor),
            AnyComponentDescriptor(JvmRouteBinderValve.descriptor),
            AnyComponentDescriptor(ClusterSessionListener.descriptor),
            AnyComponentDescriptor(ClusterSingleSignOn.descriptor),
            AnyComponentDescriptor(FarmWarDeployer.descriptor),
            AnyComponentDescriptor(ReplicatedContext.descriptor),
        ] + TribesComponents.all

    /// Servlets, filters and listeners that the container itself brings to applications.
    package static let containerClasses: ContainerClasses = {
        var classes = ContainerClasses()
        classes.servlets = [
            DefaultServlet.className: { DefaultServlet() },
            JspServlet.className: { JspServlet() },
            IndexServlet.className: { IndexServlet() },
            ManagerServlet.className: { ManagerServlet() },
            HTMLManagerServlet.className: { HTMLManagerServlet() },
            StatusManagerServlet.className: { StatusManagerServlet() },
            JMXProxyServlet.className: { JMXProxyServlet() },
            MetricsServlet.className: { MetricsServlet() },
            ClusterServlet.className: { ClusterServlet() },
        ]
        classes.filters = [
            HttpHeaderSecurityFilter.className: { HttpHeaderSecurityFilter() },
            CsrfPreventionFilter.className: { CsrfPreventionFilter() },
            SetCharacterEncodingFilter.className: { SetCharacterEncodingFilter() },
            FailedRequestFilter.className: { FailedRequestFilter() },
            RequestDumperFilter.className: { RequestDumperFilter() },
        ]
        return classes
    }()
}
