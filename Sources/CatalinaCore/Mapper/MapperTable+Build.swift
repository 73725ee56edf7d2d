extension MapperTable {
    /// The table of an engine as it stands now: running hosts, and contexts that run or are being reloaded.
    package static func of(_ engine: StandardEngine) -> MapperTable {
        let engineLogs = engine.pipeline.valves.compactMap { $0 as? any AccessLog }
        var hosts: [(names: [String], host: Host)] = []
        for host in engine.hosts {
            let logs = host.pipeline.valves.compactMap { $0 as? any AccessLog } + engineLogs
            let entry = Host(
                host: host,
                chain: host.pipeline.chain,
                accessLogs: logs,
                contexts: self.contexts(of: host)
            )
            hosts.append(([host.name] + host.aliases, entry))
        }
        let defaultName = engine.defaultHost.lowercased()
        let defaultHost = hosts.first { $0.names.contains(defaultName) }?.host
        return MapperTable(hosts: hosts, defaultHost: defaultHost, engineChain: engine.pipeline.chain)
    }

    private static func contexts(of host: StandardHost) -> [Context] {
        var byPath: [String: [ContextVersion]] = [:]
        for context in host.contexts where context.state.isAvailable || context.isPaused {
            let version = self.version(of: context)
            context.mappedVersion = version
            byPath[context.path, default: []].append(version)
        }
        return byPath.map { Context(path: $0.key, versions: $0.value) }
    }

    private static func version(of context: StandardContext) -> ContextVersion {
        var wrappers: [Wrapper] = []
        let needingResources = context.configuration.resourceOnlyServletNames
        for wrapper in context.wrappers {
            let chain = wrapper.pipeline.chain
            let needsResource = needingResources.contains(wrapper.name)
            wrappers += wrapper.mappings.map {
                Wrapper(wrapper: wrapper, chain: chain, pattern: $0, needsResource: needsResource)
            }
        }
        let patterns = ServletPatterns(wrappers, welcomeFiles: context.model.welcomeFiles) { [weak context] path in
            context?.resources?.lookup(path).isFile ?? false
        }
        return ContextVersion(context: context, chain: context.pipeline.chain, patterns: patterns)
    }
}
