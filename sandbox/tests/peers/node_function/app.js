const express = require("express");
const serverless = require("serverless-http");

const app = express();
app.get("/hello/:name", (request, response) => {
  response.json({ hello: request.params.name, protocol: request.get("x-forwarded-proto") });
});
app.get("/old", (request, response) => response.redirect("/hello/Anna"));
app.post("/echo", express.json(), (request, response) => response.status(201).json(request.body));
exports.handler = serverless(app);
