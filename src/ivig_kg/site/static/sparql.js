// The page for SPARQL: Oxigraph in a worker over the graph that comes with the page. A worker of its own file is
// refused from file://, so it is made from a Blob; to stop a question is to end its worker.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const area = at("query");
  const questions = JSON.parse(at("questions").textContent);
  const { prefixes } = JSON.parse(at("prefixes").textContent);
  let worker = null;
  let waiting = new Map();
  let number = 0;

  const say = (text) => (at("state").textContent = text);

  function fresh() {
    const source = URL.createObjectURL(new Blob([window.IVIG_WORKER], { type: "text/javascript" }));
    worker = new Worker(source);
    waiting = new Map();
    worker.onmessage = ({ data }) => {
      const [done, failed] = waiting.get(data.id);
      waiting.delete(data.id);
      data.error === undefined ? done(data) : failed(new Error(data.error));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      for (const [, failed] of waiting.values()) failed(new Error(event.message || "the engine could not be started"));
      waiting.clear();
      ready = null; // the next question starts it anew
    };
    return send({ wasm: window.IVIG_WASM, graph: window.IVIG_GRAPH });
  }

  function send(message) {
    const id = ++number;
    return new Promise((done, failed) => {
      waiting.set(id, [done, failed]);
      worker.postMessage({ ...message, id });
    });
  }

  let ready = null;
  const start = () => (ready ??= fresh());

  function declared(text) {
    const missing = Object.entries(prefixes).filter(([name]) => !new RegExp(`PREFIX\\s+${name}:`, "i").test(text));
    return missing.map(([name, iri]) => `PREFIX ${name}: <${iri}>`).join(" ") + "\n" + text;
  }

  function kind(text) {
    const bare = text.replace(/<[^>]*>|#.*$|"[^"]*"|'[^']*'/gm, " ");
    return (/\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i.exec(bare) || ["", "SELECT"])[1].toUpperCase();
  }

  async function answer(text, form) {
    await start();
    const triples = ["CONSTRUCT", "DESCRIBE"].includes(kind(text));
    const format = triples ? "text/turtle" : { csv: "text/csv" }[form] || "application/sparql-results+json";
    const { answer: said } = await send({ query: declared(text), format });
    return { said: form === "csv" ? said.replaceAll("\r\n", "\n") : said, plain: triples || form !== "table", triples };
  }
  window.ivigAnswer = answer; // for tests, and for the console

  function short(term) {
    if (!term) return document.createTextNode("");
    if (term.type !== "uri") return document.createTextNode(term.value);
    const fitting = Object.entries(prefixes).filter(([, iri]) => term.value.startsWith(iri)).sort((a, b) => b[1].length - a[1].length)[0];
    const words = fitting ? `${fitting[0]}:${term.value.slice(fitting[1].length)}` : term.value;
    const page = window.IVIG_PATHS[term.value];
    if (!page) return document.createTextNode(words);
    const link = document.createElement("a");
    link.href = page;
    link.textContent = words;
    return link;
  }

  function table({ head, results, boolean }) {
    if (boolean !== undefined) return document.createTextNode(boolean ? "yes" : "no");
    const made = document.createElement("table");
    const caption = made.createCaption();
    const rows = results.bindings;
    caption.textContent = rows.length === 1 ? "1 row" : `${rows.length} rows`;
    const line = made.createTHead().insertRow();
    for (const name of head.vars) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = name;
      line.append(cell);
    }
    const body = made.createTBody();
    for (const row of rows.slice(0, 1000)) {
      const tr = body.insertRow();
      for (const name of head.vars) tr.insertCell().append(short(row[name]));
    }
    if (rows.length > 1000) caption.textContent += ", the first 1000 of them; CSV and JSON have all";
    return made;
  }

  async function run() {
    if (at("run").disabled) return;
    const text = area.value;
    const form = at("form").value;
    history.replaceState(null, "", `#query=${encodeURIComponent(text)}`);
    at("run").disabled = true;
    at("stop").disabled = false;
    say("asked …");
    const begun = performance.now();
    try {
      const { said, plain, triples } = await answer(text, form);
      const place = at("answer");
      if (plain) {
        const pre = document.createElement("pre");
        pre.textContent = form === "json" && !triples ? JSON.stringify(JSON.parse(said), null, 1) : said;
        pre.tabIndex = 0;
        place.replaceChildren(pre);
      } else {
        place.replaceChildren(table(JSON.parse(said)));
      }
      window.ivigAnswered = performance.now(); // milliseconds since the page began to load, for bench/site.py
      say(`answered in ${((performance.now() - begun) / 1000).toFixed(2)} s`);
    } catch (error) {
      at("answer").replaceChildren();
      say(error.message);
    }
    at("stop").disabled = true;
    at("run").disabled = false;
  }

  function stop() {
    worker.terminate();
    for (const [, failed] of waiting.values()) failed(new Error("stopped"));
    ready = fresh();
  }

  const write = window.ivigEditor(area, run);
  at("run").addEventListener("click", run);
  at("stop").addEventListener("click", stop);
  at("named").addEventListener("change", ({ target }) => {
    if (target.value) write(questions[target.value]);
  });
  window.addEventListener("hashchange", () => location.reload()); // a link to another question, in the same tab
  const asked = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
  const text = asked.get("query") ?? questions[asked.get("question")];
  start().then(() => say("ready"), (error) => say(error.message));
  if (text) {
    write(text);
    run();
  }
})();
