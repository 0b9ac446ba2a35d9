// Writes static/build/divisions.json: names of provinces, prefectures and counties by GB/T 2260 code.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { areaList } from "@vant/area-data";

const out = join(dirname(fileURLToPath(import.meta.url)), "build");
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "divisions.json"), JSON.stringify(areaList));
