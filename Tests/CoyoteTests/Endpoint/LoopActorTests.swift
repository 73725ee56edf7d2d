import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Coyote

/// Tasks of an event loop, and the places where they wait.
@Suite(.timeLimit(.minutes(1))) struct LoopActorTests {
    private static let eventLoop = MultiThreadedEventLoopGroup.singleton.any()

    /// What happened, in order, and whether it did on the event loop.
    private final class Events: Sendable {
        private let held = Mutex<[String]>([])
        var all: [String] { self.held.withLock { $0 } }

        func add(_ event: String) {
            let place = LoopActorTests.eventLoop.inEventLoop ? "" : " elsewhere"
            self.held.withLock { $0.append(event + place) }
        }
    }

    /// Runs a body on the event loop, outside of any task.
    private static func onLoop<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result
    {
        try await self.eventLoop.submit(body).get()
    }

    @Test("a task runs at once as far as it can, and goes on on its loop")
    func startsAtOnce() async throws {
        let events = Events()
        let promise = Self.eventLoop.makePromise(of: Int.self)
        let task = try await Self.onLoop {
            let actor = LoopActor(Self.eventLoop)
            let task = actor.start {
                events.add("begin")
                do { events.add("got \(try await actor.value(of: promise.futureResult))") } catch {
                    events.add("\(error)")
                }
            }
            events.add("started")
            return task
        }
        promise.succeed(7)
        await task.value
        #expect(events.all == ["begin", "started", "got 7"])
    }

    @Test("a future that fails throws in the task, and one that is complete does not make it wait for long")
    func futures() async throws {
        struct Failure: Error {}
        let events = Events()
        let task = try await Self.onLoop {
            let actor = LoopActor(Self.eventLoop)
            return actor.start {
                let failed: EventLoopFuture<Int> = Self.eventLoop.makeFailedFuture(Failure())
                do { _ = try await actor.value(of: failed) } catch { events.add("\(type(of: error))") }
                let complete = Self.eventLoop.makeSucceededFuture("there")
                do { events.add(try await actor.value(of: complete)) } catch { events.add("\(error)") }
            }
        }
        await task.value
        #expect(events.all == ["Failure", "there"])
    }

    @Test("one that waits goes on in a later turn, or here and now", arguments: [true, false])
    func goesOn(atOnce: Bool) async throws {
        let events = Events()
        let task = try await Self.onLoop {
            let actor = LoopActor(Self.eventLoop)
            let parking = Parking()
            let task = actor.start {
                events.add("waits")
                await parking.wait()
                events.add("goes on")
            }
            if atOnce { parking.goOnAtOnce(on: actor) } else { parking.goOn(on: actor) }
            events.add("told")
            return task
        }
        await task.value
        #expect(events.all == (atOnce ? ["waits", "goes on", "told"] : ["waits", "told", "goes on"]))
    }

    @Test("a signal that comes before the wait is not lost, and counts once")
    func signalledBefore() async throws {
        let events = Events()
        let task = try await Self.onLoop {
            let actor = LoopActor(Self.eventLoop)
            let parking = Parking()
            parking.goOn(on: actor)
            parking.goOn(on: actor)
            let task = actor.start {
                await parking.wait()
                events.add("first")
                await parking.wait()
                events.add("second")
            }
            events.add("told")
            parking.goOn(on: actor)
            return task
        }
        await task.value
        #expect(events.all == ["first", "told", "second"])
    }

    @Test("a task that was away on global threads comes back to its loop")
    func comesBack() async throws {
        let events = Events()
        let task = try await Self.onLoop {
            LoopActor(Self.eventLoop).start {
                await Self.elsewhere(events)
                events.add("back")
            }
        }
        await task.value
        #expect(events.all == ["away elsewhere", "back"])
    }

    @concurrent private static func elsewhere(_ events: Events) async { events.add("away") }

    @Test("tasks of one loop take turns where they wait")
    func takesTurns() async throws {
        let events = Events()
        let tasks = try await Self.onLoop {
            let actor = LoopActor(Self.eventLoop)
            let (first, second) = (Parking(), Parking())
            let one = actor.start {
                events.add("one")
                await first.wait()
                events.add("one again")
                second.goOn(on: actor)
            }
            let two = actor.start {
                events.add("two")
                first.goOn(on: actor)
                await second.wait()
                events.add("two again")
            }
            return [one, two]
        }
        for task in tasks { await task.value }
        #expect(events.all == ["one", "two", "one again", "two again"])
    }
}
