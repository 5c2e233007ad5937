// Starts the npm package @vercel/cosmosdb-server, which stands in for Cosmos DB, over plain HTTP on loopback.
// node cosmos_standin.cjs [HOST [PORT]]   (port 0, the default, is any free one; the ready line names it)
"use strict";
const { createHttpServer } = require("@vercel/cosmosdb-server");

const MAX_BYTES = 2 * 1024 * 1024; // of an item in the real service
const IDLE_MS = 120000; // outlives the client pool's idle connections; Node's default is 5 s

const [host = "127.0.0.1", port = "0"] = process.argv.slice(2);
const server = createHttpServer({ keepAlive: true });
server.keepAliveTimeout = IDLE_MS;
const [handle] = server.listeners("request");
server.removeAllListeners("request");
server.on("request", (request, response) => {
  // Without this header it answers a missing item with 500 instead of 404.
  if (request.method === "GET") request.headers["x-ms-documentdb-query-enablecrosspartition"] = "True";
  if (Number(request.headers["content-length"] || 0) > MAX_BYTES) {
    request.resume();
    response.writeHead(413, { "content-type": "application/json" });
    response.end('{"code":"RequestEntityTooLarge","message":"Request size is too large"}');
  } else handle(request, response);
});

const stop = () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
};
process.on("SIGTERM", stop).on("SIGINT", stop);
server.listen(Number(port), host, () => console.log(`ready on http://${host}:${server.address().port}/`));
