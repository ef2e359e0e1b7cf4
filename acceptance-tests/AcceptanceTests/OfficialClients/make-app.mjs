// Makes an app of every field type through the official client, fills it, changes and deletes some records, and prints what
// it then reads. The request comes on stdin: {"baseUrl", "username", "password"}.
import { readFileSync } from "node:fs";
import { KintoneRestAPIClient } from "@kintone/rest-api-client";

const { baseUrl, username, password } = JSON.parse(readFileSync(0, "utf8"));
const client = new KintoneRestAPIClient({ baseUrl, auth: { username, password } });

const choices = (...labels) => Object.fromEntries(labels.map((label, index) => [label, { label, index: String(index) }]));
const field = (type, code, more = {}) => [code, { type, code, label: code, ...more }];

const deploy = async (app, revision) => {
  await client.app.deployApp({ apps: [{ app, revision }] });
  for (let asked = 0; asked < 100; asked++) {
    const { apps } = await client.app.getDeployStatus({ apps: [app] });
    if (apps[0].status === "SUCCESS") return;
    if (apps[0].status !== "PROCESSING") throw new Error(`The deployment ended with ${apps[0].status}.`);
  }
  throw new Error("The deployment did not end.");
};

const { app } = await client.app.addApp({ name: "Made by the official client" });
await client.app.addFormFields({
  app,
  properties: Object.fromEntries([
    field("SINGLE_LINE_TEXT", "key", { unique: true, required: true, maxLength: "64" }),
    field("MULTI_LINE_TEXT", "lines"),
    field("RICH_TEXT", "rich"),
    field("NUMBER", "price", { minValue: "0" }),
    field("NUMBER", "count"),
    field("CALC", "total", { expression: "price * count", format: "NUMBER" }),
    field("DROP_DOWN", "rank", { options: choices("A", "B") }),
    field("RADIO_BUTTON", "radio", { options: choices("yes", "no"), defaultValue: "no" }),
    field("CHECK_BOX", "ticks", { options: choices("one", "two", "three") }),
    field("MULTI_SELECT", "many", { options: choices("x", "y") }),
    field("DATE", "day"),
    field("TIME", "clock"),
    field("DATETIME", "moment"),
    field("LINK", "link", { protocol: "WEB" }),
    field("USER_SELECT", "people"),
    field("FILE", "files"),
    field("SUBTABLE", "table", { fields: Object.fromEntries([field("SINGLE_LINE_TEXT", "item"), field("NUMBER", "pieces"), field("FILE", "photos")]) }),
  ]),
});
await client.app.updateAppSettings({ app, description: "Made, filled and read by a test" });
await client.app.updateViews({ app, views: { Everything: { type: "LIST", index: 0, fields: ["key", "price"] } } });
const { revision } = await client.app.updateProcessManagement({
  app,
  enable: true,
  states: Object.fromEntries(["Open", "Done"].map((name, index) => [name, { name, index: String(index), assignee: { type: "ONE", entities: [] } }])),
  actions: [{ name: "Finish", from: "Open", to: "Done", filterCond: "" }],
});
await deploy(app, revision);

const upload = async (name, text) => ({ fileKey: (await client.file.uploadFile({ file: { name, data: text } })).fileKey });
const records = [];
for (let n = 1; n <= 230; n++)
  records.push({
    key: { value: `key ${n}` },
    lines: { value: `first ${n}\nsecond "quoted", 日本語` },
    rich: { value: `<b>${n}</b>` },
    price: { value: String(n) },
    count: { value: n % 3 ? "2.5" : "" },
    rank: { value: n % 2 ? "A" : "B" },
    ticks: { value: n % 5 ? ["one", "three"] : [] },
    many: { value: n % 7 ? ["y"] : ["x", "y"] },
    day: { value: `2024-02-${String((n % 28) + 1).padStart(2, "0")}` },
    clock: { value: n % 2 ? "09:30" : "" },
    moment: { value: "2024-05-01T01:02:00Z" },
    link: { value: "https://example.org/" },
    people: { value: [{ code: username }] },
    files: { value: n <= 3 ? [await upload(`${n}.txt`, `file ${n}`)] : [] },
    table: { value: n % 4 ? [{ value: { item: { value: `row ${n}` }, pieces: { value: "3" } } }] : [] },
  });
await client.record.addAllRecords({ app, records });
await client.record.updateAllRecords({ app, records: Array.from({ length: 110 }, (_, n) => ({ id: n + 1, record: { lines: { value: `changed ${n}` } } })) });
const { records: upserted } = await client.record.updateRecords({
  app,
  upsert: true,
  records: ["key 5", "key new"].map((value) => ({ updateKey: { field: "key", value }, record: { price: { value: "77" } } })),
});
await client.record.deleteAllRecords({ app, records: Array.from({ length: 105 }, (_, n) => ({ id: n + 101 })) });
await client.record.updateRecordStatus({ app, id: 1, action: "Finish", assignee: undefined });
await client.record.addRecordComment({ app, record: 1, comment: { text: "from the client", mentions: [{ code: username, type: "USER" }] } });

const refused = {};
const refuse = async (name, act) => {
  try {
    await act();
  } catch (error) {
    refused[name] = { status: error.status ?? error.error?.status, code: error.code ?? error.error?.code, paths: Object.keys(error.errors ?? error.error?.errors ?? {}) };
  }
};
await refuse("revision", () => client.record.updateRecord({ app, id: 1, revision: 1, record: {} }));
await refuse("values", () => client.record.addRecords({ app, records: [{ key: { value: "a" }, price: { value: "-1" } }, {}] }));
await refuse("bulk", () => client.record.addAllRecords({ app, records: [{ key: { value: "b" } }, { key: { value: "key 5" } }] }));
await refuse("missing", () => client.record.deleteRecords({ app, ids: [101] }));

const seen = {
  app,
  upserted,
  refused,
  properties: (await client.app.getFormFields({ app })).properties,
  settings: await client.app.getAppSettings({ app }),
  comments: (await client.record.getRecordComments({ app, record: 1 })).comments,
  records: await client.record.getAllRecordsWithId({ app }),
};
seen.files = await Promise.all(
  seen.records
    .flatMap((record) => record.files.value)
    .map(async ({ name, fileKey }) => ({ name, text: Buffer.from(await client.file.downloadFile({ fileKey })).toString("utf8") })),
);
process.stdout.write(JSON.stringify(seen));
