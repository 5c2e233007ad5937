"use strict";

// Shows the OpenAPI document as a page. All texts are set as text, never as HTML.

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function resolved(whole, node, seen = []) {
  if (Array.isArray(node)) return node.map((one) => resolved(whole, one, seen));
  if (node === null || typeof node !== "object") return node;
  if (node.$ref) {
    if (seen.includes(node.$ref)) return { title: node.$ref.split("/").pop() };
    const found = node.$ref.slice(2).split("/").reduce((at, part) => at[part], whole);
    return resolved(whole, found, [...seen, node.$ref]);
  }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, resolved(whole, value, seen)]));
}

function table(rows) {
  const body = element("tbody");
  for (const [name, ...cells] of rows) {
    const row = element("tr", "", element("th", name));
    for (const cell of cells) row.append(element("td", cell));
    body.append(row);
  }
  return element("table", "", body);
}

function content(whole, of) {
  const parts = [];
  for (const [type, said] of Object.entries(of || {})) {
    parts.push(element("p", type));
    if (said.example) parts.push(element("pre", JSON.stringify(said.example, null, 2)));
    const schema = element("details", "", element("summary", "Schema"));
    schema.addEventListener("toggle", () => {
      if (schema.childElementCount === 1)
        schema.append(element("pre", JSON.stringify(resolved(whole, said.schema), null, 2)));
    });
    parts.push(schema);
  }
  return parts;
}

function route(whole, path, method, operation) {
  const head = element("summary", "", element("b", method.toUpperCase()), element("code", path));
  head.append(element("span", ` ${operation.summary || ""}`));
  const role = operation["x-role"] ? `Role ${operation["x-role"]}, ${operation["x-scope"]}.` : "Anybody may ask.";
  const quiet = element("p", role);
  quiet.className = "quiet";
  const made = element("details", "", head, element("p", operation.description), quiet);
  made.dataset.words = `${method} ${path} ${operation.summary} ${operation["x-role"] || ""}`.toLowerCase();
  const parameters = resolved(whole, operation.parameters || []);
  if (parameters.length)
    made.append(table(parameters.map((one) => [one.name, one.in, one.required ? "needed" : "", one.description])));
  if (operation.requestBody) made.append(element("h3", "Body"), ...content(whole, operation.requestBody.content));
  made.append(element("h3", "Answers"));
  const answers = Object.entries(operation.responses).map(([status, one]) => [status, resolved(whole, one)]);
  for (const [status, one] of answers)
    if (status < "400") made.append(element("p", `${status} ${one.description}`), ...content(whole, one.content));
  made.append(table(answers.filter(([status]) => status >= "400").map(([status, one]) => [status, one.description])));
  return made;
}

function show(whole) {
  document.getElementById("title").textContent = `The API of ${whole.info.title}, ${whole.info.version}`;
  document.getElementById("about").textContent = whole.info.description;
  const byTag = new Map();
  for (const [path, methods] of Object.entries(whole.paths))
    for (const method of METHODS)
      if (methods[method]) {
        const tag = methods[method].tags[0];
        if (!byTag.has(tag)) byTag.set(tag, element("section", "", element("h2", tag)));
        byTag.get(tag).append(route(whole, path, method, methods[method]));
      }
  document.getElementById("routes").replaceChildren(...byTag.values());
  document.getElementById("filter").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of document.querySelectorAll("[data-words]"))
      one.hidden = !words.every((word) => one.dataset.words.includes(word));
    for (const section of byTag.values()) section.hidden = !section.querySelector("[data-words]:not([hidden])");
  });
}

fetch("/api/openapi.json")
  .then((answer) => answer.json())
  .then(show)
  .catch(() => {
    document.getElementById("state").textContent = "The document can't be loaded.";
  });
