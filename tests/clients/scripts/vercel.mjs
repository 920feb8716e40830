import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import { AGAIN, ORIGIN, PROSE, restored, toolWasGiven } from "./check.mjs";

const openai = createOpenAI({ baseURL: `${ORIGIN}/v1`, apiKey: "sk-vercel" });
const anthropic = createAnthropic({ baseURL: `${ORIGIN}/v1`, apiKey: "sk-ant-vercel" });
let calls = 0;
const look_up = tool({
  description: "Looks somebody up",
  inputSchema: jsonSchema({ type: "object", properties: { who: { type: "string" } }, required: ["who"] }),
  execute: async ({ who }) => {
    toolWasGiven(who);
    calls += 1;
    return "found";
  },
});

const models = [openai("gpt-fake"), openai.chat("gpt-fake"), anthropic("claude-fake")];
for (const model of models) {
  const messages = [{ role: "user", content: PROSE }];
  const first = await generateText({ model, messages, maxRetries: 0 });
  restored(first.text);
  messages.push(...first.response.messages, { role: "user", content: AGAIN });
  restored(await streamText({ model, messages, maxRetries: 0 }).text);
  const used = await streamText({ model, prompt: PROSE, tools: { look_up }, stopWhen: stepCountIs(3), maxRetries: 0 });
  restored(await used.text);
}
if (calls !== models.length) throw new Error(`the tool was called ${calls} times`);
