// A server of the fediverse that is not Rejoinder: people who follow, write and vote, on Fedify. It takes commands as
// JSON lines on standard input and answers, and tells what arrives, on standard output; `tests/src/fedify.rs` is the
// other end. It ends with its input.
//
//   node fedify.mjs '{"origin": "https://fedify.test", "people": ["bo"]}'
//
// It listens on a port of the system's choice, without TLS: whoever starts it puts a front before it. All it knows is in
// memory.
import "./node20.mjs";

import { createServer } from "node:http";
import { createInterface } from "node:readline";

import { commands } from "./commands.mjs";
import { gone, serve } from "./federation.mjs";
import { tell } from "./telling.mjs";

const settings = JSON.parse(process.argv[2]);
const federation = await serve(settings);

async function whole(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

// What Fedify knows no word for, and this server understands all the same: `settings.takes` names the types.
function taken(body) {
  const said = JSON.parse(body.toString());
  const takes = settings.takes?.includes(said.type);
  if (takes) tell({ arrived: said });
  return takes;
}

async function answer(request, response) {
  const { method, url, headers } = request;
  const body = method === "GET" || method === "HEAD" ? undefined : await whole(request);
  if (method === "POST" && taken(body)) {
    response.writeHead(202).end();
    return;
  }
  const asked = new Request(new URL(url, settings.origin), { method, headers, body });
  const found = gone(asked.url) ?? (await federation.fetch(asked, { contextData: undefined }));
  response.writeHead(found.status, Object.fromEntries(found.headers));
  response.end(Buffer.from(await found.arrayBuffer()));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    tell({ failed: String(error.stack ?? error) });
    response.writeHead(500).end();
  });
});
server.listen(0, "127.0.0.1", () => tell({ listening: server.address().port }));

const known = commands(federation, settings);
const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const { ask, do: name, ...given } = JSON.parse(line);
  try {
    tell({ answer: ask, is: await known[name](given) });
  } catch (error) {
    tell({ answer: ask, failed: String(error.stack ?? error) });
  }
}
process.exit(0);
