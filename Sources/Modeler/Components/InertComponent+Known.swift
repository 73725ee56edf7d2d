/// The Java classes that stock and older configuration files name and that have no counterpart here.
extension InertComponent {
    /// Every one of them; a descriptor with the same class name takes its place.
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
        "org.apache.catalina.mbeans.GlobalResourcesLifecycleListener",
        "org.apache.catalina.security.SecurityListener",
        "org.apache.catalina.security.TLSCertificateReloadListener",
        "org.apache.catalina.startup.VersionLoggerListener",
        "org.apache.catalina.startup.UserConfig",
        "org.apache.catalina.storeconfig.StoreConfigLifecycleListener",
        "org.apache.catalina.ha.backend.HeartbeatListener",
    ].map { InertComponent($0, .listener, .notYet) }

    private static let valves = [
        "valves.AccessLogValve", "valves.CrawlerSessionManagerValve", "valves.ExtendedAccessLogValve",
        "valves.HealthCheckValve", "valves.JsonAccessLogValve", "valves.JsonErrorReportValve",
        "valves.LoadBalancerDrainingValve", "valves.ParameterLimitValve", "valves.PersistentValve",
        "valves.ProxyErrorReportValve", "valves.RemoteAddrValve", "valves.RemoteCIDRValve", "valves.RemoteHostValve",
        "valves.RemoteIpValve", "valves.SSLValve", "valves.SemaphoreValve", "valves.StuckThreadDetectionValve",
        "valves.rewrite.RewriteValve", "authenticator.BasicAuthenticator", "authenticator.DigestAuthenticator",
        "authenticator.FormAuthenticator", "authenticator.NonLoginAuthenticator", "authenticator.SSLAuthenticator",
        "authenticator.SingleSignOn",
    ].map { InertComponent("org.apache.catalina." + $0, .valve, .notYet) }

    private static let others = [
        InertComponent("org.apache.catalina.realm.AuthenticatedUserRealm", .realm, .notYet),
        InertComponent("org.apache.catalina.session.PersistentManager", .manager, .notYet),
        InertComponent("org.apache.catalina.session.FileStore", .store, .notYet),
        InertComponent("org.apache.catalina.realm.JAASRealm", .realm, .javaOnly),
        InertComponent("org.apache.catalina.realm.DataSourceRealm", .realm, .notYet),
        InertComponent("org.apache.catalina.realm.JDBCRealm", .realm, .notYet),
        InertComponent("org.apache.catalina.realm.JNDIRealm", .realm, .notYet),
        InertComponent("org.apache.catalina.util.StandardSessionIdGenerator", .sessionIdGenerator, .notYet),
        InertComponent("org.apache.catalina.session.DataSourceStore", .store, .notYet),
        InertComponent("org.apache.catalina.session.JDBCStore", .store, .notYet),
        InertComponent("org.apache.catalina.valves.JDBCAccessLogValve", .valve, .javaOnly),
        InertComponent("org.apache.catalina.authenticator.SpnegoAuthenticator", .valve, .javaOnly),
        InertComponent("org.apache.catalina.webresources.ExtractingRoot", .resources, .javaOnly),
        InertComponent("org.apache.catalina.webresources.DirResourceSet", .resourceSet, .notYet),
        InertComponent("org.apache.catalina.webresources.FileResourceSet", .resourceSet, .notYet),
        InertComponent("org.apache.catalina.webresources.JarResourceSet", .resourceSet, .javaOnly),
        InertComponent("org.apache.catalina.webresources.JarWarResourceSet", .resourceSet, .javaOnly),
        InertComponent("org.apache.catalina.webresources.WarResourceSet", .resourceSet, .notYet),
        InertComponent("org.apache.catalina.webresources.EmptyResourceSet", .resourceSet, .notYet),
        InertComponent("org.apache.tomcat.util.http.LegacyCookieProcessor", .cookieProcessor, .javaOnly),
        InertComponent("org.apache.tomcat.util.scan.StandardJarScanner", .jarScanner, .javaOnly),
        InertComponent("org.apache.tomcat.util.scan.StandardJarScanFilter", .jarScanner, .javaOnly),
        InertComponent("org.apache.coyote.http2.Http2Protocol", .upgradeProtocol, .notYet),
    ]
}

/// The cluster's classes with every attribute they have, so that a misspelt one is reported all the same.
extension InertComponent {
    private static let cluster = Self.clusterParts + Self.channelParts + Self.interceptors

    private static let managerAttributes = [
        "name", "maxActiveSessions", "processExpiresFrequency", "notifyListenersOnReplication", "recordAllActions",
        "secureRandomClass", "secureRandomAlgorithm", "secureRandomProvider", "sessionAttributeNameFilter",
        "sessionAttributeValueClassNameFilter", "warnOnSessionAttributeFilterFailure", "persistAuthentication",
        "persistAuthenticationNotes", "sessionActivityCheck", "sessionLastAccessAtStart",
        "notifyBindingListenerOnUnchangedValue", "notifyAttributeListenerOnUnchangedValue",
    ]

    private static let clusterParts = [
        part(
            "ha.tcp.SimpleTcpCluster",
            .cluster,
            "channelSendOptions channelStartOptions clusterName heartbeatBackgroundEnabled "
                + "notifyLifecycleListenerOnFailure"
        ),
        part(
            "ha.session.DeltaManager",
            .manager,
            "expireSessionsOnShutdown notifySessionListenersOnReplication notifyContainerListenersOnReplication "
                + "stateTransferTimeout sendAllSessions sendAllSessionsSize sendAllSessionsWaitTime "
                + "stateTimestampDrop enableStatistics",
            with: Self.managerAttributes
        ),
        part(
            "ha.session.BackupManager",
            .manager,
            "mapSendOptions rpcTimeout accessTimeout terminateOnStartFailure",
            with: Self.managerAttributes
        ),
        part(
            "ha.tcp.ReplicationValve",
            .valve,
            "filter primaryIndicator primaryIndicatorName statistics asyncSupported"
        ),
        part("ha.session.JvmRouteBinderValve", .valve, "enabled sessionIdAttribute asyncSupported"),
        part("ha.session.ClusterSessionListener", .clusterListener, ""),
        part("ha.session.JvmRouteSessionIDBinderListener", .clusterListener, "enabled sessionIdAttribute"),
        part(
            "ha.authenticator.ClusterSingleSignOn",
            .valve,
            "cookieDomain cookieName cookiePath requireReauthentication mapSendOptions rpcTimeout accessTimeout "
                + "terminateOnStartFailure asyncSupported"
        ),
        part("ha.authenticator.ClusterSingleSignOnListener", .clusterListener, ""),
        part(
            "ha.deploy.FarmWarDeployer",
            .deployer,
            "deployDir tempDir watchDir watchEnabled processDeployFrequency maxValidTime"
        ),
        InertComponent("org.apache.catalina.ha.context.ReplicatedContext", .context, .notYet),
    ]

    private static let senderAttributes =
        "rxBufSize txBufSize udpRxBufSize udpTxBufSize directBuffer timeout keepAliveCount keepAliveTime "
        + "maxRetryAttempts throwOnFailedAck ooBInline soKeepAlive soLingerOn soLingerTime soReuseAddress "
        + "soTrafficClass tcpNoDelay poolSize maxWait"
    private static let receiverAttributes =
        "address host port autoBind securePort udpPort selectorTimeout tcpSelectorTimeout maxThreads minThreads "
        + "maxIdleTime daemon maxTasks minTasks direct rxBufSize txBufSize udpRxBufSize udpTxBufSize ooBInline "
        + "soKeepAlive soLingerOn soLingerTime soReuseAddress tcpNoDelay soTrafficClass timeout useBufferPool"

    private static let channelParts = [
        part(
            "tribes.group.GroupChannel",
            .channel,
            "heartbeat heartbeatSleeptime optionCheck jmxEnabled jmxDomain jmxPrefix name"
        ),
        part(
            "tribes.membership.McastService",
            .membership,
            "address domain port soTimeout frequency recoveryEnabled dropTime recoveryCounter bind "
                + "recoverySleepTime ttl localLoopbackDisabled mcastSoTimeout mcastTTL mcastBindAddress"
        ),
        part(
            "tribes.membership.StaticMembershipService",
            .membership,
            "expirationTime connectTimeout rpcTimeout useThread pingInterval"
        ),
        InertComponent("org.apache.catalina.tribes.membership.cloud.CloudMembershipService", .membership, .notYet),
        part(
            "tribes.membership.StaticMember",
            .member,
            "host port securePort udpPort uniqueId domain"
        ),
        part("tribes.transport.ReplicationTransmitter", .sender, ""),
        part("tribes.transport.nio.NioReceiver", .receiver, Self.receiverAttributes),
        part("tribes.transport.bio.BioReceiver", .receiver, Self.receiverAttributes),
        part("tribes.transport.nio.PooledParallelSender", .transport, Self.senderAttributes),
        part("tribes.transport.bio.PooledMultiSender", .transport, Self.senderAttributes),
    ]

    private static let dispatchAttributes =
        "maxQueueSize alwaysSend useDeepClone maxThreads maxSpareThreads keepAliveTime"

    private static let interceptors = [
        ("DomainFilterInterceptor", "domain logInterval"),
        (
            "EncryptInterceptor",
            "encryptionAlgorithm encryptionKey encryptionKeyString providerName replayWindowTime "
                + "replayWindowMessageCount"
        ),
        ("FragmentationInterceptor", "maxSize expire"),
        ("GzipInterceptor", "compressionMinSize statsEnabled interval"),
        ("MessageDispatchInterceptor", Self.dispatchAttributes),
        ("MessageDispatch15Interceptor", Self.dispatchAttributes),
        ("NonBlockingCoordinator", ""),
        ("SimpleCoordinator", ""),
        ("OrderInterceptor", "expire forwardExpired maxQueue"),
        ("StaticMembershipInterceptor", ""),
        (
            "TcpFailureDetector",
            "connectTimeout performSendTest performReadTest readTestTimeout removeSuspectsTimeout"
        ),
        ("TcpPingInterceptor", "interval useThread staticOnly"),
        ("ThroughputInterceptor", "interval"),
        ("TwoPhaseCommitInterceptor", "deepclone expire"),
    ].map { part("tribes.group.interceptors." + $0.0, .interceptor, $0.1, with: ["optionFlag"]) }

    private static func part(
        _ name: String,
        _ kind: ComponentKind,
        _ attributes: String,
        with inherited: [String] = []
    ) -> InertComponent {
        InertComponent(
            "org.apache.catalina." + name,
            kind,
            .notYet,
            attributes: attributes.split(separator: " ").map(String.init) + inherited
        )
    }
}
