import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import org.apache.lucene.analysis.*;
import org.apache.lucene.analysis.core.*;
import org.apache.lucene.analysis.standard.*;
import org.apache.lucene.analysis.tokenattributes.*;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.document.*;
import org.apache.lucene.index.*;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.*;
import org.apache.lucene.store.*;
public class Oracle {
  static String q(String s) { StringBuilder b = new StringBuilder("\"");
    for (char c : s.toCharArray()) { if (c == '"' || c == '\\') b.append('\\').append(c);
      else if (c < 0x20 || c > 0x7e) b.append(String.format("\\u%04x", (int) c)); else b.append(c); }
    return b.append('"').toString(); }
  static String[][] docs = {
    {"1", "The quick brown fox jumps", "red", "apple pie"}, {"2", "quick fox", "Red", "banana"},
    {"3", "brown quick", "blue", "cherry-pie foo-bar"}, {"4", "lazy dog", "green", "foo bar"},
    {"5", "O'Neill roam foam 3.14", "red", "date"}, {"6", "quick brown fox quick brown", "blue", "fig bar foo"}};
  public static void main(String[] a) throws Exception {
    Analyzer keyword = new Analyzer() { protected TokenStreamComponents createComponents(String f) {
      Tokenizer t = new KeywordTokenizer(); return new TokenStreamComponents(t, new org.apache.lucene.analysis.LowerCaseFilter(t)); }
      protected TokenStream normalize(String f, TokenStream in) { return new org.apache.lucene.analysis.LowerCaseFilter(in); } };
    Analyzer analyzer = new PerFieldAnalyzerWrapper(new StandardAnalyzer(), Map.of("type", keyword));
    Directory dir = new ByteBuffersDirectory();
    try (IndexWriter w = new IndexWriter(dir, new IndexWriterConfig(analyzer))) {
      for (String[] d : docs) { Document doc = new Document(); doc.add(new StringField("key", d[0], Field.Store.YES));
        doc.add(new TextField("/t", d[1], Field.Store.NO)); doc.add(new TextField("type", d[2], Field.Store.NO));
        doc.add(new TextField("internal.all", d[3], Field.Store.NO)); w.addDocument(doc); } }
    IndexSearcher searcher = new IndexSearcher(DirectoryReader.open(dir));
    for (String line : Files.readAllLines(Path.of(a[0]), StandardCharsets.UTF_8)) {
      String query = line.replaceAll("(?<!\\\\)/", "\\\\/");
      String out;
      try { QueryParser p = new QueryParser("internal.all", analyzer); p.setSplitOnWhitespace(true);
        Query parsed = p.parse(query); StringBuilder ids = new StringBuilder();
        TopDocs top = searcher.search(parsed, 100); List<String> keys = new ArrayList<>();
        for (ScoreDoc s : top.scoreDocs) keys.add(searcher.doc(s.doc).get("key"));
        Collections.sort(keys); for (String k : keys) { if (ids.length() > 0) ids.append(','); ids.append(k); }
        out = "\"matches\":[" + ids + "]";
      } catch (org.apache.lucene.queryparser.classic.ParseException e) { out = "\"error\":true"; }
      System.out.println("{\"query\":" + q(line) + "," + out + "}");
    }
    if (a.length > 1) { try (var o = new java.io.PrintStream(a[2], "UTF-8")) {
      for (String line : Files.readAllLines(Path.of(a[1]), StandardCharsets.UTF_8)) {
        List<String> ts = new ArrayList<>();
        try (TokenStream s = new StandardAnalyzer().tokenStream("x", line)) { CharTermAttribute t = s.addAttribute(CharTermAttribute.class);
          s.reset(); while (s.incrementToken()) ts.add(q(t.toString())); s.end(); }
        o.println("{\"text\":" + q(line) + ",\"tokens\":[" + String.join(",", ts) + "]}"); } } }
  }
}
