// What stands above both pages: where one is, and the key that calls are made with. The key stays
// in this tab (sessionStorage), is shared by its pages, and is in no page that the service sends.

const KEPT_AS = "waypost-key";
const LINKS = [
  ["/docs", "REST"],
  ["/graphql", "GraphQL"],
  ["/openapi.json", "openapi.json"],
  ["/graphql/schema.graphql", "schema.graphql"],
];

export const key = () => sessionStorage.getItem(KEPT_AS) ?? "";

/** Draw the bar; `changed` hears the key now and whenever another is pasted. */
export function bar(changed) {
  const links = LINKS.map(([href, text]) => {
    const link = Object.assign(document.createElement("a"), { href, textContent: text });
    if (href === location.pathname) link.ariaCurrent = "page";
    return link;
  });
  const field = Object.assign(document.createElement("input"), {
    id: "key",
    type: "password",
    autocomplete: "off",
    spellcheck: false,
    placeholder: "wp_… (kept in this tab)",
    value: key(),
  });
  field.addEventListener("input", () => {
    sessionStorage.setItem(KEPT_AS, field.value.trim());
    changed(key());
  });
  const label = document.createElement("label");
  label.append("API key", field);
  document.getElementById("bar").append(...links, label);
  changed(key());
}
