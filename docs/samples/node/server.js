// What answers on the web: a greeting from a config var, and a page that takes its time.
"use strict";

const http = require("node:http");

const VERSION = "v1";

const pages = {
  "/": (url, answer) => answer(`${process.env.GREETING || "Hello"} from ${VERSION}\n`),
  "/slow": (url, answer) => {
    const seconds = Math.min(Number(url.searchParams.get("seconds") || 10), 60);
    setTimeout(() => answer(`${VERSION} took ${seconds} s\n`), seconds * 1000);
  },
};

const server = http.createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  const page = pages[url.pathname];
  console.log(`${request.method} ${url.pathname}`);
  if (page) page(url, (text) => response.end(text));
  else response.writeHead(404).end("Not found\n");
});

server.listen(process.env.PORT || 8080);

process.on("SIGTERM", () => {
  console.log("SIGTERM: the web process ends when all is answered");
  server.close(() => process.exit(0));
});
