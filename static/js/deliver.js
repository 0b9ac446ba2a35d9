// 送至: [data-deliver] opens a sheet of provinces, then their cities; remembered in hq_to (code) and hq_to_name.
import { cookie, setCookie } from "./cookies.js";
import { openSheet } from "./sheet.js";

let divisions = null;

const name = () => {
  const kept = cookie("hq_to_name");
  return kept ? decodeURIComponent(kept) : "";
};

const show = () => {
  if (!name()) return;
  for (const place of document.querySelectorAll("[data-deliver-place]")) place.textContent = name();
};

const short = (text) => text.replace(/(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$/, "");

const choices = (list, chosen) => {
  const box = document.createElement("div");
  box.className = "options deliver-choices";
  for (const [code, text] of list) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.lang = "zh-Hans";
    button.textContent = short(text);
    if (cookie("hq_to")?.startsWith(code.slice(0, 2)) && code.endsWith("0000")) button.classList.add("on");
    button.addEventListener("click", () => chosen(code, text));
    box.append(button);
  }
  return box;
};

const fill = (sheet) => {
  const body = sheet.querySelector(".sheet-body");
  const keep = (code, text) => {
    setCookie("hq_to", code);
    setCookie("hq_to_name", encodeURIComponent(text));
    sheet.close();
    show();
    // A product page asks for its own line again; anything else the server writes for the place in hq_to.
    if (!document.querySelector("[data-delivery]")) return location.reload();
    document.dispatchEvent(new CustomEvent("deliver:change", { detail: { code, name: text } }));
    return undefined;
  };
  const provinces = Object.entries(divisions.province_list);
  body.replaceChildren(
    choices(provinces, (code, province) => {
      const cities = Object.entries(divisions.city_list).filter(([city]) => city.startsWith(code.slice(0, 2)));
      const chooseCounty = (city, cityName) => {
        const counties = Object.entries(divisions.county_list).filter(([county]) => county.startsWith(city.slice(0, 4)));
        if (!counties.length) return keep(city, `${short(province)} ${short(cityName)}`);
        body.replaceChildren(choices(counties, (county, text) => keep(county, `${short(cityName)} ${text}`)));
        body.querySelector("button").focus();
        return undefined;
      };
      body.replaceChildren(choices(cities, chooseCounty));
      body.querySelector("button").focus();
      return undefined;
    }),
  );
};

export const startDelivering = () => {
  show();
  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-deliver]")) return;
    event.preventDefault();
    const sheet = document.getElementById("deliver");
    openSheet(sheet);
    divisions ??= await (await fetch(sheet.dataset.divisions)).json();
    fill(sheet);
  });
};
