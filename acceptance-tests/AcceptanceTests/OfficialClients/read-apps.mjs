// Reads apps through the official client and prints what it saw as one JSON object.
// The request comes on stdin: {"baseUrl", "username", "password", "byCursor", "apps": [{"app", "guestSpaceId"}]}.
import { readFileSync } from "node:fs";
import { KintoneRestAPIClient } from "@kintone/rest-api-client";

const { baseUrl, username, password, byCursor, apps } = JSON.parse(readFileSync(0, "utf8"));

const clientOf = (guestSpaceId) =>
  new KintoneRestAPIClient({ baseUrl, guestSpaceId, auth: { username, password } });

const seen = { apps: (await clientOf().app.getApps({})).apps, byApp: {} };
for (const { app, guestSpaceId } of apps) {
  const client = clientOf(guestSpaceId ?? undefined);
  seen.byApp[app] = {
    properties: (await client.app.getFormFields({ app })).properties,
    byId: await client.record.getAllRecordsWithId({ app }),
    byCursor: byCursor ? await client.record.getAllRecordsWithCursor({ app, query: "order by $id asc" }) : [],
  };
}
process.stdout.write(JSON.stringify(seen));
