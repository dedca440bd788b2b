// Bundles the scripts that the site carries, and writes down what is in them: the same packages give the same bytes.
//   npm ci --ignore-scripts --no-audit --no-fund --prefix vendor && node vendor/build.mjs [--check]
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../src/ivig_kg/site/static/vendor");
const check = process.argv.includes("--check");

async function bundle(name) {
  const made = await build({
    absWorkingDir: here,
    entryPoints: [`src/${name}.mjs`],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    metafile: true,
    write: false,
    define: { "import.meta.url": "''" },
  });
  const inside = Object.keys(made.metafile.inputs).filter((path) => path.startsWith("node_modules/"));
  return { text: made.outputFiles[0].text, packages: [...new Set(inside.map(named))].sort() };
}

function named(path) {
  const [, first, second] = path.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

function described(name) {
  const { version, license, homepage } = JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8"));
  return { name, version, licence: license, home: homepage };
}

const files = {};
const list = {};
for (const name of ["search", "picture", "editor"]) {
  const { text, packages } = await bundle(name);
  files[`${name}.js`] = text;
  list[`${name}.js`] = packages;
}
const worker = await bundle("worker");
const wasm = gzipSync(readFileSync(join(here, "node_modules/oxigraph/web_bg.wasm")), { level: 9 }).toString("base64");
files["oxigraph.js"] = `window.IVIG_WORKER=${JSON.stringify(worker.text)};\nwindow.IVIG_WASM="${wasm}";\n`;
list["oxigraph.js"] = worker.packages;

const licences = [...new Set(Object.values(list).flat())].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const { version, licence, home } = described(name);
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : `The package declares its licence and carries no text of it: ${home}`;
  return `${name} ${version} (${licence})\n\n${text}\n`;
});
files["LICENCES.txt"] = licences.join(`\n${"-".repeat(80)}\n\n`);
files["vendor.json"] = `${JSON.stringify(
  Object.entries(list).map(([file, packages]) => ({
    file,
    bytes: Buffer.byteLength(files[file]),
    sha256: createHash("sha256").update(files[file]).digest("hex"),
    packages: packages.map(described).map(({ home, ...said }) => said),
  })),
  null,
  1,
)}\n`;

// What a file says, whichever zlib packed it: another version of it packs the same engine to other bytes.
const MEASURED = /(?<="file": "oxigraph.js",\n) *"bytes": .*\n *"sha256": .*\n/;
const PACKED = /(?<=^window\.IVIG_WASM=")[^"]*/m;
const unpacked = (text) => text.replace(PACKED, (wasm) => gunzipSync(Buffer.from(wasm, "base64")).toString("base64"));
const same = (name, one, other) =>
  name === "vendor.json" ? one.replace(MEASURED, "") === other.replace(MEASURED, "") : unpacked(one) === unpacked(other);

mkdirSync(target, { recursive: true });
const stale = Object.entries(files).filter(([name, text]) => {
  try {
    return !same(name, readFileSync(join(target, name), "utf8"), text);
  } catch {
    return true;
  }
});
if (check && stale.length) {
  console.error(`not what the packages give: ${stale.map(([name]) => name).join(", ")}; run node vendor/build.mjs`);
  process.exit(1);
}
if (!check) for (const [name, text] of stale) writeFileSync(join(target, name), text);
