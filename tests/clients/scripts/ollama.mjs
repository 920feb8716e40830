import { Ollama } from "ollama";
import { AGAIN, ORIGIN, PROSE, restored, toolWasGiven } from "./check.mjs";

const client = new Ollama({ host: ORIGIN });

const messages = [{ role: "user", content: PROSE }];
const first = await client.chat({ model: "fake", messages });
restored(first.message.content);
messages.push(first.message, { role: "user", content: AGAIN });
let text = "";
for await (const part of await client.chat({ model: "fake", messages, stream: true })) text += part.message.content;
restored(text);

const parameters = { type: "object", properties: { who: { type: "string" } } };
const tools = [{ type: "function", function: { name: "look_up", description: "Looks somebody up", parameters } }];
const called = await client.chat({ model: "fake", messages: messages.slice(0, 1), tools });
toolWasGiven(called.message.tool_calls[0].function.arguments.who);
