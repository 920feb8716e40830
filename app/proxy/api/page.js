"use strict";
const part = (id) => document.getElementById(id);
let asking = new AbortController();

for (const button of document.querySelectorAll("button[data-path]")) {
  button.addEventListener("click", () => {
    part("method").value = button.dataset.method;
    part("path").value = button.dataset.path;
    part("body").value = "";
    part("path").focus();
  });
}

async function ask() {
  asking.abort();
  const now = (asking = new AbortController());
  const method = part("method").value;
  const token = part("token").value.trim();
  const body = part("body").value;
  const headers = {};
  if (token) headers["X-Anonamoose-Token"] = token;
  if (body && method !== "GET") headers["Content-Type"] = "application/json";
  const sent = method === "GET" ? undefined : body || undefined;
  const more = { cache: "no-store", credentials: "omit", redirect: "error", signal: now.signal };
  part("answer").textContent = "";
  part("status").textContent = "Asking.";
  try {
    const response = await fetch(part("root").textContent + part("path").value, { method, headers, body: sent, ...more });
    part("status").textContent = `Status ${response.status}`;
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      part("answer").textContent += decoder.decode(piece.value, { stream: true });
    }
    if ((response.headers.get("Content-Type") || "").startsWith("application/json")) {
      part("answer").textContent = JSON.stringify(JSON.parse(part("answer").textContent), null, 2);
    }
  } catch (error) {
    if (!now.signal.aborted) part("status").textContent = "There was no answer.";
  }
}

part("send").addEventListener("click", ask);
part("stop").addEventListener("click", () => {
  asking.abort();
  part("status").textContent = "Stopped.";
});
addEventListener("pagehide", () => {
  asking.abort();
  part("token").value = part("answer").textContent = "";
});
