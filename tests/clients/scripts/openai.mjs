import OpenAI from "openai";
import { AGAIN, ORIGIN, PROSE, restored, toolWasGiven } from "./check.mjs";

const client = new OpenAI({ baseURL: `${ORIGIN}/v1`, apiKey: "sk-openai-node", maxRetries: 0 });
const parameters = { type: "object", properties: { who: { type: "string" } }, required: ["who"] };

// Chat completions: whole, then streamed, with what came back in the history.
const messages = [{ role: "user", content: PROSE }];
const first = await client.chat.completions.create({ model: "gpt-fake", messages });
restored(first.choices[0].message.content);
messages.push(first.choices[0].message, { role: "user", content: AGAIN });
let text = "";
for await (const chunk of await client.chat.completions.create({ model: "gpt-fake", messages, stream: true })) {
  text += chunk.choices[0]?.delta?.content ?? "";
}
restored(text);

// A tool, called by the library's own runner.
const runner = client.chat.completions.runTools({
  model: "gpt-fake",
  stream: true,
  messages: [{ role: "user", content: PROSE }],
  tools: [
    {
      type: "function",
      function: { name: "look_up", parameters, parse: JSON.parse, function: ({ who }) => (toolWasGiven(who), "found") },
    },
  ],
});
restored(await runner.finalContent());

// Responses: whole, then streamed on top of the one before.
const response = await client.responses.create({ model: "gpt-fake", input: PROSE });
restored(response.output_text);
text = "";
const stream = await client.responses.create({
  model: "gpt-fake",
  input: [{ role: "user", content: PROSE }, ...response.output, { role: "user", content: AGAIN }],
  stream: true,
});
let done;
for await (const event of stream) {
  if (event.type === "response.output_text.delta") text += event.delta;
  if (event.type === "response.completed") done = event.response;
}
restored(text);
restored(done.output[0].content[0].text);
