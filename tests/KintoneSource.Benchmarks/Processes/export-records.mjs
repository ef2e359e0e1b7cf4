// What somebody would write who needs an app's records as JSON lines: the official client, its own way to read all of them.
import { writeSync } from "node:fs";
import { KintoneRestAPIClient } from "@kintone/rest-api-client";

const [baseUrl, username, password, app] = process.argv.slice(2);
const client = new KintoneRestAPIClient({ baseUrl, auth: { username, password } });
const records = await client.record.getAllRecords({ app });
for (let i = 0; i < records.length; i += 1000)
  writeSync(1, records.slice(i, i + 1000).map((record) => JSON.stringify(record) + "\n").join(""));
