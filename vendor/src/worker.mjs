// Oxigraph in a worker: it is given its own code and the graph, and then answers one question after the other.
import init, { Store } from "oxigraph/web.js";

const store = { held: null };

async function start({ wasm, graph }) {
  const packed = Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  await init({ module_or_path: await new Response(stream).arrayBuffer() });
  store.held = new Store();
  store.held.load(graph, { format: "application/n-quads" });
  return { size: store.held.size };
}

function ask({ query, format }) {
  const options = { use_default_graph_as_union: true, base_iri: "https://w3id.org/ivig-kg/id/" };
  return { answer: store.held.query(query, { ...options, results_format: format }) };
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ ...(data.query === undefined ? await start(data) : ask(data)), id: data.id });
  } catch (error) {
    self.postMessage({ id: data.id, error: String(error.message || error) });
  }
};
