// Reads a diagram from stdin and lets Mermaid's own parser judge it. Needs `npm install mermaid jsdom` in the working folder.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const find = createRequire(process.cwd() + "/here.js");
const { JSDOM } = find("jsdom");
const page = new JSDOM("<!DOCTYPE html><body></body>");
globalThis.window = page.window;
globalThis.document = page.window.document;
const { default: mermaid } = await import(pathToFileURL(find.resolve("mermaid")));
try {
  console.log((await mermaid.parse(readFileSync(0, "utf8"))).diagramType);
} catch (refused) {
  console.log(String(refused));
  process.exit(1);
}
