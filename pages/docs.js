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

const ui = SwaggerUI({
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: "none",
  domNode: document.getElementById("reference"),
  filter: true,
  tryItOutEnabled: true,
  url: "/openapi.json",
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
