/// What a command means for a component in a given state: the pure half of ``Lifecycle``.
package enum LifecycleMachine {
    /// What an owner may ask of a component.
    package enum Command: Sendable, CaseIterable {
        case initialize
        case start
        case stop
        case destroy
    }

    /// What the component then does.
    package enum Action: Equatable, Sendable {
        /// Carry the command out.
        case run
        /// Carry out another command first, then this one.
        case first(Command)
        /// Nothing: it is done or under way.
        case ignore
        /// Become `STOPPED` without having run.
        case skipToStopped
        /// Refuse; the value is the event that Tomcat names.
        case invalid(LifecycleEvent.Kind)
    }

    /// Decides for one command in one state.
    package static func action(for command: Command, in state: LifecycleState) -> Action {
        switch command {
        case .initialize: state == .new ? .run : .invalid(.beforeInit)
        case .start: self.start(in: state)
        case .stop: self.stop(in: state)
        case .destroy: self.destroy(in: state)
        }
    }

    private static func start(in state: LifecycleState) -> Action {
        switch state {
        case .startingPrep, .starting, .started: .ignore
        case .new: .first(.initialize)
        case .failed: .first(.stop)
        case .initialized, .stopped: .run
        default: .invalid(.beforeStart)
        }
    }

    private static func stop(in state: LifecycleState) -> Action {
        switch state {
        case .stoppingPrep, .stopping, .stopped: .ignore
        case .new: .skipToStopped
        case .started, .failed, .starting: .run
        default: .invalid(.beforeStop)
        }
    }

    private static func destroy(in state: LifecycleState) -> Action {
        switch state {
        case .failed: .first(.stop)
        case .destroying, .destroyed: .ignore
        case .stopped, .new, .initialized: .run
        default: .invalid(.beforeDestroy)
        }
    }
}
