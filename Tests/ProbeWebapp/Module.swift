import ServletAPI

/// Everything that the recorded requests are replayed against, by the class names of the descriptors.
///
/// `probe.Echo` is the application `/t` of the recorded set, the other `probe.` classes are for sessions and faults; the `wire.` classes stand behind the recorded
/// connections, one small behaviour each; the `dispatch.` classes show what dispatching makes of a request.
@c(servlet_module_entry)
public func servletModuleEntry() -> UnsafeMutableRawPointer {
    var servlets: [String: @Sendable () throws -> any Servlet] = [
        "probe.Echo": { EchoServlet() },
        "probe.SessionEvents": { SessionEventsServlet() },
        "probe.Failing": { FailingServlet() },
        "probe.SessionOperations": { SessionOperationsServlet() },
        "probe.Who": { WhoServlet() },
        "probe.Attributes": { ContextAttributesServlet() },
    ]
    servlets.merge(wireServlets) { first, _ in first }
    servlets.merge(wireAsyncServlets) { first, _ in first }
    servlets.merge(dispatchServlets) { first, _ in first }
    return ServletModule(
        name: "probe",
        servlets: servlets,
        filters: ["wire.FailedRequest": { FailedRequestFilter() }],
        listeners: [
            "probe.Facts": { FactsListener() },
            "probe.Sessions": { SessionListener() },
            "probe.FailingListener": { FailingListener() },
        ]
    ).retainedForHost()
}

private let wireServlets: [String: @Sendable () throws -> any Servlet] = [
    "wire.Tester": { TesterServlet(closes: false) },
    "wire.TesterClosing": { TesterServlet(closes: true) },
    "wire.Empty": { StatusServlet(status: 200) },
    "wire.NotFound": { StatusServlet(status: 404) },
    "wire.ResetContent": { StatusServlet(status: 205) },
    "wire.Falling": { SendErrorServlet(status: 999, message: "The sky is falling") },
    "wire.ReadBody": { ReadBodyServlet(swallowsErrors: false) },
    "wire.ReadBodySwallowing": { ReadBodyServlet(swallowsErrors: true) },
    "wire.ReadBodyClosing": { ReadBodyServlet(swallowsErrors: false, closes: true) },
    "wire.CountBody10": { CountBodyServlet(limit: 10) },
    "wire.CountBody20": { CountBodyServlet(limit: 20) },
    "wire.CountBody40": { CountBodyServlet(limit: 40) },
    "wire.CountLines": { CountLinesServlet() },
    "wire.EchoBody": { EchoBodyServlet() },
    "wire.Trailers": { TrailersServlet() },
    "wire.ServerName": { ServerNameServlet() },
    "wire.Flushing": { FlushingServlet() },
    "wire.FlushingClosing": { FlushingClosingServlet() },
    "wire.LargeHeader": { LargeHeaderServlet(flushes: false) },
    "wire.LargeHeaderFlushing": { LargeHeaderServlet(flushes: true) },
    "wire.EarlyHints": { EarlyHintsServlet() },
    "wire.HeaderASCII": { HeaderServlet(value: "This should be OK") },
    "wire.HeaderLatin1": { HeaderServlet(value: "\u{a0} should be OK") },
    "wire.HeaderValues": { HeaderValuesServlet() },
    "wire.HeaderLines": { HeaderLinesServlet() },
    "wire.EchoParams": { EchoParamsServlet() },
    "wire.ParameterLines": { ParameterLinesServlet(charset: nil) },
    "wire.ParameterLinesUTF8": { ParameterLinesServlet(charset: "UTF-8") },
    "wire.SortedParameters": { SortedParametersServlet() },
    "wire.QueryString": { QueryStringServlet() },
    "wire.Part": { PartServlet() },
    "wire.Reader": { ReaderServlet() },
    "wire.ContextPath": { ContextPathServlet() },
    "wire.LoginLogout": { LoginLogoutServlet() },
    "wire.Cookies": { CookiesServlet() },
    "wire.Logged": { LoggedServlet() },
    "wire.Head": { HeadServlet() },
    "wire.OwnHead": { OwnHeadServlet() },
]

private let wireAsyncServlets: [String: @Sendable () throws -> any Servlet] = [
    "wire.AsyncTester": { AsyncTesterServlet() },
    "wire.AsyncReadBody": { AsyncReadBodyServlet() },
    "wire.AsyncDispatch": { AsyncDispatchServlet() },
    "wire.AsyncIncomplete": { AsyncIncompleteServlet() },
    "wire.AsyncBadRequest": { AsyncBadRequestServlet() },
]

private let dispatchServlets: [String: @Sendable () throws -> any Servlet] = [
    "dispatch.Start": { DispatchServlet() },
    "dispatch.Target": { TargetServlet(text: "OK") },
    "dispatch.Default": { TargetServlet(text: "DEFAULT-404") },
    "dispatch.Seen": { SeenServlet() },
    "dispatch.RawPathInfo": { RawPathInfoServlet() },
    "dispatch.PathInfo": { PathInfoServlet() },
]
