// Bundles css and js and makes the icon sprite: static/build/{app.css,app.js,listing.js,live-console.js,icons.svg,img/}.
// Needs esbuild and lucide-static in node_modules. `node static/build.mjs`
import { build } from "esbuild";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "build");
const icons = dirname(createRequire(import.meta.url).resolve("lucide-static/icons/house.svg"));
mkdirSync(out, { recursive: true });

const symbol = (name) => {
  const svg = readFileSync(join(icons, `${name}.svg`), "utf8");
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s+/g, " ").trim()}</symbol>`;
};
const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").map((line) => line.trim()).filter(Boolean);
writeFileSync(
  join(out, "icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join("")}</svg>\n`,
);

cpSync(join(here, "img"), join(out, "img"), { recursive: true });
await build({
  // listing.js is of the suppliers' form alone, live-console.js of hosts: shoppers do not carry them.
  entryPoints: ["css/app.css", "css/trace.css", "js/app.js", "js/listing.js", "js/live-console.js"].map((name) => join(here, name)),
  bundle: true,
  minify: true,
  sourcemap: false,
  format: "esm",
  target: ["chrome105", "safari16", "firefox110"],
  loader: { ".svg": "dataurl" },
  outdir: out,
  entryNames: "[name]",
});
