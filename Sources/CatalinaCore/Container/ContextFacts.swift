package import ServletAPI

/// What requests need to know of a running context: immutable, part of the mapper's table, so that no request takes a lock.
package final class ContextFacts: Sendable {
    package let path: String
    package let tracking: SessionTracking
    private let encodings: (request: String?, response: String?)
    package let filters: FilterTable
    package let requestListeners: [any ServletRequestListener]
    package let requestAttributeListeners: [any ServletRequestAttributeListener]
    package let errorPages: [ErrorPage]
    package let manager: (any Manager)?
    package let cookieProcessor: CookieProcessor
    package let accessLogs: [any AccessLog]
    /// Whether every request counts as use of its session.
    package let alwaysAccessesSession: Bool
    /// Whether credentials are checked where nobody asked for them.
    let preemptiveAuthentication: Bool

    init(_ context: StandardContext, _ model: ApplicationModel, _ instances: StandardContext.Instances) {
        let configuration = context.configuration
        self.tracking = SessionTracking(context, model.session)
        self.path = context.path
        self.alwaysAccessesSession = configuration.alwaysAccessSession
        self.preemptiveAuthentication = configuration.preemptiveAuthentication
        self.encodings = (
            request: model.requestCharacterEncoding ?? configuration.requestCharacterEncoding,
            response: model.responseCharacterEncoding ?? configuration.responseCharacterEncoding
        )
        self.filters = instances.filters
        self.requestListeners = instances.requestListeners
        self.requestAttributeListeners = instances.requestAttributeListeners
        self.errorPages = model.errorPages
        self.manager = context.manager
        self.cookieProcessor = context.cookieProcessor
        self.accessLogs = context.pipeline.valves.compactMap { $0 as? any AccessLog }
    }

    /// What request bodies are in that do not say it.
    package var requestCharacterEncoding: String? { self.encodings.request }
    /// What answers are in that do not say it.
    package var responseCharacterEncoding: String? { self.encodings.response }
}
