import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.text.SimpleDateFormat;
import java.time.*;
import java.util.*;
import java.util.logging.*;

/**
 * Records what Tomcat's logging does, as rows for the tests of Juli.
 *
 * java -cp /usr/share/java/tomcat10-juli.jar Record.java formatters|dates|templates
 * java -cp ... -Djava.util.logging.manager=org.apache.juli.ClassLoaderLogManager
 *      -Djava.util.logging.config.file=FILE -Dprobe=DIR Record.java categories FILE
 */
public class Record {
    static final long TIME = 1795232731006L;
    static final String[] ZONES = {"UTC", "Asia/Kolkata", "America/New_York"};
    static final String[] LOGGERS = {
        "org.example.A", "org.apache.catalina.core.ContainerBase.[Catalina].[localhost]",
        "org.apache.catalina.core.ContainerBase.[Catalina].[localhost].[/manager]",
        "org.apache.catalina.core.ContainerBase.[Catalina].[localhost].[/a.b]",
        "org.apache.catalina.core.ContainerBase.[Catalina].[other]", "quiet.sub", "both.sub", "nested.a.b", "a" };

    static String json(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < 0x20 || c > 0x7e) out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }

    static void row(Object... pairs) {
        StringBuilder out = new StringBuilder("{");
        for (int i = 0; i < pairs.length; i += 2) {
            Object value = pairs[i + 1];
            out.append(i > 0 ? ", " : "").append('"').append(pairs[i]).append("\": ");
            out.append(value instanceof String ? json((String) value) : String.valueOf(value));
        }
        System.out.println(out.append("}"));
    }

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "formatters" -> formatters();
            case "dates" -> dates();
            case "templates" -> templates();
            case "categories" -> categories(args[1]);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    static void formatters() throws Exception {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        String[] classes = {"org.apache.juli.OneLineFormatter", "org.apache.juli.JsonFormatter",
            "org.apache.juli.VerbatimFormatter", "org.apache.juli.JdkLoggerFormatter",
            "org.apache.juli.SystemdFormatter", "java.util.logging.SimpleFormatter"};
        String[] messages = {"Server startup in [231] milliseconds", "",
            "esc \u001b[31m nul \0 bell \u0007 del \u007f nel \u0085 e \u00e9 \u2603 q \" b \\ s /", "tab\there"};
        Level[] levels = {Level.SEVERE, Level.WARNING, Level.INFO, Level.CONFIG, Level.FINE, Level.FINER, Level.FINEST};
        boolean journal = System.getenv("JOURNAL_STREAM") != null && System.getenv("INVOCATION_ID") != null;
        for (String name : classes) {
            if (journal != name.endsWith("SystemdFormatter")) {
                if (journal) continue;
            }
            java.util.logging.Formatter formatter =
                (java.util.logging.Formatter) Class.forName(name).getDeclaredConstructor().newInstance();
            for (Level level : levels) {
                for (String message : messages) {
                    if (level != Level.INFO && message != messages[0]) continue;
                    LogRecord record = new LogRecord(level, message);
                    record.setLoggerName("org.apache.catalina.startup.Catalina");
                    record.setSourceClassName("org.apache.catalina.startup.Catalina");
                    record.setSourceMethodName("start");
                    record.setInstant(Instant.ofEpochMilli(TIME));
                    row("formatter", name, "journal", journal, "millis", TIME, "level", level.getName(),
                        "message", message, "output", formatter.format(record));
                }
            }
        }
    }

    static void dates() {
        String[] patterns = {"dd-MMM-yyyy HH:mm:ss.SSS", "yyyy-MM-dd'T'HH:mm:ss.SSSX",
            "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "yy/M/d h:m:s a", "EEE EEEE MMMM", "Z XXX XX", "'quoted' '' 'it''s'",
            "S SS SSS SSSS", "D k K u", "yyyyy y", "hh KK kk DDD", "x", "yyyy 'open", "G", "[yyyy]"};
        for (String pattern : patterns) {
            for (String zone : ZONES) {
                String output;
                try {
                    SimpleDateFormat format = new SimpleDateFormat(pattern, Locale.US);
                    format.setTimeZone(TimeZone.getTimeZone(zone));
                    output = format.format(new Date(TIME));
                } catch (IllegalArgumentException e) {
                    row("pattern", pattern, "zone", zone, "error", e.getMessage());
                    continue;
                }
                row("pattern", pattern, "zone", zone, "millis", TIME,
                    "offset", TimeZone.getTimeZone(zone).getOffset(TIME) / 1000, "output", output);
            }
        }
    }

    static void templates() {
        String[] templates = {"%1$tY-%1$tm-%1$td %1$tH:%1$tM:%1$tS.%1$tL %4$-7s [%3$s] (%2$s) %5$s %6$s%n",
            "%1$tb %1$td, %1$tY %1$tl:%1$tM:%1$tS %1$Tp %2$s%n%4$s: %5$s%6$s%n", "%1$tF %1$tT %1$tz %1$ts %1$tQ %1$tN",
            "%1$tB %1$tA %1$ta %1$te %1$tk %1$tI %1$ty %1$tD %1$tR %1$tr %1$tp %1$th %1$tC %1$tj", "%5$10s|%4$.3s|%%|%4$S",
            "%5$-10s|", "no argument", "%1$tB%n%1$TB", "%", "%5$q", "%1$t", "%1$tX", "%9$tY"};
        for (String template : templates) {
            ZonedDateTime time = Instant.ofEpochMilli(TIME).atZone(ZoneId.of("UTC"));
            try {
                row("template", template, "millis", TIME, "output",
                    String.format(Locale.US, template, time, "org.C m", "org.L", "INFO", "msg", ""));
            } catch (IllegalFormatException e) {
                row("template", template, "error", e.getClass().getSimpleName());
            }
        }
    }

    static void categories(String file) throws Exception {
        Level[] levels = {Level.SEVERE, Level.WARNING, Level.INFO, Level.FINE, Level.FINER};
        for (String logger : LOGGERS) for (Level level : levels) Logger.getLogger(logger).log(level, logger + "|" + level);
        Map<String, Set<String>> seen = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(System.getProperty("probe")))) {
            for (Path path : files) {
                String handler = path.getFileName().toString().replaceAll("\\..*", "");
                for (String line : Files.readAllLines(path)) seen.computeIfAbsent(line, k -> new TreeSet<>()).add(handler);
            }
        }
        String properties = Files.readString(Path.of(file));
        for (String logger : LOGGERS) for (Level level : levels) {
            StringBuilder handlers = new StringBuilder("[");
            for (String handler : seen.getOrDefault(logger + "|" + level, Set.of()))
                handlers.append(handlers.length() > 1 ? ", " : "").append(json(handler));
            row("properties", properties, "logger", logger, "level", level.getName(), "handlers", handlers.append("]"));
        }
    }
}
