// Answer with the event itself.

export const handler = async (event) => event;
