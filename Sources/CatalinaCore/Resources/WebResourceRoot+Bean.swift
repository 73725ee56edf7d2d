package import Modeler

extension WebResourceRoot: ManagedBean {
    package static let beanInfo = BeanInfo<WebResourceRoot>(
        type: "WebResourceRoot",
        attributes: StandardRoot.descriptor.attributes.filter { !$0.info.isIgnored }.map { attribute in
            attribute.shown { (root: WebResourceRoot) in root.configuration }
                .set { root, text in try root.reconfigure { try attribute.write(&$0, text) } }
        } + [
            .text("stateName", "Always started: a stopped application has no resources") { _ in
                LifecycleState.started.description
            },
            .text("docBase", "The application's folder") { $0.docBase },
        ],
        operations: [
            ManagedOperation("clearCache", "Forgets what is known of files") { root, _ in root.clearCache() }
        ]
    )

    package var componentClassName: String { StandardRoot.descriptor.className }
}

/// What an application's resource cache has done.
///
/// Source: `org.apache.catalina.webresources.Cache`.
struct ResourceCacheBean: ManagedBean {
    let root: WebResourceRoot

    static let beanInfo = BeanInfo<ResourceCacheBean>(
        type: "WebResourceRoot",
        attributes: [
            .counter("lookupCount", "Look-ups") { $0.root.cacheStatistics.lookups },
            .counter("hitCount", "Of them, those answered from the cache") { $0.root.cacheStatistics.hits },
            .gauge("size", "KiB in use") { $0.root.cacheStatistics.size / 1024 },
            .gauge("entries", "Paths known") { $0.root.cacheStatistics.entries },
            .gauge("maxSize", "KiB that may be used") { $0.root.configuration.cacheMaxSize }
                .writable { (bean: ResourceCacheBean, size: Int64) in
                    try bean.root.reconfigure { $0.cacheMaxSize = size }
                },
            .value("objectMaxSize", "Largest file kept, in KiB") { $0.root.objectMaximum / 1024 }
                .writable { (bean: ResourceCacheBean, size: Int) in
                    try bean.root.reconfigure { $0.cacheObjectMaxSize = size }
                },
            .value("ttl", "Milliseconds a file is served without looking at it again") {
                $0.root.configuration.cacheTtl
            }.writable { (bean: ResourceCacheBean, time: Int64) in try bean.root.reconfigure { $0.cacheTtl = time } },
        ],
        operations: [
            ManagedOperation("clear", "Forgets what is known of files") { bean, _ in bean.root.clearCache() }
        ]
    )

    let componentClassName = "org.apache.catalina.webresources.Cache"
}
