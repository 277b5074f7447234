// The loop inside every Node.js instance: ask for the next event, call the handler, post its answer.
// It speaks the AWS Lambda Runtime API, as worker.py does.

import { existsSync, readdirSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER } = process.env;
const [host, port] = AWS_LAMBDA_RUNTIME_API.split(":");
const MOST_NAMES = 10; // in a message
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, target, body = "") {
  const options = {
    host, port, method, agent,
    path: "/2018-06-01/runtime" + target,
    headers: { "Content-Length": Buffer.byteLength(body) },
  };
  return new Promise((resolve, reject) => {
    const request = http.request(options, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve([response.headers, Buffer.concat(chunks).toString()]));
    });
    request.on("error", reject);
    request.end(body);
  });
}

class RuntimeFault extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

async function load(entryPoint) {
  const dot = entryPoint.lastIndexOf(".");
  const [file, name] = [entryPoint.slice(0, dot), entryPoint.slice(dot + 1)];
  const names = [".mjs", ".js", ".cjs"].map((ending) => file + ending);
  const found = names.map((each) => path.join(LAMBDA_TASK_ROOT, each)).find((each) => existsSync(each));
  if (!found) throw new RuntimeFault("Runtime.ImportModuleError", `Cannot find module '${file}': there is none of ${names.join(", ")}; ${filesFound()}`);
  let module;
  try {
    module = await import(pathToFileURL(found));
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeFault("Runtime.UserCodeSyntaxError", `${error}`);
    if (error.code === "ERR_MODULE_NOT_FOUND") throw new RuntimeFault("Runtime.ImportModuleError", `${error.message.replaceAll(LAMBDA_TASK_ROOT + path.sep, "")}`);
    throw error;
  }
  const functions = { ...module.default, ...module };
  if (typeof functions[name] === "function") return functions[name];
  const others = Object.keys(functions).filter((key) => typeof functions[key] === "function");
  throw new RuntimeFault("Runtime.HandlerNotFound", `Handler '${name}' missing on module '${file}'; functions found: ${others.join(", ") || "none"}`);
}

function filesFound() {
  const names = readdirSync(LAMBDA_TASK_ROOT).filter((name) => !name.startsWith(".")).sort();
  if (!names.length) return "the deployed folder is empty";
  const modules = names.filter((name) => /\.[mc]?js$/.test(name)).map((name) => path.parse(name).name);
  let hint = "";
  if (modules.length) hint = ` (set handler="${modules.length === 1 ? modules[0] : "<file>"}.<function>"?)`;
  else if (names.some((name) => name.endsWith(".py"))) hint = ' (set runtime="python"?)';
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return `files found: ${names.slice(0, MOST_NAMES).join(", ")}${more}${hint}`;
}

function makeContext(headers) {
  return {
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, headers["lambda-runtime-deadline-ms"] - Date.now()),
  };
}

function toJson(answer) {
  try {
    return JSON.stringify(answer) ?? "null";
  } catch (error) {
    throw new RuntimeFault("Runtime.MarshalError", `Unable to marshal response: ${error.message.split("\n")[0]}`);
  }
}

function failure(error) {
  const isError = error instanceof Error;
  const name = isError ? error.name : typeof error;
  const message = isError ? error.message : String(error);
  const own = isError && !(error instanceof RuntimeFault) ? error.stack.split("\n").slice(1) : [];
  const trace = own.filter((line) => line.includes(LAMBDA_TASK_ROOT))
    .map((line) => line.replaceAll("file://", "").replaceAll(LAMBDA_TASK_ROOT + path.sep, ""));
  console.error([`[ERROR] ${name}: ${message}`, ...trace].join("\n"));
  return JSON.stringify({ errorType: name, errorMessage: message, stackTrace: trace });
}

let handler;
try {
  handler = await load(_HANDLER);
} catch (error) {
  await call("POST", "/init/error", failure(error));
  process.exit(1);
}
while (true) {
  const [headers, event] = await call("GET", "/invocation/next");
  const context = makeContext(headers);
  try {
    const answer = toJson(await handler(JSON.parse(event), context));
    await call("POST", `/invocation/${context.awsRequestId}/response`, answer);
  } catch (error) {
    await call("POST", `/invocation/${context.awsRequestId}/error`, failure(error));
  }
}
