import Testing

@testable import CatalinaCore

@Suite struct LifecycleMachineTests {
    typealias Action = LifecycleMachine.Action

    /// For each state what `initialize`, `start`, `stop` and `destroy` do.
    static let table: [(LifecycleState, [Action])] = [
        (.new, [.run, .first(.initialize), .skipToStopped, .run]),
        (
            .initializing,
            [.invalid(.beforeInit), .invalid(.beforeStart), .invalid(.beforeStop), .invalid(.beforeDestroy)]
        ),
        (.initialized, [.invalid(.beforeInit), .run, .invalid(.beforeStop), .run]),
        (.startingPrep, [.invalid(.beforeInit), .ignore, .invalid(.beforeStop), .invalid(.beforeDestroy)]),
        (.starting, [.invalid(.beforeInit), .ignore, .run, .invalid(.beforeDestroy)]),
        (.started, [.invalid(.beforeInit), .ignore, .run, .invalid(.beforeDestroy)]),
        (.stoppingPrep, [.invalid(.beforeInit), .invalid(.beforeStart), .ignore, .invalid(.beforeDestroy)]),
        (.stopping, [.invalid(.beforeInit), .invalid(.beforeStart), .ignore, .invalid(.beforeDestroy)]),
        (.stopped, [.invalid(.beforeInit), .run, .ignore, .run]),
        (.destroying, [.invalid(.beforeInit), .invalid(.beforeStart), .invalid(.beforeStop), .ignore]),
        (.destroyed, [.invalid(.beforeInit), .invalid(.beforeStart), .invalid(.beforeStop), .ignore]),
        (.failed, [.invalid(.beforeInit), .first(.stop), .run, .first(.stop)]),
    ]

    @Test("every command in every state", arguments: table)
    func actions(state: LifecycleState, actions: [Action]) {
        for (command, action) in zip(LifecycleMachine.Command.allCases, actions) {
            #expect(LifecycleMachine.action(for: command, in: state) == action, "\(command) in \(state)")
        }
    }

    @Test("the table names every state")
    func isComplete() {
        #expect(Self.table.map(\.0) == LifecycleState.allCases)
    }

    @Test(
        "a limit on tasks follows the number of cores",
        arguments: [(1, 4, 1), (3, 4, 3), (0, 4, 4), (-1, 4, 3), (-9, 4, 1)]
    )
    func limits(configured: Int, cores: Int, limit: Int) {
        #expect(BoundedTasks.effective(configured, cores: cores) == limit)
    }
}
