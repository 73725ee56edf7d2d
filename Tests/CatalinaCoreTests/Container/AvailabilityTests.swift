import Modeler
import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

/// Servlets that say that they cannot serve.
@Suite struct AvailabilityTests {
    /// What the servlet says, and what clients are then told.
    private static let rows: [(seconds: Int?, status: Int, retry: Int?)] = [
        (nil, 404, nil), (30, 503, 30), (1_000_000, 503, 1_000_000), (0, 503, 60), (-5, 503, 60),
        (.max, 503, Int(Int32.max)), (.min, 503, 60),
    ]

    @Test("a servlet that is unavailable is not asked again before its time", arguments: rows)
    func unavailable(seconds: Int?, status: Int, retry: Int?) async throws {
        let calls = Atomic(0)
        let container = try await EmbeddedContainer { _, _ in
            calls.add(1, ordering: .relaxed)
            throw UnavailableError("gone fishing", seconds: seconds)
        }
        for _ in 0..<2 {
            let answer = await container.send("GET", "/")
            #expect(answer.status == status)
            if let retry {
                let told = try #require(answer["Retry-After"].flatMap { HTTPDate.parse($0) })
                #expect((retry - 60...retry + 1).contains(Int(told - WallClock.milliseconds() / 1000)))
            } else {
                #expect(answer["Retry-After"] == nil)
            }
        }
        #expect(calls.load(ordering: .relaxed) == 1)
    }

    @Test("a session's time-out that is beyond all measure is the longest there is", arguments: [Int.max, Int.min])
    func sessionTimeout(minutes: Int) async throws {
        let container = try await EmbeddedContainer { request, response in
            try await response.write("\(request.servletContext.sessionTimeout)")
        }
        let context = try #require(container.host.contexts.first)
        context.servletContext.sessionTimeout = minutes
        #expect(await container.send("GET", "/").text == "\(Int32(clamping: minutes))")
    }
}
