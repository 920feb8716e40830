import { GoogleGenAI } from "@google/genai";
import { AGAIN, ORIGIN, PROSE, restored, toolWasGiven } from "./check.mjs";

const client = new GoogleGenAI({ apiKey: "gemini-js", httpOptions: { baseUrl: ORIGIN } });

const chat = client.chats.create({ model: "gemini-fake" });
restored((await chat.sendMessage({ message: PROSE })).text);
let text = "";
for await (const chunk of await chat.sendMessageStream({ message: AGAIN })) text += chunk.text ?? "";
restored(text);

const parameters = { type: "OBJECT", properties: { who: { type: "STRING" } } };
const called = await client.models.generateContent({
  model: "gemini-fake",
  contents: PROSE,
  config: { tools: [{ functionDeclarations: [{ name: "look_up", parameters }] }] },
});
toolWasGiven(called.functionCalls[0].args.who);
