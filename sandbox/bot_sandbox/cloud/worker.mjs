// The loop inside every Node.js instance: get an event, call the handler, post its result.
// It uses the AWS Lambda Runtime API, like worker.py.
// A handler may be what AWS's runtime for this version of Node.js accepts
// (aws-lambda-nodejs-runtime-interface-client 3 up to Node.js 22, 4 from Node.js 24 on): callbacks,
// context.done and the wait for an empty event loop exist up to Node.js 22.

import { existsSync, readdirSync, statSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER } = process.env;
const [host, port] = AWS_LAMBDA_RUNTIME_API.split(":");
const VERSION = Number(process.versions.node.split(".")[0]);
const HAS_CALLBACKS = VERSION < 24;
const MOST_NAMES = 10; // in a message
const NOT_FOUND = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"];
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const kept = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, target, body = "", agent = kept) {
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

// Loading

async function load(entryPoint) {
  const folder = path.dirname(entryPoint);
  const [file, ...names] = path.basename(entryPoint).split("."); // as in index.bots.handler
  const module = await loadModule(path.join(folder, file));
  const inside = (object) => names.reduce((found, name) => found?.[name], object);
  const handler = inside(module) ?? inside(module.default);
  const name = names.join(".");
  if (typeof handler !== "function") {
    const all = { ...module.default, ...module };
    const others = Object.keys(all).filter((key) => typeof all[key] === "function");
    throw new RuntimeFault("Runtime.HandlerNotFound", `Handler '${name}' missing on module '${path.join(folder, file)}'; functions found: ${others.join(", ") || "none"}`);
  }
  if (handler[STREAMING]) {
    throw new RuntimeFault("Sandbox.NotImplemented", "this sandbox has no response streaming (awslambda.streamifyResponse); it has handlers that return their whole answer: async (event, context) => answer");
  }
  if (handler.length >= 3 && !HAS_CALLBACKS) {
    throw new RuntimeFault("Runtime.CallbackHandlerDeprecated", `AWS Lambda has removed callback handlers, (event, context, callback), starting with Node.js 24, and this is Node.js ${VERSION}; make it async (event, context) => answer`);
  }
  return handler;
}

async function loadModule(file) {
  const names = ["", ".js", ".mjs", ".cjs"].map((ending) => file + ending);
  const found = names.find((name) => statSync(path.join(LAMBDA_TASK_ROOT, name), { throwIfNoEntry: false })?.isFile());
  try {
    if (found) return await import(pathToFileURL(path.join(LAMBDA_TASK_ROOT, found)));
    const installed = createRequire(path.join(LAMBDA_TASK_ROOT, "package.json")).resolve(file);
    return await import(pathToFileURL(installed)); // a package's own handler, in node_modules
  } catch (error) {
    const message = String(error?.message).split("\n")[0].replaceAll(LAMBDA_TASK_ROOT + path.sep, "");
    if (error instanceof SyntaxError) throw new RuntimeFault("Runtime.UserCodeSyntaxError", `${error}`);
    if (!found && error.code === "MODULE_NOT_FOUND") throw new RuntimeFault("Runtime.ImportModuleError", `Cannot find module '${file}': there is none of ${names.slice(1).join(", ")}; ${filesFound()}`);
    if (NOT_FOUND.includes(error?.code)) throw new RuntimeFault("Runtime.ImportModuleError", message + missingPackage(message));
    throw error;
  }
}

function missingPackage(message) {
  const name = /Cannot find (?:package|module) '([^'./][^']*)'/.exec(message)?.[1];
  const hasSdk = existsSync(path.join(LAMBDA_TASK_ROOT, "..", "node_modules")); // as on AWS
  if (hasSdk && name?.startsWith("@aws-sdk/")) {
    return ` (AWS's Node.js has @aws-sdk/…; the sandbox takes it from the folder where you started it: type npm install ${name} there, then deploy again)`;
  }
  const isThere = existsSync(path.join(LAMBDA_TASK_ROOT, "node_modules"));
  if (!name || isThere) return "";
  return " (the deployed folder has no node_modules: run npm install in it, then deploy it again)";
}

function filesFound() {
  const names = readdirSync(LAMBDA_TASK_ROOT).filter((name) => !name.startsWith(".")).sort();
  if (!names.length) return "the deployed folder is empty";
  const modules = names.filter((name) => /\.[mc]?js$/.test(name)).map((name) => path.parse(name).name);
  const python = names.filter((name) => name.endsWith(".py")).map((name) => path.parse(name).name);
  const choose = (files) => (files.length === 1 ? files[0] : "<file>");
  let hint = "";
  if (modules.length) hint = ` (set handler="${choose(modules)}.<function>"?)`;
  else if (python.length) hint = ` (set runtime="python", handler="${choose(python)}.<function>"?)`;
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return `files found: ${names.slice(0, MOST_NAMES).join(", ")}${more}${hint}`;
}

// One event

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

let whenNothingIsLeft = () => {}; // to do: no timer, no connection, no file
process.on("beforeExit", () => whenNothingIsLeft());

// A handler returns its result by a promise, its callback or context.done, whichever is first. A callback's result waits until nothing is left to do, unless callbackWaitsForEmptyEventLoop is false. A handler that ends without any of them has the result null.
function answerWithCallbacks(handler, event, context) {
  return new Promise((resolve, reject) => {
    let waits = true;
    let isOver = false;
    let isCalled = false;
    const end = (error, answer) => {
      if (isOver) return;
      isOver = true;
      whenNothingIsLeft = () => {};
      if (error === undefined || error === null) resolve(answer);
      else reject(error);
    };
    const callback = (error, answer) => {
      if (isOver || isCalled) return;
      isCalled = true;
      if (waits && (error === undefined || error === null)) whenNothingIsLeft = () => end(null, answer);
      else end(error, answer);
    };
    Object.defineProperty(context, "callbackWaitsForEmptyEventLoop", {
      enumerable: true, get: () => waits, set: (value) => { waits = Boolean(value); },
    });
    context.done = end;
    context.succeed = (answer) => end(null, answer);
    context.fail = (error) => end(error ?? "handled");
    let returned;
    whenNothingIsLeft = () => {
      if (handler.constructor.name === "AsyncFunction") {
        end(new RuntimeFault("Runtime.NodeJsExit", "the handler's promise was never settled, and nothing is left to do"));
        return;
      }
      if (returned !== undefined) {
        console.error(`[WARNING] on AWS, Node.js ${VERSION} takes only a promise as the handler's answer, so what it returned is lost: make it an async function`);
      }
      end(null, null);
    };
    try {
      returned = handler(event, context, callback);
    } catch (error) {
      end(error);
    }
    if (typeof returned?.then === "function") returned.then(context.succeed, context.fail);
  });
}

const answer = HAS_CALLBACKS
  ? answerWithCallbacks
  : async (handler, event, context) => handler(event, context);

function toJson(value) {
  try {
    return JSON.stringify(value) ?? "null";
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
  const [first, ...rest] = message.split("\n");
  const advice = NOT_FOUND.includes(error?.code) ? missingPackage(first) : "";
  console.error([`[ERROR] ${name}: ${first}${advice}`, ...rest, ...trace].join("\n"));
  return JSON.stringify({ errorType: name, errorMessage: message, trace });
}

// An uncaught error ends the instance and is reported to the caller. The report uses its own connection, because the kept one may be waiting for the next event.
let errorAt = "/init/error";
async function end(error, code) {
  await call("POST", errorAt, failure(error), new http.Agent());
  process.exit(code);
}
process.on("uncaughtException", (error) => end(error, 129));
process.on("unhandledRejection", (reason) => end(new RuntimeFault("Runtime.UnhandledPromiseRejection", `${reason}`), 128));

async function main() {
  globalThis.awslambda = {
    streamifyResponse: (handler) => Object.assign(handler, { [STREAMING]: "response" }),
    HttpResponseStream: { from: (stream) => stream },
  };
  let handler;
  try {
    handler = await load(_HANDLER);
  } catch (error) {
    await call("POST", "/init/error", failure(error));
    process.exit(1);
  }
  if (handler.length >= 3 && handler.constructor.name !== "AsyncFunction") {
    console.error("[WARNING] AWS Lambda has no callback handlers from Node.js 24 on; make it async (event, context) => answer");
  }
  while (true) {
    const [headers, event] = await call("GET", "/invocation/next");
    process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"]; // for AWS's clients
    const context = makeContext(headers);
    const invocation = `/invocation/${context.awsRequestId}`;
    errorAt = `${invocation}/error`;
    try {
      const json = toJson(await answer(handler, JSON.parse(event), context));
      await call("POST", `${invocation}/response`, json);
    } catch (error) {
      await call("POST", `${invocation}/error`, failure(error));
    }
  }
}

main();
