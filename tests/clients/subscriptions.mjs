// A map followed by npm's graphql-ws and graphql-sse: each prints what it was told, a line each.
// Whoever hears of the map as it stands gives it another title, leaves when it hears of that, gives it
// one more, and comes back with the cursor it had.
import { createClient as overEvents } from "graphql-sse";
import { createClient as overSocket } from "graphql-ws";
import WebSocket from "ws";

const [url, key, id] = process.argv.slice(2);
const authorization = `Bearer ${key}`;
const query = `subscription ($id: ID!, $after: String) {
  journeyChanged(id: $id, after: $after) { cursor changes { version } journey { title } } }`;
const clients = {
  "graphql-ws": overSocket({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
    keepAlive: 1000,
  }),
  "graphql-sse": overEvents({ url, headers: { authorization }, retryAttempts: 0 }),
};
const once = (client, document, variables) =>
  new Promise((done, failed) => {
    let found;
    const heard = (answer) => (found = answer);
    client.subscribe(
      { query: document, variables },
      { next: heard, error: failed, complete: () => done(found) },
    );
  });
const titled = (client, title) =>
  once(
    client,
    `mutation ($id: ID!, $title: String) {
       updateJourney(id: $id, patch: { title: $title }) { userErrors { message } } }`,
    { id, title },
  );

async function follow(name, client) {
  const told = async (after, act) => {
    for await (const event of client.iterate({ query, variables: { id, after } })) {
      const { cursor, changes, journey } = event.data.journeyChanged;
      console.log(JSON.stringify({ name, title: journey.title, changes: changes.length }));
      if (!(await act(changes))) return cursor;
    }
  };
  const cursor = await told(null, async (changes) => {
    if (!changes.length) await titled(client, `${name} once`);
    return !changes.length;
  });
  await titled(client, `${name} twice`);
  await told(cursor, async () => false);
}

for (const [name, client] of Object.entries(clients)) {
  await follow(name, client);
  const wrong = await once(client, "subscription { nothing }", {}).catch((errors) => errors);
  const [error] = wrong.errors ?? wrong;
  console.log(JSON.stringify({ name, refused: error.extensions.code }));
  await client.dispose?.();
}
const stranger = overSocket({
  url: url.replace("http", "ws"),
  webSocketImpl: WebSocket,
  connectionParams: { authorization: "Bearer none" },
  retryAttempts: 0,
});
const closed = await once(stranger, query, { id }).catch((event) => event);
console.log(JSON.stringify({ name: "graphql-ws", closed: closed.code }));
