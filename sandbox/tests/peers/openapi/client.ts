import type { components, paths } from "./types.js";

// A client of a few lines whose requests and responses are checked against the document.
type Body<P extends keyof paths> = paths[P] extends {
  post: { requestBody?: { content: { "application/json": infer B } } };
}
  ? B
  : never;
type Answer<P extends keyof paths> = paths[P] extends {
  post: { responses: { 200: { content: { "application/json": infer A } } } };
}
  ? A
  : never;

export async function post<P extends keyof paths>(
  url: string,
  key: string,
  path: P,
  body: Body<P>,
): Promise<Answer<P>> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "Bot-Sandbox-Key": key },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Answer<P>;
}

export async function test(url: string, key: string): Promise<string> {
  const person: components["schemas"]["TelegramPerson"] = await post(
    url, key, "/api/telegram/people", { name: "Viktor" });
  await post(url, key, "/api/telegram/bots", { name: "Hello bot", username: "hello_bot" });
  const said = await post(url, key, "/api/telegram/say", {
    from: String(person.id), to: "hello_bot", text: "!hello" });
  await post(url, key, "/api/telegram/faults", { fault: "drop", method: "sendMessage" });
  await post(url, key, "/api/telegram/faults", { fault: "stop" });
  // @ts-expect-error: this fault has no field login
  await post(url, key, "/api/telegram/faults", { fault: "stop", login: "hello_bot" });
  // @ts-expect-error: a number is no text
  await post(url, key, "/api/telegram/people", { name: 7 });
  return said.text;
}
