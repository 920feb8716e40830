import Anthropic from "@anthropic-ai/sdk";
import { AGAIN, ORIGIN, PROSE, restored, toolWasGiven } from "./check.mjs";

const client = new Anthropic({ baseURL: ORIGIN, apiKey: "sk-ant-js", maxRetries: 0 });
const common = { model: "claude-fake", max_tokens: 100 };

const messages = [{ role: "user", content: PROSE }];
const first = await client.messages.create({ ...common, messages });
restored(first.content[0].text);
messages.push({ role: "assistant", content: first.content }, { role: "user", content: AGAIN });
restored(await client.messages.stream({ ...common, messages }).finalText());

const tools = [
  { name: "look_up", input_schema: { type: "object", properties: { who: { type: "string" } }, required: ["who"] } },
];
const called = await client.messages.stream({ ...common, tools, messages: messages.slice(0, 1) }).finalMessage();
const use = called.content.find((block) => block.type === "tool_use");
toolWasGiven(use.input.who);
const answered = await client.messages.create({
  ...common,
  tools,
  messages: [
    messages[0],
    { role: "assistant", content: called.content },
    { role: "user", content: [{ type: "tool_result", tool_use_id: use.id, content: "found" }] },
  ],
});
restored(answered.content[0].text);
