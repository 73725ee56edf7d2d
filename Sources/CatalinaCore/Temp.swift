package import ServletAPI
extension Request { package func parts() async throws -> [any Part] { throw ServletError("x") } }
