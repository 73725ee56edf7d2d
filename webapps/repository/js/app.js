// The repository's search page: everything goes through the public API.
"use strict";

const pageSize = 20;
const $ = id => document.getElementById(id);

// ---- Talking to the repository ---------------------------------------------------------------------------------

const session = {
  get token() { return sessionStorage.getItem("repository-token"); },
  set token(value) { value ? sessionStorage.setItem("repository-token", value) : sessionStorage.removeItem("repository-token"); },
};

async function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  if (session.token) headers.set("Authorization", "Bearer " + session.token);
  const response = await fetch(path, { ...options, headers });
  if (response.status === 401 && session.token) {  // The session has ended: go on as anybody.
    session.token = null;
    await showAccount();
    return ask(path, options);
  }
  const text = await response.text();
  let body = null;
  try { body = text ? JSON.parse(text) : null; } catch { body = { message: text }; }
  if (!response.ok) {
    const reasons = { 401: "Please sign in to see this.", 403: "You may not see this." };
    throw new Error(body?.message ?? reasons[response.status] ?? `The repository answered ${response.status}.`);
  }
  return body;
}

const pathOf = id => "objects/" + id.split("/").map(encodeURIComponent).join("/");

// ---- Account -----------------------------------------------------------------------------------------------------

async function showAccount() {
  const account = await ask("check-credentials");
  $("who").textContent = account.active ? account.username ?? account.userId : "";
  $("sign-out").hidden = !account.active;
  $("show-sign-in").hidden = account.active;
}

$("show-sign-in").onclick = () => { $("sign-in-error").textContent = ""; $("sign-in").showModal(); };
$("sign-in-cancel").onclick = () => $("sign-in").close();
$("sign-in-form").onsubmit = async event => {
  event.preventDefault();
  const form = new FormData(event.target);
  try {
    const response = await fetch("auth/token", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ grant_type: "password", username: form.get("username"), password: form.get("password") }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.passwordChangeRequired ? "The password has to be changed first." : answer.error_description ?? "Sign-in failed.");
    session.token = answer.access_token;
    event.target.reset();
    $("sign-in").close();
    await showAccount();
    await show();
  } catch (error) {
    $("sign-in-error").textContent = error.message;
  }
};
$("sign-out").onclick = async () => {
  const token = session.token;
  session.token = null;
  await fetch("auth/revoke", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token }) });
  await showAccount();
  await show();
};

// ---- Search ------------------------------------------------------------------------------------------------------

const quoted = text => '"' + text.replace(/["\\]/g, "\\$&") + '"';

function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children.filter(child => child !== null));
  return node;
}

function labelOf(object) {
  const content = object.content ?? {};
  return content.name ?? content.username ?? content.groupName ?? content.title ?? object.id;
}

// What a person wants to read of an object in a list: short values, never code.
function summaryOf(object) {
  if (object.type === "Schema") return descriptionOf(object.content?.schema);
  const generated = ["id", "identifier", "name", "createdBy", "modifiedBy", "creationDate", "modificationDate"];
  return Object.entries(object.content ?? {})
    .filter(([key, value]) => !generated.includes(key) && ["string", "number", "boolean"].includes(typeof value) && value !== ""
      && !isCode(value))
    .slice(0, 4).map(([key, value]) => `${key}: ${String(value).slice(0, 120)}`).join(" · ");
}

const isCode = value => typeof value === "string" && value.trim().includes("\n");

function descriptionOf(schema) {
  if (schema?.description) return schema.description;
  const titles = Object.entries(schema?.properties ?? {}).map(([key, property]) => property.title ?? key);
  return titles.length ? "with " + titles.slice(0, 8).join(", ") + (titles.length > 8 ? " …" : "") : "";
}

// ---- The first page: types by name -------------------------------------------------------------------------------

// Types that the repository itself needs.
const ownTypes = ["CordraDesign", "Group", "Schema", "User"];

async function showTypes() {
  const [answer, schemas] = await Promise.all([
    ask("search", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ query: "*:*", pageSize: 0, facets: [{ field: "type", maxBuckets: 1000 }] }),
    }),
    ask("schemas/").catch(() => ({})),
  ]);
  const counts = new Map((answer.facets?.[0]?.buckets ?? []).map(bucket => [bucket.value, bucket.count]));
  const names = [...new Set([...Object.keys(schemas), ...counts.keys()])].sort((a, b) => a.localeCompare(b));
  const isOwn = name => ownTypes.includes(name);
  const item = name => {
    const count = counts.get(name) ?? 0;
    return element("li", {},
      count ? element("a", { href: "#" + new URLSearchParams({ type: name }), textContent: name }) : element("b", { textContent: name }),
      element("span", { className: "tag", textContent: count.toLocaleString() }),
      element("p", { className: "meta", textContent: descriptionOf(schemas[name]) }));
  };
  const list = (title, chosen) => chosen.length === 0 ? []
    : [element("h2", { textContent: title }), element("ol", { className: "cards" }, ...chosen.map(item))];
  $("types").replaceChildren(
    element("p", { className: "meta", textContent: `${answer.size.toLocaleString()} objects` }),
    ...list("Types", names.filter(name => !isOwn(name))),
    ...list("The repository's own types", names.filter(name => isOwn(name) && counts.has(name))));
}

async function search(state) {
  const page = Number(state.get("page") ?? 0);
  const type = state.get("type");
  const request = {
    query: state.get("query") || "*:*", pageNum: page, pageSize,
    filterQueries: type ? ["type:" + quoted(type)] : [], facets: [{ field: "type", maxBuckets: 30 }],
  };
  if (state.get("sort")) request.sortFields = state.get("sort");
  const answer = await ask("search", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(request),
  });
  const first = page * pageSize;
  $("count").textContent = answer.size === 0 ? "Nothing found."
    : `${(first + 1).toLocaleString()} to ${Math.min(first + pageSize, answer.size).toLocaleString()} of ${answer.size.toLocaleString()}`;
  $("hits").replaceChildren(...answer.results.map(object => element("li", {},
    element("a", { href: "#id=" + encodeURIComponent(object.id), textContent: labelOf(object) }),
    element("span", { className: "tag", textContent: object.type }),
    element("p", { className: "meta", textContent: summaryOf(object) || object.id }))));
  showFacets(answer.facets ?? [], state, type);
  const go = to => { state.set("page", to); location.hash = state.toString(); };
  $("pages").replaceChildren(...(answer.size <= pageSize ? [] : [
    element("button", { type: "button", textContent: "Previous", disabled: page === 0, onclick: () => go(page - 1) }),
    element("span", { className: "meta", textContent: `Page ${page + 1} of ${Math.ceil(answer.size / pageSize)}` }),
    element("button", { type: "button", textContent: "Next", disabled: first + pageSize >= answer.size, onclick: () => go(page + 1) }),
  ]));
}

function showFacets(facets, state, active) {
  const choose = type => {
    type ? state.set("type", type) : state.delete("type");
    state.delete("page");
    location.hash = state.toString();
  };
  const buckets = facets[0]?.buckets ?? [];
  $("facets").replaceChildren(
    ...(active ? [element("button", { type: "button", textContent: "All types", onclick: () => choose(null) })] : []),
    ...buckets.map(bucket => element("button", {
      type: "button", className: bucket.value.toLowerCase() === active?.toLowerCase() ? "active" : "", onclick: () => choose(bucket.value),
    }, bucket.value, element("small", { textContent: bucket.count.toLocaleString() }))));
}

// ---- One object --------------------------------------------------------------------------------------------------

function rows(value, path = "") {
  if (value !== null && typeof value === "object") {
    return Object.entries(value).flatMap(([key, child]) => rows(child, path ? `${path} / ${key}` : key));
  }
  return [element("dt", { textContent: path }), element("dd", {}, isCode(value) ? element("pre", { textContent: value }) : linked(value))];
}

function linked(value) {
  if (typeof value === "string" && /^[\w.]+\/[^\s/][^\s]*$/.test(value)) {
    return element("a", { href: "#id=" + encodeURIComponent(value), textContent: value });
  }
  return document.createTextNode(String(value));
}

async function showObject(id) {
  const object = await ask(pathOf(id) + "?full");
  const date = milliseconds => new Date(milliseconds).toLocaleString();
  const metadata = object.metadata;
  $("object").replaceChildren(
    element("h2", {}, labelOf(object), element("span", { className: "tag", textContent: object.type })),
    element("p", { className: "meta", textContent: object.id }),
    element("dl", {}, ...rows(object.content)),
    ...(object.payloads ?? []).map(payload => element("p", {}, element("a", {
      href: `${pathOf(object.id)}?payload=${encodeURIComponent(payload.name)}`, textContent: payload.filename ?? payload.name,
    }), ` ${payload.mediaType ?? ""} ${payload.size.toLocaleString()} bytes`)),
    element("p", { className: "meta", textContent: `Created ${date(metadata.createdOn)} by ${metadata.createdBy}, changed ${date(metadata.modifiedOn)} by ${metadata.modifiedBy}` }),
    element("details", {}, element("summary", { textContent: "JSON" }), element("pre", { textContent: JSON.stringify(object, null, 2) })),
    element("p", {}, element("a", { href: "javascript:history.back()", textContent: "Back" })));
}

// ---- What the address says ---------------------------------------------------------------------------------------

async function show() {
  const state = new URLSearchParams(location.hash.slice(1));
  const id = state.get("id");
  $("error").textContent = "";
  if (!id) {
    $("query").value = state.get("query") ?? "";
    $("sort").value = state.get("sort") ?? "";
  }
  try {
    const isHome = state.size === 0;
    if (id) await showObject(id); else if (isHome) await showTypes(); else await search(state);
    $("object").hidden = !id;
    $("types").hidden = !isHome;
    $("results").hidden = Boolean(id) || isHome;
  } catch (error) {
    $("error").textContent = error.message === "Query parse failure" ? "The query cannot be understood." : error.message;
    for (const part of ["object", "types", "results"]) $(part).hidden = true;
  }
}

$("search").onsubmit = event => {
  event.preventDefault();
  const state = new URLSearchParams();
  state.set("query", $("query").value);
  if ($("sort").value) state.set("sort", $("sort").value);
  if ("#" + state === location.hash) show(); else location.hash = state.toString();
};
$("sort").onchange = () => $("search").requestSubmit();
window.onhashchange = show;
showAccount().then(show, error => { $("error").textContent = error.message; });
