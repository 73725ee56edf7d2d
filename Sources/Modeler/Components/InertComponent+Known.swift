/// The Java classes that stock and older configuration files name and that have no descriptor here.
extension InertComponent {
    /// Every one of them.
    package static let known: [InertComponent] =
        Self.listeners + Self.laterListeners + Self.valves + Self.others + Self.cluster

    private static let listeners = [
        "org.apache.catalina.core.AprLifecycleListener",
        "org.apache.catalina.core.OpenSSLLifecycleListener",
        "org.apache.catalina.core.JreMemoryLeakPreventionListener",
        "org.apache.catalina.core.ThreadLocalLeakPreventionListener",
        "org.apache.catalina.core.JniLifecycleListener",
        "org.apache.catalina.core.ContextNamingInfoListener",
        "org.apache.catalina.core.JasperListener",
        "org.apache.catalina.mbeans.JmxRemoteLifecycleListener",
        "org.apache.catalina.mbeans.ServerLifecycleListener",
    ].map { InertComponent($0, .listener, .javaOnly) }

    private static let laterListeners = [
        "org.apache.catalina.core.PropertiesRoleMappingListener",
        "org.apache.catalina.security.SecurityListener",
        "org.apache.catalina.security.TLSCertificateReloadListener",
        "org.apache.catalina.startup.UserConfig",
        "org.apache.catalina.storeconfig.StoreConfigLifecycleListener",
        "org.apache.catalina.ha.backend.HeartbeatListener",
    ].map { InertComponent($0, .listener, .notYet) }

    private static let valves = [
        "valves.CrawlerSessionManagerValve", "valves.LoadBalancerDrainingValve", "valves.ParameterLimitValve",
        "valves.PersistentValve", "valves.ProxyErrorReportValve", "valves.SSLValve", "valves.rewrite.RewriteValve",
    ].map { InertComponent("org.apache.catalina." + $0, .valve, .notYet) }

    private static let others = [
        InertComponent("org.apache.catalina.realm.AuthenticatedUserRealm", .realm, .notYet),
        InertComponent("org.apache.catalina.session.PersistentManager", .manager, .notYet),
        InertComponent("org.apache.catalina.session.FileStore", .store, .notYet),
        InertComponent("org.apache.catalina.realm.JAASRealm", .realm, .javaOnly),
        InertComponent("org.apache.catalina.realm.DataSourceRealm", .realm, .notYet),
        InertComponent("org.apache.catalina.realm.JDBCRealm", .realm, .notYet),
        InertComponent("org.apache.catalina.realm.JNDIRealm", .realm, .notYet),
        InertComponent("org.apache.catalina.session.DataSourceStore", .store, .notYet),
        InertComponent("org.apache.catalina.session.JDBCStore", .store, .notYet),
        InertComponent("org.apache.catalina.valves.JDBCAccessLogValve", .valve, .javaOnly),
        InertComponent("org.apache.catalina.authenticator.SpnegoAuthenticator", .valve, .javaOnly),
        InertComponent("org.apache.tomcat.util.scan.StandardJarScanner", .jarScanner, .javaOnly),
        InertComponent("org.apache.tomcat.util.scan.StandardJarScanFilter", .jarScanner, .javaOnly),
        InertComponent("org.apache.coyote.http2.Http2Protocol", .upgradeProtocol, .notYet),
    ]
}

/// Classes of the cluster with every attribute they have, so that a misspelt one is reported all the same.
extension InertComponent {
    private static let cluster = [
        InertComponent(
            "org.apache.catalina.ha.session.JvmRouteSessionIDBinderListener",
            .clusterListener,
            .notYet,
            attributes: ["enabled", "sessionIdAttribute"]
        ),
        InertComponent(
            "org.apache.catalina.ha.authenticator.ClusterSingleSignOnListener",
            .clusterListener,
            .notYet,
            attributes: []
        ),
    ]
}
