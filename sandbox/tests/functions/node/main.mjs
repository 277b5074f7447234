export const echo = async (event) => event;

export async function about(event, context) {
  console.log("to stdout");
  console.error("to stderr");
  return {
    name: context.functionName,
    memory: context.memoryLimitInMB,
    remaining: context.getRemainingTimeInMillis(),
    requestId: context.awsRequestId,
  };
}

export const fail = async () => {
  throw new TypeError("no such pizza: Hawaii");
};

export const recursive = async () => {
  const answer = {};
  answer.self = answer;
  return answer;
};

export const nothing = async () => undefined;

export const exit = async () => process.exit(5);
