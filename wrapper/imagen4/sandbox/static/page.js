// Shows /sandbox/state once a second, and tells the sandbox what the buttons say.

import {
  clockText, fillArmed, fillCallback, fillRequest, fillSigning, fillTask, make, moveBars, sync,
} from "./rows.js";

const PERIOD = 1000;
const GROUPS = { answer: "Answers", task: "Tasks", download: "Downloads", callback: "Callbacks" };
const byId = (id) => document.getElementById(id);
let faults = [];
let gateway = "";

function showFaults(list) {
  if (faults.length === list.length) return;
  faults = list;
  byId("fault").replaceChildren(...Object.entries(GROUPS).map(([strikes, label]) => {
    const group = make("optgroup");
    group.label = label;
    group.append(...list.filter((fault) => fault.strikes === strikes).map((fault) => {
      const option = make("option", "", fault.name);
      option.value = fault.name;
      return option;
    }));
    return group;
  }));
  explain();
}

function explain() {
  byId("says").textContent = faults.find(({ name }) => name === byId("fault").value)?.says ?? "";
}

function gatewayButton(name) {
  const button = make("button", "", name);
  button.type = "button";
  button.dataset.gateway = name;
  return button;
}

// The gateway that the header is about; another one is a click away.
function showAccess(gateways) {
  const chosen = gateways.find(({ name }) => name === gateway) ?? gateways[0];
  const url = `${location.origin}/${chosen.name}`;
  const box = byId("gateways");
  if (!box.children.length) box.append(...gateways.map(({ name }) => gatewayButton(name)));
  [...box.children].forEach((button) => {
    button.setAttribute("aria-pressed", button.dataset.gateway === chosen.name);
  });
  byId("base-url").textContent = url;
  byId("key").textContent = chosen.key;
  byId("hint").textContent = `from imagen4 import Client

client = Client(
    "${chosen.name}",
    base_url="${url}",
    api_key="${chosen.key}",
)
client.generate("a red fox in the snow")`;
}

function showFacts(state) {
  const facts = [
    ["profile", state.profile],
    ["time", clockText(state.now)],
    ["clock", state.speed === 0 ? "stands still" : `${state.speed}×`],
    ...state.gateways.map(({ name, credits }) => [`${name} credits`, credits.toLocaleString()]),
  ];
  byId("facts").replaceChildren(...facts.map(([name, value]) => {
    const fact = make("span", "", `${name} `);
    fact.append(make("b", "", value));
    return fact;
  }));
}

function showList(name, items, key, fill) {
  sync(byId(name), items, key, fill);
  byId(`${name}-count`).textContent = items.length || "";
}

function show(state) {
  showFacts(state);
  showAccess(state.gateways);
  byId("empty").hidden = state.tasks.length > 0;
  byId("no-requests").hidden = state.requests.length > 0;
  byId("no-callbacks").hidden = state.callbacks.length > 0;
  byId("no-armed").hidden = state.armed.length > 0;
  byId("polls-count").textContent = state.polls ? `(${state.polls})` : "";
  showList("tasks", state.tasks, (task) => `${task.gateway} ${task.id}`, fillTask);
  showList("requests", state.requests, (entry) => entry.number, fillRequest);
  showList("callbacks", state.callbacks, (one) => one.number, fillCallback);
  showList("armed", state.armed, (armed) => armed.number, fillArmed);
  const signing = state.gateways.map(({ name, webhook_key }) => ({ name, webhook_key }));
  sync(byId("signing"), signing, ({ name }) => name, fillSigning);
  showFaults(state.faults);
  moveBars(state.now);
}

async function refresh() {
  try {
    const polls = byId("hide-polls").checked ? "?hide=polls" : "";
    const answer = await fetch(`/sandbox/state${polls}`, { cache: "no-store" });
    show(await answer.json());
    byId("lost").hidden = true;
  } catch {
    byId("lost").hidden = false;
  }
}

async function tell(method, path, content) {
  const answer = await fetch(path, {
    method, headers: { "content-type": "application/json" }, body: JSON.stringify(content),
  });
  const said = await answer.json();
  if (said.error) byId("says").textContent = said.error;
  await refresh();
}

// A page under plain http and another machine's address has no clipboard of its own.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", "", text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

function showView() {
  const asked = location.hash.slice(2);
  const view = document.querySelector(`section[data-view="${CSS.escape(asked)}"]`) ? asked : "tasks";
  document.body.dataset.view = view;
  document.querySelectorAll("section").forEach((section) => {
    section.classList.toggle("current", section.dataset.view === view);
  });
  document.querySelectorAll("nav a").forEach((link) => {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  scrollTo(0, 0);
}

document.addEventListener("click", async ({ target }) => {
  const { copy: source, seconds, gateway: chosen } = target.dataset;
  if (seconds) tell("POST", "/sandbox/clock", { seconds: Number(seconds) });
  if (chosen) {
    gateway = chosen;
    refresh();
  }
  if (!source) return;
  await copy(byId(source).textContent);
  target.textContent = "Copied";
  setTimeout(() => { target.textContent = "Copy"; }, 1500);
});
byId("reset").addEventListener("click", () => tell("POST", "/sandbox/reset", {}));
byId("clear").addEventListener("click", () => tell("DELETE", "/sandbox/faults", {}));
byId("fault").addEventListener("change", explain);
byId("hide-polls").addEventListener("change", refresh);
byId("arm").addEventListener("submit", (event) => {
  event.preventDefault();
  const word = byId("word").value.trim();
  tell("POST", "/sandbox/faults", {
    name: byId("fault").value, times: Number(byId("times").value), ...(word ? { word } : {}),
  });
});
addEventListener("hashchange", showView);
showView();

async function loop() {
  if (!document.hidden) await refresh();
  setTimeout(loop, PERIOD);
}
loop();
