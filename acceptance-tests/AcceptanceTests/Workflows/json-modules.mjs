// GitHub's language service is made for bundlers: it imports JSON without saying so, which Node refuses. This hook makes modules of it.
import { readFile } from "node:fs/promises";

export const load = async (url, context, next) =>
  url.endsWith(".json")
    ? { format: "module", shortCircuit: true, source: `export default ${await readFile(new URL(url), "utf8")}` }
    : next(url, context);
