// The console of a node, or of a demonstration: one document, and the regions.

import { bytesText, find, make, say } from "/console/dom.js";
import { DocumentView, KINDS } from "/console/document.js";
import { Regions } from "/console/regions.js";

/** A document counts as loaded when nothing more of it has come for so long. */
const QUIET_MS = 400;
/** Less than this is there before anybody could read that it is loading. */
const SHORT_BYTES = 64 << 10;
const PEER = "region";

const query = new URLSearchParams(location.search);
const here = await (await fetch("/console/here.json")).json();
let token = sessionStorage.getItem("token") ?? "";
const headers = () => (token === "" ? {} : { authorization: `Bearer ${token}` });
const regions = new Regions(here, headers, told);

const scope = query.get("scope") ?? "global";
const name = query.get("document") ?? "demo";
let region = query.get("region") ?? here.region ?? "";
find("scope").value = scope;
find("name").value = name;
say(find("document-title"), `${scope}/${name}`);
find("open").addEventListener("submit", (event) => {
  event.preventDefault();
  go({ scope: find("scope").value, document: find("name").value });
});
find("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", find("token").value);
  location.reload();
});

/** The same page, for something else. */
function address(changes) {
  const words = new URLSearchParams({ scope, document: name, ...(here.supervised ? { region } : {}), ...changes });
  return `/?${words}`;
}

function go(changes) {
  location.assign(address(changes));
}

function told({ needsToken, state }) {
  find("token-form").hidden = !needsToken;
  if (needsToken && token !== "") say(find("token-problem"), "The node does not know this token.");
  if (!state) return;
  if (region === "") region = state.regions[0]?.region ?? "";
  say(find("title"), `Region ${region}`);
  document.title = `${region}: ${scope}/${name}`;
  if (here.supervised) showChoice(state.regions.map((one) => one.region));
  begin();
}

function showChoice(names) {
  const nav = find("choose");
  if (nav.childElementCount === names.length) return;
  nav.hidden = false;
  nav.replaceChildren(
    ...names.map((one) => {
      const link = make("a", { href: address({ region: one }), textContent: one });
      if (one === region) link.setAttribute("aria-current", "page");
      return link;
    }),
  );
}

let hasBegun = false;

/** Opens the document, once it is known where the region is. */
async function begin() {
  if (hasBegun) return;
  hasBegun = true;
  if (!here.package) {
    const how = here.supervised ? "cargo xtask wasm, and start the demo again" : "cargo xtask wasm, and --console crdt-wasm/dist";
    say(find("state"), `Documents can be edited here with the npm package: ${how}.`);
    find("open").hidden = true;
    return;
  }
  const [{ Replica }, { connectWebSocket }] = await Promise.all([
    import("/console/package/index.js"),
    import("/console/package/websocket.js"),
  ]);
  edit(new Replica(), connectWebSocket);
}

/** Why a node refuses the document, if it does: a WebSocket does not tell its page. */
async function refusal() {
  if (here.supervised) return "";
  const path = `${encodeURIComponent(scope)}/${encodeURIComponent(name)}`;
  // Whether it may be written is refused by the first, whether it can be its name by the second.
  for (const [ask, statuses] of [["sync", [401, 403, 404]], ["documents", [400]]]) {
    const answer = await fetch(`/v1/${ask}/${path}`, { headers: headers() });
    if (statuses.includes(answer.status)) return (await answer.json()).error.message;
  }
  return "";
}

function edit(replica, connectWebSocket) {
  const unsynced = [];
  const wrote = (write) => (unsynced.push(write), show());
  const view = new DocumentView(find("values"), replica, wrote, (text) => say(find("notice"), text));
  const loading = { bytes: 0, since: undefined, isOver: false };
  let link;
  let isDue = false;
  let why = "";

  /** What comes is counted, so that one can see that much is coming. */
  const socket = (url, protocols) => {
    const made = new WebSocket(url, protocols);
    made.addEventListener("message", ({ data }) => {
      loading.bytes += data.byteLength ?? 0;
      loading.since = performance.now();
      show();
    });
    return made;
  };
  const where = () => {
    const host = regions.addressOf(region);
    if (!host) throw new Error(`${region} does not run`);
    const way = location.protocol === "https:" ? "wss" : "ws";
    return `${way}://${host}/v1/sync/${encodeURIComponent(scope)}/${encodeURIComponent(name)}`;
  };
  const connect = () => {
    const protocols = token === "" ? ["crdt"] : ["crdt", `bearer.${token}`];
    link = connectWebSocket(replica, where, { peer: PEER, protocols, socket, minDelayMs: 200, maxDelayMs: 2_000 });
    link.subscribe(() => {
      show();
      if (link?.status === "open") why = "";
      else refusal().then((told) => (why = told)).catch(() => (why = "")).finally(show);
    });
  };

  function show() {
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      view.show();
      showState();
    });
  }

  function showState() {
    for (let at = unsynced.length - 1; at >= 0; at--) if (replica.isDurable(unsynced[at], 1)) unsynced.splice(at, 1);
    const { length } = unsynced;
    const waiting = `${length} ${length === 1 ? "change is" : "changes are"} not yet in ${region}.`;
    const quietMs = performance.now() - (loading.since ?? 0);
    loading.isOver ||= link?.status === "open" && loading.since !== undefined && quietMs > QUIET_MS;
    find("loading").hidden = loading.isOver || link?.status !== "open" || loading.bytes < SHORT_BYTES;
    say(find("loaded"), bytesText(loading.bytes));
    let [is, text] = ["synced", `Everything written here is durable in ${region}.`];
    if (link === undefined) [is, text] = length === 0 ? ["offline", "Offline."] : ["waiting", `Offline. ${waiting}`];
    else if (link.status !== "open" && why !== "") [is, text] = ["waiting", `${region} refuses the document: ${why}.`];
    else if (link.status !== "open") {
      [is, text] = ["waiting", `${region} cannot be reached: trying again.${length === 0 ? "" : ` ${waiting}`}`];
    } else if (length > 0) [is, text] = ["waiting", `Sending: ${waiting}`];
    find("state").dataset.is = is;
    say(find("state"), text);
  }

  // The region counts as a member of its own, so that it can be told when it has what was written.
  replica.on("connected", ({ replica: id }) => {
    replica.setMembers([id]);
    show();
  });
  replica.subscribe(show);
  replica.onOutgoing(show);
  find("online").hidden = false;
  find("online").addEventListener("click", () => {
    const isOnline = link !== undefined;
    find("online").setAttribute("aria-checked", !isOnline);
    if (isOnline) {
      link.close();
      link = undefined;
    } else connect();
    show();
  });
  find("add").hidden = false;
  find("new-kind").append(...Object.entries(KINDS).map(([kind, text]) => make("option", { value: kind, textContent: text })));
  find("add").addEventListener("submit", (event) => {
    event.preventDefault();
    const added = find("new-name").value.trim();
    find("new-name").value = "";
    if (added !== "") view.add(added, find("new-kind").value);
  });
  connect();
  setInterval(showState, QUIET_MS);
  show();
}
