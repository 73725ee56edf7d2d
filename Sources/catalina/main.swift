import CatalinaStartup
import Glibc

// Not on the main queue: a module that links Foundation makes that queue one of a run loop, which nobody runs here,
// and whatever waits on it would wait for ever.
let arguments = Array(CommandLine.arguments.dropFirst())
Catalina.blockSignals(for: arguments)
Task.detached { exit(await Catalina.run(arguments)) }
while true { pause() }
