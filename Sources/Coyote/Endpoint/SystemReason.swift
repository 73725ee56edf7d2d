import Glibc
import NIOCore

/// What the operating system says about a failed call, without the name of the call.
enum SystemReason {
    static func text(of error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }
}
