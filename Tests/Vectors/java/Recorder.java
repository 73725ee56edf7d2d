import java.io.*;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.stream.Stream;

/** Prints object streams of the JDK, one JSON object a line: name, kind, the value's class, the stream in hexadecimal. */
public class Recorder {
    interface Body { void write(ObjectOutputStream out) throws Exception; }

    static class Point implements Serializable {
        private static final long serialVersionUID = 1;
        int x = 3; double weight = -0.5; char c = 'ß'; byte b = -1; short s = 300; float f = 1.5f; long l = Long.MIN_VALUE;
        boolean flag = true; String label = "Ljava/lang/String;"; int[] ints = {1, 2}; Point next;
    }
    static class Base implements Serializable {
        private static final long serialVersionUID = 2;
        int base = 1;
        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject(); out.writeInt(7); out.writeObject("in base"); out.writeUTF("after");
        }
    }
    static class Middle extends Base { private static final long serialVersionUID = 3; }
    static class Derived extends Middle {
        private static final long serialVersionUID = 4;
        String own = "own";
        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject(); for (int i = 0; i < 300; i++) out.writeLong(i);
        }
    }
    public static class Outside implements Externalizable {
        private static final long serialVersionUID = 5;
        public void writeExternal(ObjectOutput out) throws IOException {
            out.writeByte(1); out.writeObject(new Point()); out.writeBoolean(true);
        }
        public void readExternal(ObjectInput in) { }
    }
    static class OutsideToo extends Outside { private static final long serialVersionUID = 6; int ignored = 1; }
    static class Broken implements Serializable {
        private static final long serialVersionUID = 7;
        String before = "before"; Object bad = new Object();
    }
    static class Typed implements Serializable {
        private static final long serialVersionUID = 8;
        int[] ints; Object text = "[I";
    }
    record Pair(String left, Object right) implements Serializable { }
    enum Color { RED, GREEN { @Override public String toString() { return "green"; } } }
    interface Greeting extends Serializable { String greet(); }

    static void print(String name, String kind, Object value, Body body) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ObjectOutputStream out = new ObjectOutputStream(bytes);
        body.write(out);
        out.close();
        StringBuilder hex = new StringBuilder();
        for (byte b : bytes.toByteArray()) hex.append(String.format("%02x", b));
        System.out.println("{\"name\":\"" + name + "\",\"kind\":\"" + kind + "\",\"class\":\""
            + (value == null ? "" : value.getClass().getName()) + "\",\"hex\":\"" + hex + "\"}");
    }
    static void live(String name, Object value) throws Exception { print(name, "live", value, o -> o.writeObject(value)); }
    static void equal(String name, Object value) throws Exception { print(name, "equal", value, o -> o.writeObject(value)); }
    static void opaque(String name, Object value) throws Exception { print(name, "opaque", value, o -> o.writeObject(value)); }
    static void stream(String name, Body body) throws Exception { print(name, "stream", null, body); }

    static <C extends Collection<Object>> C fill(C collection, int count) {
        for (int i = 0; i < count; i++) collection.add("e" + i);
        return collection;
    }
    static <M extends Map<Object, Object>> M fill(M map, int count) {
        for (int i = 0; i < count; i++) map.put("k" + i, "v" + i);
        return map;
    }

    public static void main(String[] arguments) throws Exception {
        scalars(); collections(); times(); opaques(); streams();
    }

    static void scalars() throws Exception {
        live("null", null);
        for (String s : List.of("", "a", "a\0b", "Gr\u00fc\u00dfe \u20ac\ud834\udd1e", "\u007f\u0080\u07ff\u0800\uffff"))
            live("string-" + s.length(), s);
        opaque("string-lone-surrogate", "a\ud834b");
        opaque("string-reversed-surrogates", "\udd1e\ud834");
        live("boolean", true);
        live("byte", (byte) -128);
        live("short", (short) -2);
        live("character", '\ud834');
        live("integer", Integer.MIN_VALUE);
        live("long", Long.MAX_VALUE);
        live("float-nan", Float.NaN);
        live("float", -0.0f);
        live("double", Math.PI);
        live("booleans", new boolean[] {true, false});
        live("bytes", new byte[] {0, -1, 127});
        live("bytes-empty", new byte[0]);
        live("characters", new char[] {'a', '\ud834'});
        live("shorts", new short[] {-1, 2});
        live("ints", new int[] {-1, Integer.MAX_VALUE});
        live("longs", new long[] {-1, Long.MAX_VALUE});
        live("floats", new float[] {1.5f, Float.NEGATIVE_INFINITY});
        live("doubles", new double[] {1.5, Double.MIN_VALUE});
        live("strings", new String[] {"a", null, "b"});
        live("strings-empty", new String[0]);
        live("integers", new Integer[] {1000, null, 2000});
        live("objects", new Object[] {1000, "x", 5L, null, new Object[0]});
        live("matrix", new int[][] {{1}, {}, null});
        live("text-matrix", new String[][] {{"a"}, {"b", "c"}});
        for (String s : List.of("0", "1", "-1", "127", "128", "255", "256", "-256", "1267650600228229401496703205376",
            "-1267650600228229401496703205376")) live("biginteger-" + s, new BigInteger(s));
        for (String s : List.of("0", "1.50", "-1E+30", "123456789012345678901234567890.123"))
            live("bigdecimal-" + s, new BigDecimal(s));
        live("atomicinteger", new AtomicInteger(5));
        live("atomiclong", new AtomicLong(-5));
        live("atomicboolean", new AtomicBoolean(true));
        live("date", new Date(1795232829860L));
        live("date-negative", new Date(-1));
        java.sql.Timestamp stamp = new java.sql.Timestamp(1795232829860L);
        stamp.setNanos(123456789);
        live("timestamp", stamp);
        live("uuid", new UUID(0x0123456789abcdefL, -2));
        for (String s : List.of("und", "de", "de-DE", "zh-Hans-CN", "de-DE-u-co-phonebk"))
            live("locale-" + s, Locale.forLanguageTag(s));
        live("locale-variant", new Locale("es", "ES", "Traditional_WIN"));
        live("timeunit", TimeUnit.SECONDS);
        live("enum", Color.RED);
        live("enum-with-body", Color.GREEN);
    }

    static void collections() throws Exception {
        for (int n : new int[] {0, 1, 10, 11, 21, 100}) {
            live("arraylist-" + n, fill(new ArrayList<>(), n));
            live("linkedlist-" + n, fill(new LinkedList<>(), n));
            live("vector-" + n, fill(new Vector<>(), n));
            live("stack-" + n, fill(new Stack<>(), n));
            live("arraydeque-" + n, fill(new ArrayDeque<>(), n));
            live("cow-" + n, fill(new CopyOnWriteArrayList<>(), n));
            live("aslist-" + n, Arrays.asList(fill(new ArrayList<>(), n).toArray()));
            live("treeset-" + n, fill(new TreeSet<>(), n));
            live("linkedhashset-" + n, fill(new LinkedHashSet<>(), n));
            live("treemap-" + n, fill(new TreeMap<>(), n));
            live("linkedhashmap-" + n, fill(new LinkedHashMap<>(), n));
            live("properties-" + n, fill(new Properties(), n));
            equal("chm-" + n, fill(new ConcurrentHashMap<>(), n));
        }
        for (int n : new int[] {0, 1, 8, 9, 12, 13, 17, 18, 24, 25, 100}) {
            live("hashset-" + n, fill(new HashSet<>(), n));
            live("hashmap-" + n, fill(new HashMap<>(), n));
            live("hashtable-" + n, fill(new Hashtable<>(), n));
        }
        live("linkedhashmap-access", fill(new LinkedHashMap<>(16, 0.75f, true), 3));
        equal("hashmap-sized", fill(new HashMap<>(100), 3));
        equal("hashset-sized", fill(new HashSet<>(100), 3));
        equal("arraylist-sized", fill(new ArrayList<>(100), 3));
        equal("vector-sized", fill(new Vector<>(100), 3));
        live("strings-as-list", Arrays.asList("a", "b"));
        live("listof-0", List.of());
        live("listof-1", List.of("a"));
        live("listof-3", List.of("a", 1000, 2000L));
        live("listof-nulls", Stream.of("a", null, "b").toList());
        live("setof-0", Set.of());
        live("setof-1", Set.of("a"));
        live("setof-3", Set.of("a", "b", "c"));
        live("mapof-0", Map.of());
        live("mapof-1", Map.of("a", 1000));
        live("mapof-3", Map.of("a", "1", "b", "2", "c", "3"));
        live("emptylist", Collections.emptyList());
        live("emptyset", Collections.emptySet());
        live("emptymap", Collections.emptyMap());
        live("unmodifiablemap", Collections.unmodifiableMap(fill(new TreeMap<>(), 2)));
        live("unmodifiablemap-twice", Collections.unmodifiableMap(fill(new LinkedHashMap<>(), 1)));
        live("nested", new ArrayList<>(List.of(fill(new HashMap<>(), 1), List.of(1000), new int[] {1})));
    }

    static void times() throws Exception {
        LocalDate date = LocalDate.of(2024, 2, 29);
        live("duration", Duration.ofSeconds(-5, 7));
        live("instant", Instant.ofEpochSecond(1795232829L, 860_000_000));
        live("localdate", date);
        live("localdate-past", LocalDate.of(-1, 12, 31));
        for (String t : List.of("00:00", "23:00", "12:34", "12:34:56", "12:34:56.000000001", "12:00:01"))
            live("localtime-" + t, LocalTime.parse(t));
        live("localdatetime", date.atTime(12, 34, 56, 789));
        live("zoneddatetime", date.atTime(12, 34).atZone(ZoneId.of("Europe/Berlin")));
        live("zoneddatetime-offset", date.atTime(0, 0).atZone(ZoneOffset.ofHours(-18)));
        live("zone-region", ZoneId.of("America/New_York"));
        for (String z : List.of("Z", "+01:00", "-09:30", "+18:00", "+00:00:01", "-12:34:56"))
            live("zone-offset-" + z, ZoneOffset.of(z));
        live("offsettime", OffsetTime.of(12, 0, 0, 0, ZoneOffset.UTC));
        live("offsetdatetime", OffsetDateTime.of(date.atTime(1, 2, 3, 4), ZoneOffset.ofHours(2)));
        live("year", Year.of(2024));
        live("yearmonth", YearMonth.of(2024, 2));
        live("monthday", MonthDay.of(2, 29));
        live("period", Period.of(1, -2, 3));
        live("dayofweek", DayOfWeek.MONDAY);
    }

    static void opaques() throws Exception {
        Point point = new Point();
        opaque("point", point);
        Point cycle = new Point();
        cycle.next = cycle;
        opaque("cycle", cycle);
        Point first = new Point(), last = first;
        for (int i = 0; i < 800; i++) { last.next = new Point(); last = last.next; }
        opaque("chain-800", first);
        opaque("derived", new Derived());
        opaque("external", new Outside());
        opaque("external-derived", new OutsideToo());
        opaque("record", new Pair("l", new Pair("inner", null)));
        List<Object> self = new ArrayList<>();
        self.add(self);
        opaque("list-of-itself", self);
        List<Object> shared = new ArrayList<>(List.of("x"));
        opaque("list-sharing", new ArrayList<>(List.of(shared, "between", shared)));
        byte[] bytes = {1};
        opaque("bytes-sharing", new Object[] {bytes, bytes});
        live("text-sharing", new ArrayList<>(List.of("one")));
        opaque("treemap-comparator", fill(new TreeMap<>(Collections.reverseOrder()), 2));
        opaque("treeset-comparator", fill(new TreeSet<>(Collections.reverseOrder()), 2));
        opaque("hashmap-loadfactor", fill(new HashMap<>(16, 0.5f), 2));
        opaque("vector-increment", fill(new Vector<>(10, 3), 2));
        Properties properties = new Properties(fill(new Properties(), 1));
        properties.put("own", "1");
        opaque("properties-defaults", properties);
        opaque("class", String.class);
        opaque("class-primitive", int.class);
        opaque("class-array", int[][].class);
        opaque("class-not-serializable", Object.class);
        opaque("exception", new IllegalStateException("boom", new IOException("inner")));
        opaque("uri", java.net.URI.create("http://localhost/x"));
        opaque("bitset", BitSet.valueOf(new long[] {5, 6}));
        EnumMap<TimeUnit, String> enums = new EnumMap<>(TimeUnit.class);
        enums.put(TimeUnit.DAYS, "d");
        opaque("enummap", enums);
        opaque("enumset", EnumSet.of(TimeUnit.DAYS, TimeUnit.HOURS));
        opaque("unmodifiablelist", Collections.unmodifiableList(fill(new ArrayList<>(), 2)));
        opaque("synchronizedmap", Collections.synchronizedMap(fill(new HashMap<>(), 2)));
        opaque("singletonlist", Collections.singletonList("x"));
        opaque("calendar", new GregorianCalendar(TimeZone.getTimeZone("UTC"), Locale.ROOT));
        opaque("simpledateformat", new java.text.SimpleDateFormat("yyyy", Locale.ROOT));
        Greeting greeting = () -> "hi";
        opaque("lambda", greeting);
        opaque("skiplist", fill(new ConcurrentSkipListMap<>(), 3));
        opaque("priorityqueue", fill(new PriorityQueue<>(), 3));
        opaque("list-of-points", new ArrayList<>(List.of(point, "x", cycle)));
        opaque("text-is-signature", new Pair("Ljava/lang/String;", new Object[] {new Point(), "[I", new String("[I")}));
    }

    static void streams() throws Exception {
        stream("empty", o -> { });
        stream("primitives", o -> {
            o.writeBoolean(true); o.writeByte(-1); o.writeShort(-2); o.writeChar('x'); o.writeInt(-3); o.writeLong(-4);
            o.writeFloat(1.5f); o.writeDouble(2.5); o.writeUTF("a\0\u20ac"); o.writeBytes("raw"); o.writeChars("wide");
        });
        for (int n : new int[] {1, 255, 256, 1023, 1024, 1025, 2048, 5000})
            stream("block-" + n, o -> o.write(new byte[n]));
        stream("block-longs", o -> { o.writeByte(1); for (int i = 0; i < 600; i++) o.writeLong(i); });
        stream("blocks-and-objects", o -> { o.writeInt(1); o.writeObject("a"); o.writeInt(2); o.writeObject(3); o.writeInt(4); });
        stream("flushed", o -> { o.writeInt(1); o.flush(); o.writeInt(2); o.flush(); });
        stream("same-twice", o -> { Point p = new Point(); o.writeObject(p); o.writeObject("x"); o.writeObject(p); });
        stream("reset", o -> { Point p = new Point(); o.writeObject(p); o.reset(); o.writeObject(p); o.writeInt(5); });
        stream("reset-types", o -> {
            o.writeObject(new Pair("Ljava/lang/String;", null)); o.reset(); o.writeObject(new Typed());
        });
        stream("unshared", o -> { Point p = new Point(); o.writeUnshared(p); o.writeUnshared(p); });
        stream("boxes-shared", o -> { Integer i = 5; o.writeObject(i); o.writeObject(new Object[] {i, true}); o.writeObject(true); });
        stream("part-of-earlier", o -> {
            List<Object> inner = new ArrayList<>(List.of("i"));
            List<Object> outer = new ArrayList<>(List.of(inner));
            o.writeObject(outer); o.writeObject(inner); o.writeObject(new Object[] {outer, inner}); o.writeObject("i");
        });
        stream("class-description", o -> {
            o.writeObject(ObjectStreamClass.lookup(Point.class)); o.writeObject(new Point());
        });
        stream("text-then-field-type", o -> { o.writeObject("Ljava/lang/String;".intern()); o.writeObject(new Pair("a", "b")); });
        print("aborted", "aborted", null, o -> {
            o.writeInt(1);
            try { o.writeObject(new ArrayList<>(List.of("x", new Broken()))); } catch (NotSerializableException e) { }
            o.writeInt(2); o.writeObject("after");
        });
        print("proxy", "error-proxyClass", null, o -> o.writeObject(Proxy.newProxyInstance(Recorder.class.getClassLoader(),
            new Class<?>[] {Comparable.class}, (java.lang.reflect.InvocationHandler & Serializable) (p, m, a) -> 0)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ObjectOutputStream annotating = new ObjectOutputStream(bytes) {
            @Override protected void annotateClass(Class<?> type) throws IOException { writeObject("http://codebase/"); }
        };
        annotating.writeObject(new Pair("a", "b"));
        annotating.flush();
        StringBuilder hex = new StringBuilder();
        for (byte b : bytes.toByteArray()) hex.append(String.format("%02x", b));
        System.out.println("{\"name\":\"annotated\",\"kind\":\"error-annotatedClass\",\"class\":\"\",\"hex\":\"" + hex + "\"}");
    }
}
