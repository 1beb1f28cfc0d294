// What the page is compared with: the least that the same web server can do. Prints its address.

import fastify from "fastify";

const web = fastify({ logger: false });
web.get("/", async () => ({ hello: "world" }));
console.log(`Serving ${await web.listen({ host: "127.0.0.1", port: 0 })}`);
