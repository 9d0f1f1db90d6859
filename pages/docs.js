// The API reference: what /openapi.json says, with a place to try each call.

import "./docs.css";
import SwaggerUI from "swagger-ui";
import { bar, key } from "./bar.js";

// Its links once had underscores for spaces, and it warns of each that has one. Ours are in names.
const complain = console.error;
console.error = (...said) =>
  String(said[0]).startsWith("Deprecated: escaping deep link") || complain(...said);

let schemes = [];
const unlock = (given) => {
  if (ui.authSelectors.authorized()?.size) ui.authActions.logout(schemes);
  if (given) for (const scheme of schemes) ui.preauthorizeApiKey(scheme, given);
};

// Swagger fills a call with every example; a call that asks for all there is answers nobody.
const emptied = (contract) => {
  const shared = Object.values(contract.components.parameters);
  const operations = Object.values(contract.paths).flatMap((path) => Object.values(path));
  for (const one of [...shared, ...operations.flatMap(({ parameters = [] }) => parameters)]) {
    if (one.required || one.example === undefined) continue;
    one.description += ` For example: \`${one.example}\`.`;
    delete one.example;
  }
  return contract;
};

const CONTRACT = "/openapi.json";
const ui = SwaggerUI({
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: "none",
  domNode: document.getElementById("reference"),
  filter: true,
  tryItOutEnabled: true,
  responseInterceptor(answer) {
    if (answer.ok && new URL(answer.url).pathname === CONTRACT)
      answer.text = JSON.stringify(emptied(JSON.parse(answer.text)));
    return answer;
  },
  url: CONTRACT,
  validatorUrl: null, // or it asks one elsewhere what it thinks of the contract
  onComplete() {
    const known = ui.specSelectors.specJson().getIn(["components", "securitySchemes"]);
    schemes = [...(known?.filter((scheme) => scheme.get("scheme") === "bearer").keys() ?? [])];
    unlock(key());
  },
});
bar((given) => schemes.length && unlock(given));

const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();
