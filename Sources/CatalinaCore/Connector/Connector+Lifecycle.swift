import Coyote

extension Connector {
    package func initInternal() async throws {
        self.handler.adapter = CoyoteAdapter(self)
        Self.log.info("init", "Initializing ProtocolHandler [\"\(self.handler.name)\"]")
        if self.settings.http11.bindOnInit { try await self.bind() }
    }

    package func startInternal() async throws {
        try await self.enter(.starting)
        if self.settings.http11.port == -1, self.settings.http11.unixDomainSocketPath == nil { return }
        try await self.bind()
        Self.log.info("start", "Starting ProtocolHandler [\"\(self.handler.name)\"]")
        try await self.handler.start()
    }

    /// Accepts nothing more; requests under way go on.
    package func pause() async {
        Self.log.info("pause", "Pausing ProtocolHandler [\"\(self.handler.name)\"]")
        await self.handler.pause()
    }

    /// Accepts again after ``pause()``.
    package func resume() async throws {
        Self.log.info("resume", "Resuming ProtocolHandler [\"\(self.handler.name)\"]")
        try await self.handler.resume()
    }

    package func stopInternal() async throws {
        try await self.enter(.stopping)
        Self.log.info("stop", "Stopping ProtocolHandler [\"\(self.handler.name)\"]")
        await self.handler.stop()
    }

    package func destroyInternal() async throws {
        Self.log.info("destroy", "Destroying ProtocolHandler [\"\(self.handler.name)\"]")
        await self.handler.unbind()
        self.handler.adapter = nil
    }

    /// Connections that are open now.
    package var openConnections: Int { self.handler.connectionCount }

    private static let log = CategoryLogger("org.apache.coyote.AbstractProtocol")

    private func bind() async throws {
        if !self.handler.isBound { try await self.handler.bind() }
    }
}
