// Answer every HTTP request alike.

export const handler = async () => ({ hello: "world" });
