// The search of the start page, and the pictures. Classic scripts alone: from file:// modules and fetch do not work.
"use strict";
(() => {
  const root = document.currentScript.dataset.root;
  const loaded = {};

  window.ivigLoad = (path) =>
    (loaded[path] ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = root + path;
      script.onload = done;
      script.onerror = () => failed(new Error(`${path} is not there`));
      document.head.append(script);
    }));

  const box = document.getElementById("search");
  if (box) {
    const list = document.getElementById("found");
    const count = document.getElementById("count");
    let index = null;

    const begin = () =>
      Promise.all([window.ivigLoad("vendor/search.js"), window.ivigLoad("data/search.js")]).then(() => {
        if (index) return;
        index = new window.MiniSearch({
          idField: "path",
          fields: ["label", "names"],
          storeFields: ["label", "kind"],
          searchOptions: { prefix: true, fuzzy: 0.25, combineWith: "AND", boost: { label: 3 } },
        });
        index.addAll(window.IVIG_SEARCH.map(([label, kind, path, names]) => ({ label, kind, path, names })));
      });

    const show = () => {
      const text = box.value.trim();
      const found = text && index ? index.search(text).slice(0, 50) : [];
      list.replaceChildren(
        ...found.map(({ id, label, kind }) => {
          const item = document.createElement("li");
          const link = document.createElement("a");
          link.href = root + id;
          link.textContent = label;
          const what = document.createElement("span");
          what.className = "small";
          what.textContent = ` ${kind}`;
          item.append(link, what);
          return item;
        }),
      );
      count.textContent = text && index ? `${found.length === 50 ? "the first 50" : found.length} found` : "";
    };

    const look = () => begin().then(show, (error) => (count.textContent = error.message));
    box.addEventListener("focus", look, { once: true });
    box.addEventListener("input", look);
    const asked = new URLSearchParams(location.hash.slice(1)).get("search");
    if (asked) {
      box.value = asked;
      look();
    }
  }

  for (const place of document.querySelectorAll("details.picture")) {
    place.addEventListener("toggle", () => place.open && draw(place));
  }

  function draw(place) {
    if (place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    const { nodes, edges } = JSON.parse(place.querySelector("script[type='application/json']").textContent);
    const failed = (error) => (place.querySelector(".said").textContent = error.message);
    window.ivigLoad("vendor/picture.js").then(() => {
      const ink = getComputedStyle(document.body);
      const at = place.querySelector(".canvas");
      const picture = window.cytoscape({
        container: at,
        elements: [...nodes, ...edges].map((data) => ({ data })),
        layout: { name: "concentric", concentric: (n) => (n.data("centre") ? 2 : 1), levelWidth: () => 1, animate: false, minNodeSpacing: 90, padding: 40 },
        userZoomingEnabled: false,
        style: [
          { selector: "node", style: { label: "data(label)", "font-size": 13, color: ink.color, "text-wrap": "wrap", "text-max-width": 130, "background-color": "#5b7fa6", width: 16, height: 16, "text-valign": "bottom", "text-margin-y": 4 } },
          { selector: "node[?centre]", style: { "background-color": "#b5651d", width: 26, height: 26, "font-weight": "bold" } },
          { selector: "node.here", style: { "border-width": 4, "border-color": ink.color } },
          { selector: "edge", style: { label: "data(label)", "font-size": 10, color: ink.color, width: 1.5, "line-color": "#8a96a3", "target-arrow-color": "#8a96a3", "target-arrow-shape": "triangle", "curve-style": "bezier", "text-background-color": ink.backgroundColor, "text-background-opacity": 0.85 } },
        ],
      });
      const open = (node) => node.data("path") && (location.href = root + node.data("path"));
      picture.on("tap", "node", (event) => open(event.target));
      const order = picture.nodes().toArray();
      let here = -1;
      at.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (event.key === "Enter" && here >= 0) open(order[here]);
        if (!step) return;
        event.preventDefault();
        picture.nodes().removeClass("here");
        here = (here + step + order.length) % order.length;
        order[here].addClass("here");
        place.querySelector(".said").textContent = order[here].data("label");
      });
    }).catch(failed);
  }
})();
