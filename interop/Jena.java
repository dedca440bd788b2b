import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.query.ARQ;
import org.apache.jena.query.Dataset;
import org.apache.jena.query.DatasetFactory;
import org.apache.jena.query.Query;
import org.apache.jena.query.QueryExecution;
import org.apache.jena.query.QueryFactory;
import org.apache.jena.query.ResultSetFormatter;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.riot.system.ErrorHandler;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.validation.ReportEntry;
import org.apache.jena.sparql.core.DatasetGraph;
import org.apache.jena.sparql.core.DatasetGraphFactory;
import org.apache.jena.sparql.core.DynamicDatasets;
import org.apache.jena.sparql.graph.GraphFactory;
import org.apache.jena.system.Txn;
import org.apache.jena.tdb2.DatabaseMgr;
import org.apache.jena.tdb2.loader.DataLoader;
import org.apache.jena.tdb2.loader.LoaderFactory;

/** Does the jobs of a file, a line each, in one Java, and prints what came of each: name, "ok" or "failed", words. */
class Jena {
    private static final Map<String, Lang> LANGUAGES = Map.of(
        "ttl", Lang.TURTLE, "nt", Lang.NTRIPLES, "nq", Lang.NQUADS, "trig", Lang.TRIG, "jsonld", Lang.JSONLD10);
    private static final Map<String, DatasetGraph> OPEN = new HashMap<>();
    private static Shapes shapes;

    public static void main(String[] words) throws IOException {
        for (String line : Files.readAllLines(Path.of(words[0]))) {
            String[] job = line.split("\t");
            String came;
            try {
                came = "ok\t" + act(job);
            } catch (Exception | LinkageError error) {
                came = "failed\t" + String.valueOf(error).replaceAll("\\s+", " ");
            }
            System.out.println(job[0] + "\t" + came);
        }
    }

    private static String act(String[] job) throws IOException {
        switch (job[1]) {
            case "read": return read(job[2], job[3], job[4]);
            case "open": return open(job[2], job[3], job[4]);
            case "load": return load(job[2], job[3], job[4]);
            case "ask": return ask(job[2], job[3], job[4], job[5]);
            case "shapes": shapes = Shapes.parse(graph(job[2])); return "";
            case "validate": return validate(job[2], job[3]);
            default: throw new IllegalArgumentException(job[1]);
        }
    }

    /** Reads a file as `riot --validate` does, and gives it back as N-Quads; says what it warns of. */
    private static String read(String form, String from, String to) {
        Warnings warnings = new Warnings();
        DatasetGraph data = DatasetGraphFactory.create();
        RDFParser.source(from).forceLang(LANGUAGES.get(form)).checking(true).errorHandler(warnings).parse(data);
        write(data, to);
        return String.join("; ", warnings.said);
    }

    private static void write(DatasetGraph data, String to) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(to)))) {
            RDFDataMgr.write(out, data, Lang.NQUADS);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** Loads a file into memory or, where a folder is named, into a TDB2 database there. */
    private static String open(String name, String folder, String from) {
        DatasetGraph data;
        if (folder.equals("-")) {
            data = DatasetGraphFactory.createTxnMem();
            Txn.executeWrite(data, () -> RDFDataMgr.read(data, from));
        } else {
            data = DatabaseMgr.connectDatasetGraph(folder);
            DataLoader loader = LoaderFactory.sequentialLoader(data, (text, parts) -> { });
            loader.startBulk();
            loader.load(from);
            loader.finishBulk();
        }
        OPEN.put(name, data);
        return "";
    }

    /** Loads a file into a new TDB2 database, and gives what is in it as N-Quads. */
    private static String load(String folder, String from, String to) {
        open(folder, folder, from);
        DatasetGraph data = OPEN.get(folder);
        Txn.executeRead(data, () -> write(data, to));
        return "";
    }

    /** Asks a question over the default graph or, where several are named, over the union of named graphs. */
    private static String ask(String name, String graphs, String question, String to) throws IOException {
        DatasetGraph data = OPEN.get(name);
        Query query = QueryFactory.create(Files.readString(Path.of(question)));
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(to)))) {
            Txn.executeRead(data, () -> {
                try (QueryExecution asked = QueryExecution.create(query, DatasetFactory.wrap(chosen(data, graphs)))) {
                    ResultSetFormatter.outputAsJSON(out, asked.execSelect());
                }
            });
        }
        return "";
    }

    private static DatasetGraph chosen(DatasetGraph data, String graphs) {
        if (graphs.equals("default")) {
            return data;
        }
        List<Node> named = new ArrayList<>();
        for (String graph : graphs.split(" ")) {
            named.add(NodeFactory.createURI(graph));
        }
        return DynamicDatasets.dynamicDataset(named, List.of(), data, false);
    }

    private static Graph graph(String from) {
        Graph graph = GraphFactory.createDefaultGraph();
        RDFParser.source(from).parse(graph);
        return graph;
    }

    /** Validates a file against the shapes, and writes the results: focus node, component, shape. */
    private static String validate(String from, String to) throws IOException {
        List<String> lines = new ArrayList<>();
        for (ReportEntry entry : ShaclValidator.get().validate(shapes, graph(from)).getEntries()) {
            Node by = entry.sourceConstraintComponent();
            lines.add(entry.focusNode() + "\t" + local(by) + "\t" + entry.source());
        }
        Files.write(Path.of(to), lines, StandardCharsets.UTF_8);
        return String.valueOf(lines.size());
    }

    private static String local(Node node) {
        String iri = node.getURI();
        return iri.substring(Math.max(iri.lastIndexOf('#'), iri.lastIndexOf('/')) + 1);
    }

    /** Keeps what a parser warns of. */
    private static class Warnings implements ErrorHandler {
        final List<String> said = new ArrayList<>();

        @Override public void warning(String message, long line, long column) {
            said.add("line " + line + ": " + message);
        }

        @Override public void error(String message, long line, long column) {
            said.add("line " + line + ": " + message);
        }

        @Override public void fatal(String message, long line, long column) {
            throw new IllegalStateException("line " + line + ": " + message);
        }
    }
}
