// What the scripts say, in the language of the page; the English sentence is the key, as in web/translations.
const words = JSON.parse(document.body.dataset.words ?? "{}");
const language = document.documentElement.lang;
const ORDER = ["zero", "one", "two", "few", "many", "other"]; // in which a catalogue has its plurals
const rules = new Intl.PluralRules(language);
const plurals = ORDER.filter((category) => rules.resolvedOptions().pluralCategories.includes(category));

const fill = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);

export const N_ = (sentence) => sentence; // marks what is translated later, where it is shown

export function _(sentence, values = {}) {
  return fill(words[sentence] ?? sentence, values);
}

export function ngettext(one, many, num, values = {}) {
  const [form] = words[one] ? [words[one][plurals.indexOf(rules.select(num))]] : [num === 1 ? one : many];
  return fill(form, { num: num.toLocaleString(language), ...values });
}
