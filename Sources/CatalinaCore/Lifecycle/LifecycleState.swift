/// Where a component stands between being made and being thrown away.
///
/// ```
///            start()
///   ┌─────────────────────────────────┐
///   │ init()                          │
///  NEW ──► INITIALIZING ──► INITIALIZED ──► STARTING_PREP ──► STARTING ──► STARTED ──┐
///   │                            │                 ▲                                │ stop()
///   │ destroy()        destroy() │                 │ start()                        ▼
///   └────────► DESTROYING ◄──────┴──────────── STOPPED ◄── STOPPING ◄── STOPPING_PREP
///                  │                               destroy() leads from STOPPED to DESTROYING as well
///                  ▼
///             DESTROYED                any failure leads to FAILED, from where stop() and destroy() are allowed
/// ```
/// Source: `org.apache.catalina.LifecycleState`.
package enum LifecycleState: String, Sendable, CaseIterable, CustomStringConvertible {
    case new = "NEW"
    case initializing = "INITIALIZING"
    case initialized = "INITIALIZED"
    case startingPrep = "STARTING_PREP"
    case starting = "STARTING"
    case started = "STARTED"
    case stoppingPrep = "STOPPING_PREP"
    case stopping = "STOPPING"
    case stopped = "STOPPED"
    case destroying = "DESTROYING"
    case destroyed = "DESTROYED"
    case failed = "FAILED"

    /// Whether the component does its work: requests are served by available containers only.
    package var isAvailable: Bool {
        switch self {
        case .starting, .started, .stoppingPrep: true
        default: false
        }
    }

    /// The event fired on entering the state, if there is one.
    package var event: LifecycleEvent.Kind? {
        switch self {
        case .new, .failed: nil
        case .initializing: .beforeInit
        case .initialized: .afterInit
        case .startingPrep: .beforeStart
        case .starting: .start
        case .started: .afterStart
        case .stoppingPrep: .beforeStop
        case .stopping: .stop
        case .stopped: .afterStop
        case .destroying: .beforeDestroy
        case .destroyed: .afterDestroy
        }
    }

    package var description: String { self.rawValue }
}

/// Something that happened in a component's life.
///
/// Source: `org.apache.catalina.LifecycleEvent`.
package struct LifecycleEvent: Sendable {
    /// What happened.
    package enum Kind: String, Sendable {
        case beforeInit = "before_init"
        case afterInit = "after_init"
        case beforeStart = "before_start"
        case configureStart = "configure_start"
        case start = "start"
        case afterStart = "after_start"
        case periodic = "periodic"
        case beforeStop = "before_stop"
        case stop = "stop"
        case configureStop = "configure_stop"
        case afterStop = "after_stop"
        case beforeDestroy = "before_destroy"
        case afterDestroy = "after_destroy"
        /// A cluster could make nothing of a message, or could not bring one to every member.
        case receiveMessageFailure = "receive_message_failure"
        case sendMessageFailure = "send_message_failure"
    }

    /// The component it happened to.
    package let lifecycle: any Lifecycle
    /// What happened.
    package let kind: Kind
}

/// Is told of a component's life.
///
/// Called in the task that starts or stops the component, one event after another.
/// Source: `org.apache.catalina.LifecycleListener`.
package protocol LifecycleListener: AnyObject, Sendable {
    /// - Throws: anything; while starting that makes the component fail.
    func lifecycleEvent(_ event: LifecycleEvent) async throws
}
