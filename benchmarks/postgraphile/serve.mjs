// PostGraphile as its makers say to run it in production, over the service's own tables.
//
// It enters as the owner, whom no policy holds up; it knows nothing of keys and workspaces.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  // No global ids; order by any column, not by those with an index of their own alone.
  disablePlugins: ["NodePlugin", "PgIndexBehaviorsPlugin"],
  pgServices: [
    makePgService({
      connectionString: process.env.WAYPOST_OWNER_DATABASE_URL,
      schemas: ["waypost"],
      poolConfig: { max: Number(process.env.WAYPOST_POOL_SIZE ?? 10) },
    }),
  ],
  schema: { defaultBehavior: "+list +connection +query:resource:list" },
  grafserv: { graphiql: false, watch: false },
  grafast: { explain: false },
});

const server = createServer();
await instance.createServ(grafserv).addTo(server);
process.on("SIGTERM", () => process.exit(0));
server.listen(Number(process.env.WAYPOST_PORT), "127.0.0.1");
