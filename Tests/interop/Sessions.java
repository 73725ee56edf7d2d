import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The Tomcat side of interop.sh: fills a session with every kind of value, and shows what it holds. */
public class Sessions extends HttpServlet {
    /** A class that only this application knows, with itself inside. */
    public static class Basket implements Serializable {
        private static final long serialVersionUID = 7L;
        private final String owner;
        private final int[] amounts = {3, 1, 4};
        private Basket self;

        Basket(String owner) {
            this.owner = owner;
            this.self = this;
        }

        @Override
        public String toString() {
            return "Basket of " + owner + " " + Arrays.toString(amounts) + (self == this);
        }
    }

    enum Size { SMALL, LARGE { @Override public String toString() { return "large"; } } }

    private static Map<String, Object> values() {
        Map<String, Object> v = new TreeMap<>();
        List<String> abc = Arrays.asList("a", "b", "c");
        Map<String, Object> ab = Map.of("a", 1, "b", "x");
        v.put("string", "Gr\u00fc\u00dfe \u20ac\ud834\udd1e");
        v.put("boolean", true);
        v.put("byte", (byte) -1);
        v.put("short", (short) -7);
        v.put("char", 'Z');
        v.put("int", 42);
        v.put("long", 7L);
        v.put("float", 1.5f);
        v.put("double", 3.25);
        v.put("date", new Date(1700000000000L));
        v.put("timestamp", new java.sql.Timestamp(1700000000123L));
        v.put("bytes", new byte[] {1, 2, -3});
        v.put("ints", new int[] {1, 2, 3});
        v.put("strings", new String[] {"p", "q"});
        v.put("integers", new Integer[] {4, 5});
        v.put("arraylist", new ArrayList<>(abc));
        v.put("linkedlist", new LinkedList<>(abc));
        v.put("aslist", abc);
        v.put("listof", List.copyOf(abc));
        v.put("vector", new Vector<>(abc));
        v.put("deque", new ArrayDeque<>(abc));
        v.put("hashset", new HashSet<>(abc));
        v.put("linkedset", new LinkedHashSet<>(abc));
        v.put("treeset", new TreeSet<>(abc));
        v.put("setof", Set.of("only"));
        v.put("hashmap", new HashMap<>(ab));
        v.put("linkedmap", new LinkedHashMap<>(new TreeMap<>(ab)));
        v.put("treemap", new TreeMap<>(ab));
        v.put("hashtable", new Hashtable<>(ab));
        v.put("concurrentmap", new ConcurrentHashMap<>(ab));
        Properties properties = new Properties();
        properties.setProperty("k", "w");
        v.put("properties", properties);
        v.put("bigint", new BigInteger("-12345678901234567890"));
        v.put("bigdec", new BigDecimal("1.50"));
        v.put("uuid", UUID.fromString("123e4567-e89b-12d3-a456-426614174000"));
        v.put("locale", Locale.forLanguageTag("de-CH"));
        v.put("unit", TimeUnit.SECONDS);
        v.put("enum", Size.LARGE);
        v.put("atomicint", new AtomicInteger(9));
        v.put("atomiclong", new AtomicLong(10));
        v.put("localdate", LocalDate.of(2024, 2, 29));
        v.put("instant", Instant.ofEpochSecond(1, 2));
        v.put("duration", Duration.ofMillis(1500));
        v.put("basket", new Basket("joe"));
        v.put("large", "x".repeat(70000));
        ArrayList<Object> nested = new ArrayList<>(Arrays.asList("a", null, 2L));
        LinkedHashMap<String, Object> shared = new LinkedHashMap<>();
        shared.put("one", nested);
        shared.put("same", nested);
        v.put("shared", shared);
        return v;
    }

    private static String shown(Object o) {
        if (o instanceof byte[]) return "byte[]" + Arrays.toString((byte[]) o);
        if (o instanceof int[]) return "int[]" + Arrays.toString((int[]) o);
        if (o instanceof Object[]) return o.getClass().getName() + Arrays.toString((Object[]) o);
        String text = String.valueOf(o);
        return o.getClass().getName() + " " + (text.length() > 100 ? text.length() + " characters" : text);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain;charset=UTF-8");
        PrintWriter out = response.getWriter();
        String op = String.valueOf(request.getParameter("op"));
        String name = request.getParameter("name");
        HttpSession session = request.getSession(Arrays.asList("fill", "set", "count").contains(op));
        if (session == null) {
            out.println("no session");
            return;
        }
        switch (op) {
            case "fill": values().forEach(session::setAttribute); break;
            case "count":
                Object known = session.getAttribute("count");
                long count = (known == null ? 0 : ((Number) known).longValue()) + 1;
                session.setAttribute("count", count);
                out.println("count " + count);
                return;
            case "set": session.setAttribute(name, request.getParameter("value")); break;
            case "remove": session.removeAttribute(name); break;
            case "idle": session.setMaxInactiveInterval(Integer.parseInt(request.getParameter("value"))); break;
            case "rotate": request.changeSessionId(); break;
            case "invalidate":
                session.invalidate();
                out.println("invalidated");
                return;
            default: break;
        }
        for (String key : new TreeSet<>(Collections.list(session.getAttributeNames()))) {
            out.println(key + ": " + shown(session.getAttribute(key)));
        }
        out.println("idle " + session.getMaxInactiveInterval());
    }
}
